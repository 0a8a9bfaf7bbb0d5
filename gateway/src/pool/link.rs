//! The gateway's end of one worker's socket: jobs out, messages in.
//!
//! Nothing that arrives is believed: lengths are capped before memory is set aside, and a body
//! is given memory only as its bytes arrive.

use std::io;

use bytes::{Bytes, BytesMut};
use protocol::frame::{self, PRELUDE_BYTES};
use protocol::{FrameError, FromWorker, Job, Prelude};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// Memory set aside at once for a body whose length the worker claims, bytes.
const BODY_STEP_BYTES: usize = 1024 * 1024;

/// Why a conversation with a worker ended.
#[derive(Debug, Error)]
pub(crate) enum LinkError {
    /// The socket ended or failed: the worker is dead or dying.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The worker said something that is not the protocol.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Link {
    socket: UnixStream,
    /// The longest body to accept: what the last job allows, and none before the first.
    body_bytes_max: u64,
}

impl Link {
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self {
            socket,
            body_bytes_max: 0,
        }
    }

    /// Sends a job and the picture that it is about.
    pub(crate) async fn send(&mut self, job: &Job, source: &Bytes) -> Result<(), LinkError> {
        self.body_bytes_max = job.limits.output_bytes_max;
        let head = frame::encode(job, source.len())?;
        let mut frame = bytes::Buf::chain(head.as_slice(), source.as_ref());
        self.socket.write_all_buf(&mut frame).await?;
        Ok(())
    }

    /// Reads one message and its body.
    pub(crate) async fn receive(&mut self) -> Result<(FromWorker, Bytes), LinkError> {
        let mut prelude = [0; PRELUDE_BYTES];
        self.socket.read_exact(&mut prelude).await?;
        let prelude = Prelude::parse(prelude, self.body_bytes_max)?;
        let mut header = vec![0; prelude.header_len];
        self.socket.read_exact(&mut header).await?;
        let message = FromWorker::decode(prelude.kind, &header)?;
        let body = self.receive_body(prelude.body_len).await?;
        Ok((message, body))
    }

    async fn receive_body(&mut self, length: usize) -> io::Result<Bytes> {
        let mut body = BytesMut::with_capacity(length.min(BODY_STEP_BYTES));
        while body.len() < length {
            if body.len() == body.capacity() {
                body.reserve(body.len().min(length - body.len()));
            }
            let mut rest = (&mut self.socket).take((length - body.len()) as u64);
            if rest.read_buf(&mut body).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(body.freeze())
    }

    /// Returns when the worker breaks its silence between jobs, which is always an error: it
    /// died, or it spoke out of turn. Safe to drop and call again.
    pub(crate) async fn silence(&mut self) -> LinkError {
        match self.socket.read(&mut [0]).await {
            Ok(0) => io::Error::from(io::ErrorKind::UnexpectedEof).into(),
            Ok(_) => FrameError::Malformed {
                detail: "it spoke without having a job".to_owned(),
            }
            .into(),
            Err(error) => error.into(),
        }
    }
}
