//! A response body on its way to a client, handed to the connection piece by piece.
//!
//! In one piece the server would copy the whole picture into its write buffer, and the request
//! would count as over while megabytes of it still have to leave. A client that takes it too slowly is
//! the business of `line.rs` and `h2.rs`, which drop it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

use super::connection::Turn;
use super::in_flight::Guard;

/// Bytes per piece: about what a connection buffers anyway.
const PIECE_BYTES: usize = 64 * 1024;

/// See the module.
pub(crate) struct Sending {
    rest: Bytes,
    _request: (Guard, Option<Turn>),
}

impl Sending {
    /// `request` is in flight until the last piece is taken or the body is dropped.
    pub(crate) fn new(bytes: Bytes, request: (Guard, Option<Turn>)) -> Self {
        Self {
            rest: bytes,
            _request: request,
        }
    }
}

impl MessageBody for Sending {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.rest.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.rest.len().min(PIECE_BYTES);
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }
}
