//! A listener with its threads: takes connections, and finds out which HTTP each of them speaks.
//!
//! It is what `actix_web::HttpServer` would be, on streams of our own (`line.rs`): that one waits for
//! ever for the first byte of a connection, and for the head of each request but the first.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::time::Duration;

use actix_http::{HttpServiceBuilder, Request};
use actix_server::{GracefulShutdownSignal, Server};
use actix_service::boxed::{RcService, rc_service};
use actix_service::{Service, ServiceFactory, fn_factory, fn_service, map_config};
use actix_web::body::BoxBody;
use actix_web::dev::{AppConfig, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, web};
use rustix::net::sockopt::set_tcp_user_timeout;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::connection::Connection;
use super::in_flight::InFlight;
use super::line::Line;
use super::{State, h2, layer, nothing_here};

/// Longer than any `drain_timeout_ms`: how long draining takes is decided in `life.rs`.
const SHUTDOWN: Duration = Duration::from_secs(3700);
/// How long the rest of a body is read and dropped after an answer that did not wait for it. Else the
/// kernel tells a client that still sends of a reset, and it never reads why it was refused.
const LINGER: Duration = Duration::from_secs(2);
/// With this a client begins that speaks HTTP/2 and knows that we do.
const H2_PREFACE: &[u8; 12] = b"PRI * HTTP/2";
/// Pause before looking again whether more of that has come.
const PREFACE_POLL: Duration = Duration::from_millis(10);

/// All routes of a listener, with everything around them.
pub(super) type Routes = RcService<Request, ServiceResponse<BoxBody>, actix_web::Error>;

/// What a listener is.
#[derive(Clone)]
pub(super) struct Listener {
    pub(super) state: web::Data<State>,
    pub(super) threads: usize,
    /// Most connections that are open at once; the next ones wait in the kernel.
    pub(super) connections_max: usize,
    pub(super) connections: InFlight,
    pub(super) routes: fn(&mut web::ServiceConfig),
}

/// Which HTTP a client speaks.
enum Protocol {
    Http1,
    Http2,
}

impl Listener {
    /// The server on a bound socket. It takes its first connection when it is first polled.
    pub(super) fn serve(self, socket: TcpListener) -> io::Result<Server> {
        let builder = Server::build()
            .workers(self.threads)
            // Signals are the business of `life.rs`.
            .disable_signals()
            // Connections end with their answers, not before.
            .shutdown_timeout(SHUTDOWN.as_secs())
            .max_concurrent_connections(self.connections_max.div_ceil(self.threads));
        let stopping = builder.graceful_shutdown_signal();
        let reception = move || {
            let (listener, stopping) = (self.clone(), stopping.clone());
            fn_factory(move || listener.clone().on_a_thread(stopping.clone()))
        };
        Ok(builder.listen("http", socket, reception)?.run())
    }

    /// What one of its threads does with each connection.
    async fn on_a_thread(
        self,
        stopping: GracefulShutdownSignal,
    ) -> Result<impl Service<TcpStream, Response = (), Error = Infallible>, ()> {
        let app = App::new()
            .app_data(self.state.clone())
            .wrap(from_fn(layer::around))
            .default_service(web::to(nothing_here))
            .configure(self.routes);
        let app = map_config(app, |()| AppConfig::default());
        let routes: Routes = rc_service(app.new_service(()).await?);
        let (for_h1, stops) = (routes.clone(), stopping.clone());
        let h1 = HttpServiceBuilder::default()
            .keep_alive(self.state.in_force().settings.keep_alive)
            // The line sees to that, for every head and not only for the first.
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(LINGER)
            // A client that closes its side has left: its job is dropped, not finished.
            .h1_allow_half_closed(false)
            .graceful_shutdown_signal(move || {
                let stops = stops.clone();
                async move { stops.notified().await }
            })
            .on_connect_ext(|line: &Line, data| {
                data.insert(line.connection());
            })
            .h1(fn_factory(move || {
                std::future::ready(Ok::<_, ()>(for_h1.clone()))
            }));
        let h1 = Rc::new(h1.new_service(()).await?);
        Ok(fn_service(move |stream| {
            let (listener, h1) = (self.clone(), Rc::clone(&h1));
            let (routes, stopping) = (routes.clone(), stopping.clone());
            async move {
                listener.converse(stream, &*h1, routes, stopping).await;
                Ok(())
            }
        }))
    }

    /// Serves a connection to its end. Whatever ends it, the client knows and nobody else needs to.
    async fn converse(
        &self,
        stream: TcpStream,
        h1: &impl Service<(Line, Option<SocketAddr>)>,
        routes: Routes,
        stopping: GracefulShutdownSignal,
    ) {
        let accepted = Instant::now();
        let connection = Connection::new(self.state.clone(), self.connections.enter());
        // Not the snapshot itself, which would outlive its reload for as long as the connection is kept.
        let (head_timeout, slow_client) = {
            let settings = &self.state.in_force().settings;
            (settings.head_timeout, settings.slow_client)
        };
        let peer = stream.peer_addr().ok();
        let _ = stream.set_nodelay(true);
        // What a client takes too slowly is taken back from the kernel as well.
        let patience = u32::try_from(slow_client.as_millis()).unwrap_or(u32::MAX);
        let _ = set_tcp_user_timeout(&stream, patience);
        let protocol = tokio::select! {
            biased;
            protocol = tokio::time::timeout(head_timeout, spoken(&stream)) => protocol,
            () = stopping.notified() => return,
        };
        match protocol {
            Ok(Ok(Protocol::Http1)) => {
                let line = Line::for_h1(stream, connection, accepted);
                let _ = h1.call((line, peer)).await;
            }
            Ok(Ok(Protocol::Http2)) => {
                let line = Line::for_h2(stream, Rc::clone(&connection));
                h2::converse(line, connection, routes, peer, stopping).await;
            }
            // A client that says nothing is told nothing: it may be about to speak.
            Ok(Err(_)) | Err(_) => {}
        }
    }
}

/// Which HTTP it is, by the first bytes, which stay where they are.
async fn spoken(stream: &TcpStream) -> io::Result<Protocol> {
    let mut first = [0; H2_PREFACE.len()];
    loop {
        let length = stream.peek(&mut first).await?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if first.get(..length) != H2_PREFACE.get(..length) {
            return Ok(Protocol::Http1);
        }
        if length == H2_PREFACE.len() {
            return Ok(Protocol::Http2);
        }
        // What was seen is seen again at once, so there is nothing to be woken by.
        tokio::time::sleep(PREFACE_POLL).await;
    }
}
