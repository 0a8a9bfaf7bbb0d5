//! An answer on its way into a stream of HTTP/2, as fast as its client makes room for it.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::SystemTime;

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONNECTION, CONTENT_LENGTH, HttpDate, TRANSFER_ENCODING};
use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, SendStream};

use super::connection::Connection;
use super::metrics::SlowClient;
use super::pace::Pace;

/// Sends the whole, unless the client leaves or is too slow.
pub(super) async fn answer(
    response: HttpResponse,
    mut respond: SendResponse<Bytes>,
    is_head: bool,
    connection: &Connection,
) {
    let (response, body) = response.into_parts();
    let size = body.size();
    let Some(head) = head(&response, size) else {
        return respond.send_reset(Reason::INTERNAL_ERROR);
    };
    let ends_here = is_head || size.is_eof();
    // It fails when the client has left.
    let Ok(mut stream) = respond.send_response(head, ends_here) else {
        return;
    };
    if !ends_here {
        let taking = Pace::new(&connection.state.in_force().settings);
        if !send(body, &mut stream, taking).await {
            connection.state.metrics.slow(SlowClient::Answer);
            tracing::info!("a client was too slow to read its answer (slow_client_ms)");
            stream.send_reset(Reason::CANCEL);
        }
    }
}

/// Whether the client was fast enough, or has left.
async fn send(body: BoxBody, stream: &mut SendStream<Bytes>, mut taking: Pace) -> bool {
    let mut body = pin!(body);
    while let Some(piece) = poll_fn(|context| body.as_mut().poll_next(context)).await {
        let Ok(mut piece) = piece else {
            stream.send_reset(Reason::INTERNAL_ERROR);
            return true;
        };
        while !piece.is_empty() {
            stream.reserve_capacity(piece.len());
            let room = poll_fn(|context| match stream.poll_capacity(context) {
                Poll::Ready(room) => Poll::Ready(Ok(room)),
                Poll::Pending => taking.poll_too_slow(context).map(Err),
            });
            let room = match room.await {
                Ok(Some(Ok(room))) => room.min(piece.len()),
                Ok(Some(Err(_)) | None) => return true,
                Err(()) => return false,
            };
            taking.moved(room);
            if stream.send_data(piece.split_to(room), false).is_err() {
                return true;
            }
        }
    }
    // It fails when the client has left.
    let _ = stream.send_data(Bytes::new(), true);
    true
}

/// The same head as this crate knows it, without what HTTP/2 forbids.
fn head(response: &HttpResponse<()>, size: BodySize) -> Option<http::Response<()>> {
    let mut head = http::Response::builder().status(response.status().as_u16());
    for (name, value) in response.headers() {
        if [CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH].contains(name) {
            continue;
        }
        head = head.header(name.as_str(), value.as_bytes());
    }
    let bodiless = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED];
    if let (BodySize::Sized(length), false) = (size, bodiless.contains(&response.status())) {
        head = head.header("content-length", length);
    }
    let date = HttpDate::from(SystemTime::now());
    head.header("date", date.to_string()).body(()).ok()
}
