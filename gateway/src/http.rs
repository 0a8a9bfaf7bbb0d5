//! The HTTP service: its listeners, and what is where for operators; what is where for everybody is in
//! `routes.rs`. Read on in running order: `server.rs` (take connections, on a `line.rs`), `layer.rs` (around every
//! request), `effects.rs` or `process.rs` (parse), `admission.rs` (may it?), `source.rs` (read an upload),
//! `pictures.rs` (get all pictures), `render.rs` (have it done, unless `../cache.rs` has it), `verdict.rs`,
//! `keeping.rs` and `problem.rs` (answer).

mod admin;
mod admission;
mod assets;
mod browsers;
mod cache_metrics;
mod code;
mod coding;
mod connection;
mod effects;
mod exchange;
mod h2;
mod h2_answer;
mod health;
mod history;
mod imgproxy;
mod in_flight;
mod incoming;
mod keeping;
mod layer;
mod line;
mod metrics;
mod openapi;
mod output;
mod pace;
mod pictures;
mod playground;
mod problem;
mod process;
mod query;
mod reference;
mod render;
mod routes;
mod sending;
mod server;
mod source;
mod trace;
mod unread;
mod verdict;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use actix_web::dev::Server;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{HttpResponse, web};
use arc_swap::ArcSwap;
use tokio::sync::Notify;

use crate::in_force::InForce;
use crate::pool::Pool;
use crate::spans::Spans;
use code::Code;
use exchange::{Current, reads};
use history::History;
use in_flight::InFlight;
use problem::Problem;
use server::Listener;

pub(crate) use code::Dialect;
pub(crate) use health::is_working;
pub(crate) use history::keep as keep_history;
pub(crate) use imgproxy::is_preset as is_imgproxy_preset;
pub(crate) use metrics::Metrics;

/// Most connections of operators and what watches for them.
const ADMIN_CONNECTIONS_MAX: usize = 256;

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct State {
    in_force: ArcSwap<InForce>,
    pub(crate) pool: Pool,
    pub(crate) metrics: Metrics,
    pub(crate) spans: Spans,
    pub(crate) history: History,
    pub(crate) in_flight: InFlight,
    coded: coding::Coded,
    /// Open connections of the public listener.
    pub(crate) connections: InFlight,
    pub(crate) started: Instant,
    /// An operator asked over HTTP for what SIGTERM does.
    pub(crate) drain_requested: Notify,
    draining: AtomicBool,
    closing: AtomicBool,
}

impl State {
    pub(crate) fn new(in_force: InForce, pool: Pool, metrics: Metrics, spans: Spans) -> Self {
        Self {
            in_force: ArcSwap::from_pointee(in_force),
            pool,
            metrics,
            spans,
            history: History::default(),
            in_flight: InFlight::default(),
            coded: coding::Coded::default(),
            connections: InFlight::default(),
            started: Instant::now(),
            drain_requested: Notify::new(),
            draining: AtomicBool::new(false),
            closing: AtomicBool::new(false),
        }
    }

    /// What a request that begins now is served by, from its first byte to its last.
    pub(crate) fn in_force(&self) -> Arc<InForce> {
        self.in_force.load_full()
    }

    /// From now on requests are served by this.
    pub(crate) fn put_in_force(&self, in_force: InForce) {
        self.in_force.store(Arc::new(in_force));
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// From now on `/readyz` says no and every answer closes its connection.
    pub(crate) fn begin_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.begin_closing();
    }

    /// From now on every answer closes its connection: another gateway takes the next ones.
    pub(crate) fn begin_closing(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }
}

/// The public server on a bound socket.
///
/// # Errors
/// When the kernel refuses to listen on it.
pub(crate) fn public(state: &web::Data<State>, socket: TcpListener) -> io::Result<Server> {
    let settings = &state.in_force().settings;
    let listener = Listener {
        state: state.clone(),
        threads: settings.http_threads,
        connections_max: settings.connections_max,
        connections: state.connections.clone(),
        routes: public_routes,
    };
    listener.serve(socket)
}

/// The operators' server on a bound socket.
///
/// # Errors
/// When the kernel refuses to listen on it.
pub(crate) fn admin(state: &web::Data<State>, socket: TcpListener) -> io::Result<Server> {
    let listener = Listener {
        state: state.clone(),
        threads: 1,
        connections_max: ADMIN_CONNECTIONS_MAX,
        connections: InFlight::default(),
        routes: admin_routes,
    };
    listener.serve(socket)
}

fn admin_routes(service: &mut web::ServiceConfig) {
    service
        .route("/metrics", web::get().to(admin::metrics))
        .route("/status", web::get().to(admin::page))
        .route("/status.json", web::get().to(admin::status))
        .route("/status/history.json", web::get().to(admin::history))
        .route("/status/{file}", web::get().to(admin::file))
        .route("/workers", web::post().to(admin::resize))
        .route("/workers/{slot}/recycle", web::post().to(admin::recycle))
        .route("/drain", web::post().to(admin::drain))
        .route("/livez", web::get().to(health::live))
        .route("/readyz", web::get().to(health::ready));
}

/// Each answers methods that it does not take by naming those that it does.
fn public_routes(service: &mut web::ServiceConfig) {
    service.app_data(browsers::ForPages);
    for route in routes::PUBLIC {
        let allowed = route.methods;
        let refuse = move |exchange, request| wrong_method(allowed, exchange, request);
        let resource = web::resource(route.path).default_service(web::to(refuse));
        service.service((route.handlers)(resource));
    }
    service.default_service(web::to(elsewhere));
}

/// What no route takes may have imgproxy's form, whose prefix a reload can change.
async fn elsewhere(
    state: web::Data<State>,
    Current(exchange): Current,
    request: actix_web::HttpRequest,
) -> HttpResponse {
    let prefix = exchange.settings().imgproxy_prefix.as_deref();
    match imgproxy::rest(prefix, request.path()) {
        None => nothing_here(Current(exchange), request).await,
        Some(rest) if reads(request.method()) => {
            imgproxy::by_url(&state, &exchange, &request, rest).await
        }
        Some(_) => wrong_method("GET, HEAD", Current(exchange), request).await,
    }
}

async fn nothing_here(Current(exchange): Current, request: actix_web::HttpRequest) -> HttpResponse {
    let path = protocol::clip(request.path());
    let message = format!("There is nothing at {path}; /v1/effects lists what there is.");
    Problem::new(Code::NotFound, message).respond(code::Dialect::V1, &exchange)
}

async fn wrong_method(
    allowed: &'static str,
    Current(exchange): Current,
    request: actix_web::HttpRequest,
) -> HttpResponse {
    let origins = &exchange.settings().cors_origins;
    if let Some(response) = browsers::preflight(&request, origins, allowed) {
        return response;
    }
    let (method, path) = (request.method(), protocol::clip(request.path()));
    let message = format!("{path} does not take {method}, only {allowed}.");
    let problem = Problem::new(Code::MethodNotAllowed, message);
    let mut response = problem.respond(code::Dialect::V1, &exchange);
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(ALLOW, allowed);
    response
}
