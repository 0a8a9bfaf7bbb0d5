//! Blocking frames on the socket: what the wire says, and nothing about what it means.
//!
//! The gateway is trusted to be the gateway but not to be free of bugs: a frame that breaks
//! the protocol ends the worker, and the gateway starts another.

use std::io::{self, IoSlice, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use protocol::frame::{self, PRELUDE_BYTES};
use protocol::{FrameError, Job, Message, Prelude};

/// Longest source, bytes. Far above what any gateway is configured to send; it only keeps a
/// broken length from being believed.
const SOURCE_BYTES_MAX: u64 = 1 << 30;
/// What the source buffer keeps between jobs, and reserves on the word of a prelude alone.
const SOURCE_BYTES_KEPT: usize = 16 << 20;

/// Why the wire cannot be used any longer.
#[derive(Debug)]
pub(crate) enum LinkError {
    /// The socket failed, or ended within a message.
    Io(io::Error),
    /// The gateway sent, or was about to be sent, something that is no message.
    Frame(FrameError),
}

impl From<io::Error> for LinkError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<FrameError> for LinkError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl std::fmt::Display for LinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the socket failed: {error}"),
            Self::Frame(error) => write!(f, "the gateway broke the protocol: {error}"),
        }
    }
}

impl std::error::Error for LinkError {}

/// The worker's end of the socketpair.
pub(crate) struct Link {
    stream: UnixStream,
}

impl Link {
    pub(crate) fn new(stream: UnixStream) -> Self {
        Self { stream }
    }

    /// Whether something arrives within `patience`, or the socket ends.
    pub(crate) fn stirs_within(&self, patience: PollTimeout) -> bool {
        let mut sockets = [PollFd::new(self.stream.as_fd(), PollFlags::POLLIN)];
        // What is wrong with the socket, reading it will say.
        poll(&mut sockets, patience).is_ok_and(|stirring| stirring > 0)
    }

    /// The next job, its source in `source`; `None` at a clean end of stream.
    pub(crate) fn receive(&mut self, source: &mut Vec<u8>) -> Result<Option<Job>, LinkError> {
        let Some(prelude) = self.read_prelude()? else {
            return Ok(None);
        };
        let mut header = vec![0; prelude.header_len];
        self.stream.read_exact(&mut header)?;
        let job = frame::decode(prelude.kind, &header)?;
        source.clear();
        source.shrink_to(SOURCE_BYTES_KEPT);
        source.reserve(prelude.body_len.min(SOURCE_BYTES_KEPT));
        let read = (&self.stream)
            .take(prelude.body_len as u64)
            .read_to_end(source)?;
        if read != prelude.body_len {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(Some(job))
    }

    fn read_prelude(&mut self) -> Result<Option<Prelude>, LinkError> {
        let mut bytes = [0; PRELUDE_BYTES];
        let first = loop {
            match self.stream.read(&mut bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        if first == 0 {
            return Ok(None);
        }
        if let Some(rest) = bytes.get_mut(first..) {
            self.stream.read_exact(rest)?;
        }
        Ok(Some(Prelude::parse(bytes, SOURCE_BYTES_MAX)?))
    }

    /// Sends a message and its body, in one system call when the socket has room.
    pub(crate) fn send<M: Message>(&mut self, message: &M, body: &[u8]) -> Result<(), LinkError> {
        let head = frame::encode(message, body.len())?;
        let mut parts: &mut [IoSlice<'_>] = &mut [IoSlice::new(&head), IoSlice::new(body)];
        // Drops empty parts, so that a message without body is not taken for a closed socket.
        IoSlice::advance_slices(&mut parts, 0);
        while !parts.is_empty() {
            match self.stream.write_vectored(parts) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
                Ok(written) => IoSlice::advance_slices(&mut parts, written),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
