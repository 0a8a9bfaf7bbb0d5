//! The successor's side of an upgrade: it takes the sockets from the gateway before it, and takes
//! its place when it can. Until then it serves nobody, and when the other one goes away, so does
//! it: nothing was lost.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::doors::Doors;
use super::handover::{self, GO, HandoverError, READY, SERVING};

/// The sockets are sent before the successor has even begun.
const PATIENCE: Duration = Duration::from_secs(5);

/// The gateway that started this one.
#[derive(Debug)]
pub(super) struct Predecessor {
    socket: UnixStream,
}

impl Predecessor {
    /// Takes what it hands over.
    pub(super) fn meet() -> Result<(Self, Doors), HandoverError> {
        let socket = standard_input().map_err(HandoverError::NotHanded)?;
        let doors = handover::take(&socket)?;
        let socket = socket
            .set_nonblocking(true)
            .and_then(|()| UnixStream::from_std(socket))
            .map_err(HandoverError::NotHanded)?;
        Ok((Self { socket }, doors))
    }

    /// Returns when this gateway shall serve, which the other one says only after `ready`.
    pub(super) async fn relieve(
        &mut self,
        ready: impl Future<Output = ()>,
    ) -> Result<(), HandoverError> {
        tokio::select! {
            () = ready => {}
            // Whatever it says before it was asked, or its end.
            _ = self.socket.read_u8() => return Err(HandoverError::Revoked),
        }
        let revoked = |_: io::Error| HandoverError::Revoked;
        self.socket.write_u8(READY).await.map_err(revoked)?;
        match self.socket.read_u8().await.map_err(revoked)? {
            GO => Ok(()),
            _ => Err(HandoverError::Unknown),
        }
    }

    /// Tells it that it may go.
    pub(super) async fn release(mut self) {
        // One that is gone already needs no telling.
        let _ = self.socket.write_u8(SERVING).await;
    }
}

/// The socket that this process was started with, and an empty standard input in its place: it
/// must be closed when it is done with.
fn standard_input() -> io::Result<std::os::unix::net::UnixStream> {
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    let socket = std::os::unix::net::UnixStream::from(socket);
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket)
}
