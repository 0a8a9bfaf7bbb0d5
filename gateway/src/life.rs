//! The life of the gateway: pool → http → ready → wait → drain.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use thiserror::Error;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use crate::fetch::{Fetcher, SetupError};
use crate::http::{self, Listener, Metrics, State};
use crate::intake::Intake;
use crate::pool::{FarmError, Pool, PoolMetrics};
use crate::settings::{Settings, WORKERS_MAX};

/// How long the last answers may take to leave once the last request is answered, and how long
/// killed workers may take to disappear.
const LAST_MOMENTS: Duration = Duration::from_secs(1);
/// Pause between two looks at a farm that is not ready yet.
const READY_POLL: Duration = Duration::from_millis(20);

/// Why the gateway cannot start, or go on.
#[derive(Debug, Error)]
pub(crate) enum LifeError {
    #[error("the worker program {program} cannot be used: {source}; set worker to its path")]
    Worker { program: PathBuf, source: io::Error },
    #[error("{0}")]
    Farm(FarmError),
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
    #[error("{0} ended by itself, which is a bug; the gateway cannot go on without it")]
    Failed(&'static str),
}

/// Runs the gateway until it is told to stop.
pub(crate) async fn live(settings: Settings) -> Result<(), LifeError> {
    let mut stop = StopSignals::new().map_err(LifeError::Signals)?;
    raise_descriptor_limit();
    let metrics = Metrics::new();
    let (pool, mut farm) = start_pool(&settings, metrics.pool.clone()).await?;
    let intake = Intake::new(&settings);
    let fetcher = Fetcher::new(&settings, intake.clone())?;
    let state = State::new(settings, pool, intake, fetcher, metrics);
    let state = web::Data::new(state);

    let public = bind("listen", state.settings.listen, http::public(&state))?;
    let admin = bind(
        "admin_listen",
        state.settings.admin_listen,
        http::admin(&state),
    )?;
    announce(&state.settings, &public, &admin)?;
    let public_handle = public.handle();
    let (mut public, mut admin) = (tokio::spawn(public.server), tokio::spawn(admin.server));
    let watching = tokio::spawn(announce_readiness(state.pool.clone()));
    let resizing = tokio::spawn(resize_on_signals(state.clone()));

    let failed = tokio::select! {
        () = stop.next() => None,
        () = state.drain_requested.notified() => None,
        _ = &mut farm => Some("the farm"),
        _ = &mut public => Some("the public listener"),
        _ = &mut admin => Some("the admin listener"),
    };
    watching.abort();
    resizing.abort();
    tell_systemd(&[sd_notify::NotifyState::Stopping]);
    if let Some(part) = failed {
        let _ = tokio::time::timeout(LAST_MOMENTS, state.pool.stop()).await;
        return Err(LifeError::Failed(part));
    }
    drain(&state, &mut stop, public_handle).await;
    // The last pieces of the last answers are still in the connections' buffers.
    let _ = tokio::time::timeout(LAST_MOMENTS, &mut public).await;
    tracing::info!("stopped");
    Ok(())
}

/// A server has many connections, and the usual soft limit of 1024 descriptors is there only
/// for programs that cannot count further.
fn raise_descriptor_limit() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit of descriptors cannot be raised");
    }
}

pub(crate) async fn start_pool(
    settings: &Settings,
    metrics: Arc<PoolMetrics>,
) -> Result<(Pool, JoinHandle<()>), LifeError> {
    let program = match &settings.worker {
        Some(program) => program.clone(),
        None => beside_this_program(),
    };
    Pool::start(settings, &program, metrics)
        .await
        .map_err(|error| match error {
            FarmError::Program(source) => LifeError::Worker { program, source },
            other => LifeError::Farm(other),
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
) -> Result<Listener, LifeError> {
    listener.map_err(|source| LifeError::Bind {
        name,
        address,
        source,
    })
}

/// Says where it listens, in the log and in the port files.
fn announce(settings: &Settings, public: &Listener, admin: &Listener) -> Result<(), LifeError> {
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

fn write_port(path: Option<&Path>, port: u16) -> Result<(), LifeError> {
    let Some(path) = path else { return Ok(()) };
    // Renamed into place, so that a reader never sees half a number.
    let partial = path.with_extension("partial");
    std::fs::write(&partial, format!("{port}\n"))
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(|source| LifeError::PortFile {
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

/// Stops listening and waits for every request that is here, until the time is over or a second
/// signal comes; then gives up what is left, and its clients are told so.
async fn drain(state: &State, stop: &mut StopSignals, listener: actix_web::dev::ServerHandle) {
    tracing::info!(requests = state.in_flight.count(), "draining");
    state.begin_draining();
    tokio::spawn(listener.stop(true));
    let rest = async {
        state.in_flight.none().await;
        state.pool.drain().await;
    };
    tokio::select! {
        result = tokio::time::timeout(state.settings.drain_timeout, rest) => match result {
            Ok(()) => tracing::info!("drained"),
            Err(_) => tracing::warn!(
                requests = state.in_flight.count(),
                "drain_timeout_ms is over; giving up what is left"
            ),
        },
        () = stop.next() => tracing::warn!("second signal; giving up what is left"),
    }
    let _ = tokio::time::timeout(LAST_MOMENTS, state.pool.stop()).await;
    let _ = tokio::time::timeout(LAST_MOMENTS, state.in_flight.none()).await;
}

fn tell_systemd(state: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd cannot be notified");
    }
}

/// SIGTTIN: one worker more. SIGTTOU: one less, never none.
async fn resize_on_signals(state: web::Data<State>) {
    let listen = |kind: nix::sys::signal::Signal| signal(SignalKind::from_raw(kind as i32));
    let more = listen(nix::sys::signal::Signal::SIGTTIN);
    let fewer = listen(nix::sys::signal::Signal::SIGTTOU);
    let (Ok(mut more), Ok(mut fewer)) = (more, fewer) else {
        return tracing::warn!("SIGTTIN and SIGTTOU cannot be received");
    };
    loop {
        let step = tokio::select! {
            _ = more.recv() => 1,
            _ = fewer.recv() => -1,
        };
        // Asked anew, because the admin listener may have changed it too.
        let Some(status) = state.pool.status().await else {
            return;
        };
        let count = status
            .size
            .saturating_add_signed(step)
            .clamp(1, WORKERS_MAX);
        tracing::info!(count, "resizing");
        state.pool.resize(count);
    }
}

/// SIGTERM and SIGINT, which mean the same; and those that would end a process that does not
/// listen for them, and here mean nothing.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
    ignored: [Signal; 3],
}

impl StopSignals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            ignored: [
                signal(SignalKind::hangup())?,
                signal(SignalKind::user_defined1())?,
                signal(SignalKind::user_defined2())?,
            ],
        })
    }

    async fn next(&mut self) {
        let [hangup, user1, user2] = &mut self.ignored;
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return tracing::info!("SIGTERM"),
                _ = self.interrupt.recv() => return tracing::info!("SIGINT"),
                _ = hangup.recv() => {
                    tracing::info!("SIGHUP: settings are read at the start only; restart to change them");
                }
                _ = user1.recv() => {}
                _ = user2.recv() => {}
            }
        }
    }
}
