//! The body of a request as it comes in: ends with an error when its client is too slow. How long the
//! whole may take is the request's deadline, and how long it may be is `../intake.rs`.
//!
//! Of a request that is answered before its body was read, most clients send the body all the same. If it
//! is short and comes at once it is read and dropped, so that the connection can go on: a new one would
//! cost both sides more, above all when many are refused.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::Version;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;

use super::connection::Connection;
use super::exchange::Exchange;
use super::pace::Pace;

/// Longest rest of a body that is read for the sake of its connection, bytes, and how long that may take: an
/// answer does not wait for a client that waits for it.
const REST_BYTES_MAX: usize = 1024 * 1024;
const REST_TIME_MAX: Duration = Duration::from_millis(50);

/// See the module.
struct Incoming {
    body: Option<Payload>,
    /// Whether the rest is read if nobody else reads it.
    worth_reading: bool,
    sending: Pace,
    exchange: Rc<Exchange>,
    connection: Option<Rc<Connection>>,
}

/// From now on the request's body is watched.
pub(super) fn watch(request: &mut ServiceRequest, exchange: &Rc<Exchange>) {
    let body = request.take_payload();
    if matches!(body, Payload::None) {
        return;
    }
    // A stream of HTTP/2 ends by itself.
    let is_short = announced(request).is_none_or(|bytes| bytes <= REST_BYTES_MAX);
    let watched = Incoming {
        body: Some(body),
        worth_reading: is_short && request.version() <= Version::HTTP_11,
        sending: Pace::new(exchange.settings()),
        exchange: Rc::clone(exchange),
        connection: Connection::of(request),
    };
    request.set_payload(Payload::Stream {
        payload: Box::pin(watched),
    });
}

impl Stream for Incoming {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        let piece = Pin::new(body).poll_next(context);
        match &piece {
            Poll::Ready(Some(Ok(bytes))) => this.sending.moved(bytes.len()),
            Poll::Ready(None) => this.body = None,
            // The connection is lost already, and only what is said at once is still heard.
            Poll::Ready(Some(Err(_))) => this.worth_reading = false,
            Poll::Pending if this.sending.poll_too_slow(context).is_ready() => {
                this.exchange.is_too_slow();
                let late = io::Error::from(io::ErrorKind::TimedOut);
                return Poll::Ready(Some(Err(PayloadError::Incomplete(Some(late)))));
            }
            _ => {}
        }
        piece
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        let Some(body) = self.body.take() else {
            return;
        };
        let rest = Rest {
            body,
            connection: self.connection.take(),
        };
        match self.worth_reading && !self.exchange.was_too_slow() {
            true => self.exchange.leave(rest),
            false => rest.give_up(),
        }
    }
}

/// What nobody has read of a body.
pub(super) struct Rest {
    body: Payload,
    connection: Option<Rc<Connection>>,
}

impl Rest {
    /// Reads it off, if it is short and there.
    pub(super) async fn read_off(mut self) {
        let read = async {
            let mut bytes = 0;
            while let Some(piece) = self.body.next().await {
                bytes += piece.ok()?.len();
                if bytes > REST_BYTES_MAX {
                    return None;
                }
            }
            Some(())
        };
        if !matches!(timeout(REST_TIME_MAX, read).await, Ok(Some(()))) {
            self.give_up();
        }
    }

    /// Leaves it on the connection, which ends with it.
    fn give_up(self) {
        if let Some(connection) = self.connection {
            connection.leave_unread();
        }
    }
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest").finish_non_exhaustive()
    }
}

fn announced(request: &ServiceRequest) -> Option<usize> {
    let length = request.headers().get(CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}
