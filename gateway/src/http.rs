//! The HTTP service: what is where, and the listeners. Read on in running order: `layer.rs`
//! (around every request), `effects.rs` or `process.rs` (parse), `source.rs` (get the picture),
//! `render.rs` (have it done), `verdict.rs` and `problem.rs` (answer).

mod admin;
mod code;
mod effects;
mod exchange;
mod health;
mod in_flight;
mod layer;
mod metrics;
mod output;
mod problem;
mod process;
mod query;
mod render;
mod sending;
mod source;
mod verdict;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use nix::sys::resource::{Resource, getrlimit};
use tokio::sync::Notify;

use crate::fetch::Fetcher;
use crate::intake::Intake;
use crate::pool::Pool;
use crate::settings::Settings;
use code::Code;
use exchange::Current;
use in_flight::InFlight;
use problem::Problem;

pub(crate) use health::is_working;
pub(crate) use metrics::Metrics;

/// Longest pause between two requests on one connection.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a client may take to send the head of a request.
const REQUEST_HEAD: Duration = Duration::from_secs(10);

/// Most connections per thread, whatever the kernel allows.
const CONNECTIONS_MAX: usize = 25_000;

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) pool: Pool,
    pub(crate) intake: Intake,
    pub(crate) fetcher: Fetcher,
    pub(crate) metrics: Metrics,
    pub(crate) in_flight: InFlight,
    pub(crate) started: Instant,
    /// An operator asked over HTTP for what SIGTERM does.
    pub(crate) drain_requested: Notify,
    draining: AtomicBool,
}

impl State {
    pub(crate) fn new(
        settings: Settings,
        pool: Pool,
        intake: Intake,
        fetcher: Fetcher,
        metrics: Metrics,
    ) -> Self {
        Self {
            settings,
            intake,
            pool,
            fetcher,
            metrics,
            in_flight: InFlight::default(),
            started: Instant::now(),
            drain_requested: Notify::new(),
            draining: AtomicBool::new(false),
        }
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// From now on `/readyz` says no and every answer closes its connection.
    pub(crate) fn begin_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }
}

/// A listening server, not yet running.
pub(crate) struct Listener {
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
}

impl Listener {
    pub(crate) fn handle(&self) -> ServerHandle {
        self.server.handle()
    }
}

/// Binds the public listener.
///
/// # Errors
/// When the address cannot be bound.
pub(crate) fn public(state: &web::Data<State>) -> io::Result<Listener> {
    let settings = &state.settings;
    listen(state, settings.listen, settings.http_threads, public_routes)
}

/// Binds the operators' listener.
///
/// # Errors
/// When the address cannot be bound.
pub(crate) fn admin(state: &web::Data<State>) -> io::Result<Listener> {
    listen(state, state.settings.admin_listen, 1, admin_routes)
}

fn listen(
    state: &web::Data<State>,
    address: SocketAddr,
    threads: usize,
    routes: fn(&mut web::ServiceConfig),
) -> io::Result<Listener> {
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    let shared = state.clone();
    let app = move || {
        App::new()
            .app_data(shared.clone())
            .wrap(from_fn(layer::around))
            .configure(routes)
            .default_service(web::to(nothing_here))
    };
    let server = HttpServer::new(app)
        .workers(threads)
        // Signals are the business of `life.rs`.
        .disable_signals()
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(REQUEST_HEAD)
        // A client that closes its side has left: its job is dropped, not finished.
        .h1_allow_half_closed(false)
        // Longer than draining may take: connections end with their answers, not before.
        .shutdown_timeout(state.settings.drain_timeout.as_secs() + 1)
        .max_connections(connections_max(threads))
        .listen(listener)?
        .run();
    Ok(Listener { server, address })
}

/// Connections per thread, so that descriptors are left for workers (three each), for fetching,
/// and for the operators.
fn connections_max(threads: usize) -> usize {
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(1024, |(soft, _)| soft);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    (limit / 2 / threads).clamp(8, CONNECTIONS_MAX)
}

fn admin_routes(service: &mut web::ServiceConfig) {
    service
        .route("/metrics", web::get().to(admin::metrics))
        .route("/status", web::get().to(admin::status))
        .route("/status.json", web::get().to(admin::status))
        .route("/workers", web::post().to(admin::resize))
        .route("/workers/{slot}/recycle", web::post().to(admin::recycle))
        .route("/drain", web::post().to(admin::drain))
        .route("/livez", web::get().to(health::live))
        .route("/readyz", web::get().to(health::ready));
}

fn public_routes(service: &mut web::ServiceConfig) {
    let resource = |path: &str, allowed: &'static str| {
        let refuse = move |exchange, request| wrong_method(allowed, exchange, request);
        web::resource(path).default_service(web::to(refuse))
    };
    service
        .service(
            resource("/livez", "GET, HEAD")
                .route(web::get().to(health::live))
                // Some load balancers ask without wanting the body.
                .route(web::head().to(health::live)),
        )
        .service(
            resource("/readyz", "GET, HEAD")
                .route(web::get().to(health::ready))
                .route(web::head().to(health::ready)),
        )
        .service(resource("/v1/effects", "GET").route(web::get().to(process::effects)))
        .service(
            resource("/v1/process", "GET, POST")
                .route(web::get().to(process::by_url))
                .route(web::post().to(process::by_upload)),
        )
        .service(resource("/image", "GET").route(web::get().to(effects::ping)))
        .service(resource("/image/", "GET").route(web::get().to(effects::ping)));
    for path in [
        "/image/{effect}",
        "/image/{effect}/",
        "/{effect}",
        "/{effect}/",
    ] {
        service.service(
            resource(path, "GET, POST")
                .route(web::get().to(effects::by_url))
                .route(web::post().to(effects::by_upload)),
        );
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
    let (method, path) = (request.method(), protocol::clip(request.path()));
    let message = format!("{path} does not take {method}, only {allowed}.");
    let problem = Problem::new(Code::MethodNotAllowed, message);
    let mut response = problem.respond(code::Dialect::V1, &exchange);
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(ALLOW, allowed);
    response
}
