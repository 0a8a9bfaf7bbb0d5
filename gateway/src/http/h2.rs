//! HTTP/2 without TLS: takes the streams of a connection apart into requests, and ends a request when its
//! client resets the stream. Attacks on the protocol itself (floods of resets, of CONTINUATION, of
//! settings) are the business of the crate `h2`, with the limits that [`builder`] sets.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use actix_http::{HttpMessage, Request};
use actix_server::GracefulShutdownSignal;
use actix_service::Service;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{HOST, HeaderName, HeaderValue};
use actix_web::http::{Method, Uri, Version};
use bytes::Bytes;
use futures_util::stream::poll_fn;
use h2::server::{Builder, SendResponse};
use h2::{Reason, RecvStream};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::connection::Connection;
use super::h2_answer::answer;
use super::line::Line;
use super::server::Routes;
use crate::settings::Settings;

/// Most bytes of a head, names and values and 32 more for each; as much as in HTTP/1.
const HEAD_BYTES_MAX: u32 = 128 * 1024;
/// What a client may send of one body before it is read, and of all: a few round trips' worth.
const WINDOW_BYTES: u32 = 256 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// Bytes of one answer that wait for their turn on the connection.
const SEND_BUFFER_BYTES: usize = 128 * 1024;
/// Streams that a client may have reset before anybody looked at them: more is an attack.
const PENDING_RESETS_MAX: usize = 20;
/// Streams that may end by errors of the client.
const ERRORS_MAX: usize = 256;
/// How often somebody looks whether the connection is idle.
const LOOK: Duration = Duration::from_millis(500);
/// How long a client has after the word that the connection ends.
const GOODBYE: Duration = Duration::from_secs(2);

/// Serves the connection to its end.
pub(super) async fn converse(
    line: Line,
    connection: Rc<Connection>,
    routes: Routes,
    peer: Option<SocketAddr>,
    stopping: GracefulShutdownSignal,
) {
    let (builder, head_timeout, keep_alive) = {
        let settings = &connection.state.in_force().settings;
        (
            builder(settings),
            settings.head_timeout,
            settings.keep_alive,
        )
    };
    let handshake = builder.handshake::<_, Bytes>(line);
    let Ok(Ok(mut streams)) = timeout(head_timeout, handshake).await else {
        return;
    };
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stopped = stopping.notified();
    tokio::pin!(stopped);
    let mut silent_since = Instant::now();
    let mut leaving = false;
    loop {
        tokio::select! {
            stream = streams.accept() => {
                let Some(Ok((head, respond))) = stream else { return };
                begin(&connection, &routes, peer, head, respond);
            }
            () = &mut stopped, if !leaving => {
                streams.graceful_shutdown();
                leaving = true;
            }
            _ = look.tick() => {
                if connection.is_serving() {
                    silent_since = Instant::now();
                }
                let patience = match connection.begun() {
                    0 => head_timeout,
                    _ => keep_alive,
                };
                let silence = silent_since.elapsed();
                if !leaving && (silence > patience || connection.state.is_closing()) {
                    streams.graceful_shutdown();
                    leaving = true;
                }
                if silence > patience + GOODBYE {
                    return;
                }
            }
        }
    }
}

fn builder(settings: &Settings) -> Builder {
    let mut builder = Builder::new();
    builder
        .max_concurrent_streams(settings.http2_streams_max)
        .max_header_list_size(HEAD_BYTES_MAX)
        .initial_window_size(WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buffer_size(SEND_BUFFER_BYTES)
        .max_pending_accept_reset_streams(PENDING_RESETS_MAX)
        .max_local_error_reset_streams(Some(ERRORS_MAX));
    builder
}

/// A task of its own for each request.
fn begin(
    connection: &Rc<Connection>,
    routes: &Routes,
    peer: Option<SocketAddr>,
    head: http::Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
) {
    let Some(request) = request(head, peer, connection) else {
        respond.send_reset(Reason::PROTOCOL_ERROR);
        return;
    };
    let is_head = request.method() == Method::HEAD;
    let (routes, connection) = (routes.clone(), Rc::clone(connection));
    actix_web::rt::spawn(async move {
        let called = routes.call(request);
        let answered = tokio::select! {
            answered = called => answered,
            // With the future goes what it waits for: the job.
            _ = std::future::poll_fn(|context| respond.poll_reset(context)) => return,
        };
        let response = match answered {
            Ok(response) => response.into_parts().1,
            Err(error) => error.error_response(),
        };
        answer(response, respond, is_head, &connection).await;
    });
}

/// The same request as the routes know it. The two crates have types of the same names.
fn request(
    head: http::Request<RecvStream>,
    peer: Option<SocketAddr>,
    connection: &Rc<Connection>,
) -> Option<Request> {
    let (parts, body) = head.into_parts();
    let mut request = Request::with_payload(payload(body));
    let path = parts.uri.path_and_query();
    let path = path.map_or("/", http::uri::PathAndQuery::as_str);
    let head = request.head_mut();
    head.method = Method::from_bytes(parts.method.as_str().as_bytes()).ok()?;
    head.uri = path.parse::<Uri>().ok()?;
    head.version = Version::HTTP_2;
    head.peer_addr = peer;
    for (name, value) in &parts.headers {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        head.headers.append(name, value);
    }
    if let Some(authority) = parts
        .uri
        .authority()
        .filter(|_| !head.headers.contains_key(HOST))
    {
        let host = HeaderValue::from_str(authority.as_str()).ok()?;
        head.headers.insert(HOST, host);
    }
    request.extensions_mut().insert(Rc::clone(connection));
    Some(request)
}

fn payload(mut body: RecvStream) -> Payload {
    if body.is_end_stream() {
        return Payload::None;
    }
    let pieces = poll_fn(move |context| {
        let piece = std::task::ready!(body.poll_data(context));
        std::task::Poll::Ready(piece.map(|piece| {
            let piece = piece.map_err(broken)?;
            // Read: the client may send as much again.
            let room = body.flow_control().release_capacity(piece.len());
            room.map(|()| piece).map_err(broken)
        }))
    });
    Payload::Stream {
        payload: Box::pin(pieces),
    }
}

fn broken(error: h2::Error) -> PayloadError {
    let kind = std::io::ErrorKind::InvalidData;
    let error = error.into_io().unwrap_or_else(|| kind.into());
    PayloadError::Incomplete(Some(error))
}
