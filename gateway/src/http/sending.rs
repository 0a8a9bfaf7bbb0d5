//! A response body on its way to a client, handed to the connection piece by piece.
//!
//! In one piece the server would copy the whole picture into its write buffer, and the request
//! would count as over while megabytes of it still have to leave. And a client that reads
//! nothing for a while loses its answer, so that it cannot hold memory for as long as it likes.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

use super::in_flight::Guard;

/// Bytes per piece: about what a connection buffers anyway.
const PIECE_BYTES: usize = 64 * 1024;
/// A client that takes no piece for so long has stalled.
const STALL: Duration = Duration::from_secs(30);

/// See the module.
pub(crate) struct Sending {
    length: u64,
    /// `None` once the client has stalled.
    rest: Arc<Mutex<Option<Rest>>>,
}

struct Rest {
    bytes: Bytes,
    _request: Guard,
}

impl Sending {
    /// `request` is in flight until the last piece is taken or the body is dropped.
    pub(crate) fn new(bytes: Bytes, request: Guard) -> Self {
        let length = bytes.len();
        let rest = Rest {
            bytes,
            _request: request,
        };
        let rest = Arc::new(Mutex::new(Some(rest)));
        if length > PIECE_BYTES {
            actix_web::rt::spawn(watch(Arc::downgrade(&rest), length));
        }
        Self {
            length: length as u64,
            rest,
        }
    }
}

/// Takes the answer away from a client that does not take it.
async fn watch(rest: Weak<Mutex<Option<Rest>>>, mut length: usize) {
    loop {
        tokio::time::sleep(STALL).await;
        // Gone: sent, or the client left.
        let Some(rest) = rest.upgrade() else { return };
        let mut rest = lock(&rest);
        match &*rest {
            Some(left) if left.bytes.len() < length => length = left.bytes.len(),
            Some(_) => {
                tracing::info!(bytes_left = length, "a client stopped reading its answer");
                *rest = None;
                return;
            }
            None => return,
        }
    }
}

fn lock(rest: &Mutex<Option<Rest>>) -> std::sync::MutexGuard<'_, Option<Rest>> {
    // It is whole after every statement.
    rest.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MessageBody for Sending {
    type Error = std::io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.length)
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let mut rest = lock(&self.rest);
        let piece = match &mut *rest {
            None => Some(Err(std::io::ErrorKind::TimedOut.into())),
            Some(rest) if rest.bytes.is_empty() => None,
            Some(rest) => {
                let length = rest.bytes.len().min(PIECE_BYTES);
                Some(Ok(rest.bytes.split_to(length)))
            }
        };
        Poll::Ready(piece)
    }
}
