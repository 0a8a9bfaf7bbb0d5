//! The life of the gateway: pool → http → ready → wait → drain.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix_web::web;
use thiserror::Error;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::fetch::{Fetcher, SetupError};
use crate::http::{self, Listener, Metrics, State};
use crate::pool::{FarmError, Pool};
use crate::settings::Settings;

/// How long the last answers may take to leave once the last request is answered, and how long
/// killed workers may take to disappear.
const LAST_MOMENTS: Duration = Duration::from_secs(1);
/// Pause between two looks at a farm that is not ready yet.
const READY_POLL: Duration = Duration::from_millis(20);

/// Why the gateway cannot start.
#[derive(Debug, Error)]
pub(crate) enum StartError {
    #[error("the worker program {program} cannot be used: {source}; set worker to its path")]
    Worker { program: PathBuf, source: io::Error },
    #[error("{0}")]
    Cage(FarmError),
    #[error("{name} {address} cannot be bound: {source}")]
    Bind {
        name: &'static str,
        address: std::net::SocketAddr,
        source: io::Error,
    },
    #[error("the port file {path} cannot be written: {source}")]
    PortFile { path: PathBuf, source: io::Error },
    #[error("{0}")]
    Fetch(#[from] SetupError),
    #[error("no async runtime: {0}")]
    Runtime(io::Error),
    #[error("signals cannot be received: {0}")]
    Signals(io::Error),
}

/// Runs the gateway until it is told to stop.
pub(crate) async fn live(settings: Settings) -> Result<(), StartError> {
    let mut stop = StopSignals::new().map_err(StartError::Signals)?;
    let metrics = Metrics::new();
    let pool = start_pool(&settings, &metrics).await?;
    let fetcher = Fetcher::new(&settings)?;
    let state = web::Data::new(State::new(settings, pool, fetcher, metrics));

    let public = bind("listen", state.settings.listen, http::public(&state))?;
    let admin = bind(
        "admin_listen",
        state.settings.admin_listen,
        http::admin(&state),
    )?;
    announce(&state.settings, &public, &admin)?;
    let public_handle = public.handle();
    let mut public = tokio::spawn(public.server);
    tokio::spawn(admin.server);
    let watching = tokio::spawn(announce_readiness(state.pool.clone()));

    tokio::select! {
        () = stop.next() => {}
        _ = &mut public => tracing::error!("the public listener ended by itself"),
    }
    watching.abort();
    tell_systemd(&[sd_notify::NotifyState::Stopping]);
    state.begin_draining();
    let drain = drain(&state, public_handle);
    let in_time = tokio::time::timeout(state.settings.drain_timeout, drain);
    tokio::select! {
        result = in_time => match result {
            Ok(()) => tracing::info!("drained"),
            Err(_) => tracing::warn!(
                requests = state.in_flight.count(),
                "drain_timeout_ms is over; giving up what is left"
            ),
        },
        () = stop.next() => tracing::warn!("second signal; giving up what is left"),
    }
    let _ = tokio::time::timeout(LAST_MOMENTS, state.pool.stop()).await;
    // The clients of what was given up are told so before the process ends.
    let _ = tokio::time::timeout(LAST_MOMENTS, state.in_flight.none()).await;
    let _ = tokio::time::timeout(LAST_MOMENTS / 2, &mut public).await;
    tracing::info!("stopped");
    Ok(())
}

async fn start_pool(settings: &Settings, metrics: &Metrics) -> Result<Pool, StartError> {
    let program = match &settings.worker {
        Some(program) => program.clone(),
        None => beside_this_program(),
    };
    Pool::start(settings, &program, metrics.pool.clone())
        .await
        .map_err(|error| match error {
            FarmError::Program(source) => StartError::Worker { program, source },
            cage @ FarmError::Cage(_) => StartError::Cage(cage),
        })
}

fn beside_this_program() -> PathBuf {
    let name = "framefarm-worker";
    match std::env::current_exe() {
        Ok(own) => own.with_file_name(name),
        Err(_) => PathBuf::from(name),
    }
}

fn bind(
    name: &'static str,
    address: std::net::SocketAddr,
    listener: io::Result<Listener>,
) -> Result<Listener, StartError> {
    listener.map_err(|source| StartError::Bind {
        name,
        address,
        source,
    })
}

/// Says where it listens, in the log and in the port files.
fn announce(settings: &Settings, public: &Listener, admin: &Listener) -> Result<(), StartError> {
    tracing::info!(
        listen = %public.address,
        admin_listen = %admin.address,
        workers = settings.workers,
        version = env!("CARGO_PKG_VERSION"),
        "listening"
    );
    write_port(settings.port_file.as_deref(), public.address.port())?;
    write_port(settings.admin_port_file.as_deref(), admin.address.port())
}

fn write_port(path: Option<&Path>, port: u16) -> Result<(), StartError> {
    let Some(path) = path else { return Ok(()) };
    // Renamed into place, so that a reader never sees half a number.
    let partial = path.with_extension("partial");
    std::fs::write(&partial, format!("{port}\n"))
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(|source| StartError::PortFile {
            path: path.to_owned(),
            source,
        })
}

/// Waits for the first picture to go through a worker, and says so.
async fn announce_readiness(pool: Pool) {
    while !http::is_working(&pool).await {
        tokio::time::sleep(READY_POLL).await;
    }
    tracing::info!("ready");
    tell_systemd(&[sd_notify::NotifyState::Ready]);
}

/// Stops listening, then waits for every request that is here.
async fn drain(state: &State, listener: actix_web::dev::ServerHandle) {
    tracing::info!(requests = state.in_flight.count(), "draining");
    tokio::spawn(listener.stop(true));
    state.in_flight.none().await;
    state.pool.drain().await;
}

fn tell_systemd(state: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd cannot be notified");
    }
}

/// SIGTERM and SIGINT, which mean the same.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => tracing::info!("SIGTERM"),
            _ = self.interrupt.recv() => tracing::info!("SIGINT"),
        }
    }
}
