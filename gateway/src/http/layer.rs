//! The outermost layer around every request: begins its exchange, and on the way out adds the
//! headers that every answer has, writes the one log line, and counts.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ResponseHead, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::ConnectionType;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};

use super::State;
use super::browsers::Caller;
use super::code::{Code, Dialect};
use super::coding;
use super::connection::Connection;
use super::exchange::Exchange;
use super::incoming;
use super::problem::Problem;
use super::sending::Sending;
use crate::spans::Told;

/// Paths that machines ask for again and again.
const QUIET: [&str; 5] = ["/livez", "/readyz", "/metrics", "/status", "/status.json"];
/// What pages for people load.
const FILES: [&str; 3] = ["/playground/", "/docs/", "/status/"];
/// Where pictures are asked for, beside effects and imgproxy's URLs.
const PIPELINES: &str = "/v1/process";

/// See the module.
pub(crate) async fn around(
    state: web::Data<State>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let exchange = Exchange::begin(&request, state.in_force());
    let in_flight = state.in_flight.enter();
    let turn = Connection::of(&request).map(Connection::begin);
    incoming::watch(&mut request, &exchange);
    let caller = Caller::of(&request, &exchange.settings().cors_origins);
    // Routing needs the request to itself, so what the log wants is copied out before.
    let takes_gzip = coding::is_taken(&request);
    let (method, path) = (request.method().clone(), request.path().to_owned());

    let mut answered = next.call(request).await;
    // If it did not come to a job.
    drop(exchange.place());
    if let Some(rest) = exchange.rest() {
        rest.read_off().await;
    }
    let status = match &mut answered {
        Ok(response) => {
            let head = response.response_mut().head_mut();
            complete(head, &state, &exchange);
            caller.complete(head, exchange.client().is_some());
            response.status()
        }
        Err(error) => {
            let mut response = refused_by_the_server(error, &exchange);
            complete(response.head_mut(), &state, &exchange);
            caller.complete(response.head_mut(), exchange.client().is_some());
            let status = response.status();
            *error = InternalError::from_response("", response).into();
            status
        }
    };
    let (status, took) = (status.as_u16(), exchange.elapsed());
    state.metrics.answered(exchange.dialect(), status, took);
    if let Some(token) = exchange.token() {
        state.metrics.answered_to(token, status);
    }
    if exchange.dialect() != Dialect::V1 || path == PIPELINES {
        state.history.answered(status, took);
    }
    let path = match exchange.dialect() {
        // What follows holds the source's address, like a query, and the log has no queries.
        Dialect::Imgproxy => imgproxy_path(&exchange),
        Dialect::V1 | Dialect::Effects => path,
    };
    let trace_id = state.spans.tell(&Told {
        trace: exchange.trace(),
        request_id: exchange.id(),
        dialect: exchange.dialect().name(),
        method: method.as_str(),
        path: &path,
        status,
        code: exchange.code().map(Code::name),
        begun: exchange.accepted(),
        phases: &exchange.phases(),
    });
    log(&exchange, method.as_str(), &path, status, took, trace_id);
    let (request, response) = answered?.into_parts();
    let (mut response, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(bytes) => {
            let head = response.head_mut();
            let bytes = state.coded.body(head, takes_gzip, bytes).await;
            Sending::new(bytes, (in_flight, turn)).boxed()
        }
        // None of ours is a stream.
        Err(stream) => stream.boxed(),
    };
    Ok(ServiceResponse::new(request, response.set_body(body)))
}

/// The one line per request. Health checks and scrapes come every few seconds, and pages in many
/// files; they are only told to whoever asks for detail. The query is left out: it may hold somebody's signed URL.
fn log(
    exchange: &Exchange,
    method: &str,
    path: &str,
    status: u16,
    took: Duration,
    trace_id: Option<String>,
) {
    let (id, code) = (exchange.id(), exchange.code().map(Code::name));
    let ms = took.as_micros() as f64 / 1e3;
    let token = exchange.token();
    // The level of a line is part of its place in the program.
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                request_id = id,
                method,
                path,
                status,
                code,
                token,
                trace_id,
                ms,
                "request"
            )
        };
    }
    if QUIET.contains(&path) || FILES.iter().any(|folder| path.starts_with(folder)) {
        line!(debug);
    } else {
        line!(info);
    }
}

fn imgproxy_path(exchange: &Exchange) -> String {
    let prefix = exchange.settings().imgproxy_prefix.as_deref();
    format!("{}/…", prefix.unwrap_or_default())
}

/// A request that the HTTP library itself turned down.
fn refused_by_the_server(error: &actix_web::Error, exchange: &Exchange) -> HttpResponse {
    let code = match error.as_response_error().status_code().is_client_error() {
        true => Code::BadRequest,
        false => Code::Internal,
    };
    if code == Code::Internal {
        tracing::error!(request_id = exchange.id(), %error, "internal error");
    }
    let message = protocol::clip(&error.to_string());
    Problem::new(code, message).respond(exchange.dialect(), exchange)
}

/// Adds what every answer has.
fn complete(head: &mut ResponseHead, state: &State, exchange: &Exchange) {
    if state.is_closing() || exchange.was_too_slow() {
        // The server writes the header itself, and ignores one of ours.
        head.set_connection_type(ConnectionType::Close);
    }
    if let Some(quota) = exchange.quota() {
        let headers = head.headers_mut();
        for (name, value) in [
            ("x-ratelimit-limit", u64::from(quota.limit)),
            ("x-ratelimit-remaining", u64::from(quota.remaining)),
            // The same: one client of the effect routes cannot do without it.
            ("x-ratelimit-left", u64::from(quota.remaining)),
            ("x-ratelimit-reset", quota.reset),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
    }
    // Six decimals: clients read the first seven characters as a number.
    let process_time = format!("{:.6}", exchange.elapsed().as_secs_f64());
    for (name, value) in [
        ("x-request-id", exchange.id()),
        ("x-process-time", process_time.as_str()),
        ("server-timing", exchange.server_timing().as_str()),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            head.headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
}
