//! The life of the gateway: doors → pool → http → ready → wait → drain. The wait is in
//! `life/watch.rs`: there it also reloads (`life/reload.rs`), resizes, and makes way for a successor
//! (`life/succession.rs`). One that was started as a successor takes over first
//! (`life/predecessor.rs`).

mod doors;
mod drain;
mod handover;
mod parts;
mod predecessor;
mod program;
mod reload;
mod signals;
mod strangers;
mod succession;
mod systemd;
mod watch;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use thiserror::Error;
use tokio::task::JoinHandle;

use crate::cache::{Disk, DiskError};
use crate::cli::Orders;
use crate::fetch::SetupError;
use crate::http::{self, Metrics, State};
use crate::in_force::InForce;
use crate::pool::{FarmError, Pool, PoolMetrics};
use crate::settings::Settings;
use crate::spans::Spans;
use crate::telemetry::Log;
use doors::Doors;
use parts::{Parts, Servers};
use predecessor::Predecessor;
use reload::Reloader;
use signals::Signals;
use watch::Life;

pub(crate) use handover::HandoverError;
pub(crate) use program::Program;

/// How long the last answers may take to leave once the last request is answered, and how long
/// killed workers may take to disappear.
const LAST_MOMENTS: Duration = Duration::from_secs(1);
/// Socket, standard error, shared page, pidfd, and as many for the one that replaces it.
const DESCRIPTORS_PER_WORKER: usize = 8;
/// For listeners, operators, fetches and what a runtime needs.
const DESCRIPTORS_BESIDE: usize = 256;
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
    #[error("a listening socket cannot be used: {0}")]
    Socket(io::Error),
    #[error("the port file {path} cannot be written: {source}")]
    PortFile { path: PathBuf, source: io::Error },
    #[error("{0}")]
    Fetch(#[from] SetupError),
    #[error(
        "cache_folder cannot be used: {0}; name a folder that only this user may write to, or leave it empty"
    )]
    CacheFolder(#[from] DiskError),
    #[error("no async runtime: {0}")]
    Runtime(io::Error),
    #[error("signals cannot be received: {0}")]
    Signals(io::Error),
    #[error("{0}")]
    Handover(#[from] HandoverError),
    #[error("it was told to stop before it had taken over")]
    Unwanted,
    #[error("{0} ended by itself, which is a bug; the gateway cannot go on without it")]
    Failed(&'static str),
}

/// Runs the gateway until it is told to stop, or has a successor.
pub(crate) async fn live(program: Program, orders: Orders, log: Log) -> Result<(), LifeError> {
    let mut signals = Signals::listen().map_err(LifeError::Signals)?;
    raise_descriptor_limit();
    let settings = orders.configuration.settings.clone();
    let (predecessor, handed) = match orders.succeeds {
        true => Predecessor::meet().map(|(predecessor, doors)| (Some(predecessor), Some(doors)))?,
        false => (None, None),
    };
    check_descriptors(&settings);
    let doors = Doors::open(&settings, handed)?;
    let metrics = Metrics::new();
    let (pool, farm) = start_pool(&settings, metrics.pool.clone()).await?;
    let disk = Disk::open(&settings, pool.program(), metrics.cache.disk.clone()).await?;
    let in_force = InForce::new(settings.clone(), &orders.configuration.credentials, disk)?;
    let spans = Spans::start();
    let state = State::new(in_force, pool, metrics, spans.clone());
    let state = web::Data::new(state);
    let servers = Servers::new(&state, &doors).map_err(LifeError::Socket)?;

    let predecessor = match predecessor {
        Some(predecessor) => Some(relieve(predecessor, &state.pool, &mut signals).await?),
        None => None,
    };
    doors.announce(&settings)?;
    let is_ready = predecessor.is_some();
    let mut parts = Parts::start(farm, servers);
    tokio::spawn(http::keep_history(state.clone()));
    if let Some(predecessor) = predecessor {
        predecessor.release().await;
        tracing::info!("ready; this is the gateway from now on");
    }
    let mut life = Life {
        program,
        reloader: Reloader::new(orders.configuration, log),
        state,
        signals,
        doors,
        succession: None,
        reload_for_heir: false,
        is_ready,
    };
    let end = life.watch(&mut parts).await;
    let end = life.end(end, parts).await;
    spans.stop().await;
    end
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

/// Says so now if descriptors could run out: later it would be connections that cannot be taken.
fn check_descriptors(settings: &Settings) {
    let Ok((soft, _)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return;
    };
    let wanted =
        settings.connections_max + settings.workers * DESCRIPTORS_PER_WORKER + DESCRIPTORS_BESIDE;
    if soft < wanted as u64 {
        tracing::warn!(
            limit = soft,
            wanted,
            connections_max = settings.connections_max,
            workers = settings.workers,
            "descriptors may run out under load; raise the limit (ulimit -n, LimitNOFILE=) or lower connections_max"
        );
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

/// Waits until this gateway could serve and the one before it lets it.
async fn relieve(
    mut predecessor: Predecessor,
    pool: &Pool,
    signals: &mut Signals,
) -> Result<Predecessor, LifeError> {
    tokio::select! {
        relieved = predecessor.relieve(until_working(pool)) => relieved?,
        () = signals.stop() => return Err(LifeError::Unwanted),
    }
    Ok(predecessor)
}

/// Waits for the first picture to go through a worker.
async fn until_working(pool: &Pool) {
    while !http::is_working(pool).await {
        tokio::time::sleep(READY_POLL).await;
    }
}
