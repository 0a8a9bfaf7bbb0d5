//! What passes between a gateway and its successor, over the socket that is the successor's
//! standard input: first the listening sockets, then three words.
//!
//! ```text
//! old: the sockets  →
//!                      ←  new: READY    a picture went through a worker
//! old: GO           →                   from here on the old one cannot change its mind
//!                      ←  new: SERVING  the old one takes no more connections
//! ```
//!
//! The two may be of different versions: this file is the one thing that they must agree on. A
//! successor that does not understand refuses, and the old gateway goes on.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::doors::{Door, Doors};

/// The successor could do a job.
pub(super) const READY: u8 = b'R';
/// The successor shall.
pub(super) const GO: u8 = b'G';
/// The successor does.
pub(super) const SERVING: u8 = b'S';

const VERSION: u32 = 1;
/// Far above what two addresses need.
const LETTER_BYTES_MAX: usize = 4096;

/// What goes along with the sockets: which is which.
#[derive(Debug, Serialize, Deserialize)]
struct Letter {
    version: u32,
    listen: SocketAddr,
    admin_listen: SocketAddr,
}

/// Why a successor cannot take over.
#[derive(Debug, Error)]
pub(crate) enum HandoverError {
    #[error(
        "--successor is what a gateway gives to the next one ({0}); an upgrade is begun with SIGUSR2"
    )]
    NotHanded(#[source] io::Error),
    #[error("the gateway before this one hands over in a way that this version does not know")]
    Unknown,
    #[error("the gateway before this one is gone or has changed its mind")]
    Revoked,
}

/// Hands over both sockets.
pub(super) fn give(socket: &UnixStream, doors: &Doors) -> io::Result<()> {
    let letter = Letter {
        version: VERSION,
        listen: doors.public.configured,
        admin_listen: doors.admin.configured,
    };
    let letter = serde_json::to_vec(&letter)?;
    let sockets = [doors.public.socket.as_fd(), doors.admin.socket.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut along = SendAncillaryBuffer::new(&mut space);
    along.push(SendAncillaryMessage::ScmRights(&sockets));
    // One message of a few bytes goes into an empty socket whole.
    rustix::net::sendmsg(
        socket,
        &[IoSlice::new(&letter)],
        &mut along,
        SendFlags::NOSIGNAL,
    )?;
    Ok(())
}

/// Takes over both sockets.
pub(super) fn take(socket: &UnixStream) -> Result<Doors, HandoverError> {
    let mut letter = [0; LETTER_BYTES_MAX];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut along = RecvAncillaryBuffer::new(&mut space);
    let received = rustix::net::recvmsg(
        socket,
        &mut [IoSliceMut::new(&mut letter)],
        &mut along,
        // No worker may inherit them.
        RecvFlags::CMSG_CLOEXEC,
    )
    .map_err(|error| HandoverError::NotHanded(error.into()))?;
    let sockets = along.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(sockets) => Some(sockets),
        _ => None,
    });
    let sockets: Vec<OwnedFd> = sockets.flatten().collect();
    let Ok([public, admin]) = <[OwnedFd; 2]>::try_from(sockets) else {
        return Err(HandoverError::Unknown);
    };
    let letter = letter.get(..received.bytes).unwrap_or_default();
    let letter: Letter = serde_json::from_slice(letter).map_err(|_| HandoverError::Unknown)?;
    if letter.version != VERSION {
        return Err(HandoverError::Unknown);
    }
    let door = |configured, socket| Door {
        configured,
        socket: TcpListener::from(socket),
    };
    Ok(Doors {
        public: door(letter.listen, public),
        admin: door(letter.admin_listen, admin),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn door() -> Door {
        let configured = "127.0.0.1:0".parse().unwrap();
        let socket = TcpListener::bind(configured).unwrap();
        Door { configured, socket }
    }

    #[test]
    fn what_is_given_is_what_is_taken() {
        let (one, other) = UnixStream::pair().unwrap();
        let given = Doors {
            public: door(),
            admin: door(),
        };
        give(&one, &given).unwrap();
        let taken = take(&other).unwrap();
        for (given, taken) in [(&given.public, &taken.public), (&given.admin, &taken.admin)] {
            assert_eq!(given.configured, taken.configured);
            let address = |door: &Door| door.socket.local_addr().unwrap();
            assert_eq!(address(given), address(taken));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "hello", r#"{"version":2}"#] {
            let (mut one, other) = UnixStream::pair().unwrap();
            one.write_all(text.as_bytes()).unwrap();
            drop(one);
            assert!(take(&other).is_err(), "{text}");
        }
    }
}
