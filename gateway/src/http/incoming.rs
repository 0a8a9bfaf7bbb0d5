//! The body of a request as it comes in: ends with an error when its client is too slow. How long the
//! whole may take is the request's deadline, and how long it may be is `../intake.rs`.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;

use super::connection::Connection;
use super::exchange::Exchange;
use super::pace::Pace;

/// See the module.
struct Incoming {
    body: Payload,
    sending: Pace,
    exchange: Rc<Exchange>,
    connection: Option<Rc<Connection>>,
    ended: bool,
}

/// From now on the request's body is watched.
pub(super) fn watch(request: &mut ServiceRequest, exchange: &Rc<Exchange>) {
    let body = request.take_payload();
    if matches!(body, Payload::None) {
        return;
    }
    let watched = Incoming {
        body,
        sending: Pace::new(exchange.settings()),
        exchange: Rc::clone(exchange),
        connection: Connection::of(request),
        ended: false,
    };
    request.set_payload(Payload::Stream {
        payload: Box::pin(watched),
    });
}

impl Stream for Incoming {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let piece = Pin::new(&mut this.body).poll_next(context);
        match &piece {
            Poll::Ready(Some(Ok(bytes))) => this.sending.moved(bytes.len()),
            Poll::Ready(None) => this.ended = true,
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
        if let Some(connection) = self.connection.as_ref().filter(|_| !self.ended) {
            connection.leave_unread();
        }
    }
}
