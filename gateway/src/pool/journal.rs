//! What operators are told of workers: one log line for each event, and a counter.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use protocol::{Breadcrumb, Operation, Phase};

use super::Work;
use super::bundle::{Bundle, Folder};
use super::death::{Cause, Death};
use super::digest::Digest;
use super::event::WorkerId;
use super::kill::Kill;
use super::metrics::PoolMetrics;

/// A worker has ended.
pub(super) fn gone(
    metrics: &PoolMetrics,
    worker: WorkerId,
    death: &Death,
    killed_for: Option<&Kill>,
) {
    metrics.ended(killed_for, death);
    let (slot, pid) = (worker.slot, death.pid);
    match killed_for {
        // All of them go then.
        Some(Kill::Drain) => {}
        Some(why) => {
            let why = why.name();
            tracing::info!(slot, pid, why, "worker gone, killed by the gateway");
        }
        None => {
            let stderr = death.last_words();
            let phase = death.breadcrumb.phase.map(Phase::name);
            let operation = death.breadcrumb.operation;
            match death.cause() {
                // A cap did what it is there for.
                Cause::MemoryLimit(_) | Cause::CpuLimit => {
                    tracing::warn!(slot, pid, ending = %death, phase, operation, stderr, "worker died");
                }
                Cause::SandboxViolation | Cause::Killed | Cause::Crashed => {
                    tracing::error!(slot, pid, ending = %death, phase, operation, stderr, "worker died");
                }
            }
        }
    }
}

/// A worker could not be started.
pub(super) fn not_started(metrics: &PoolMetrics, worker: WorkerId, error: &str) {
    metrics.spawn_failures.inc();
    tracing::error!(slot = worker.slot, error, "a worker cannot be started");
}

/// A worker said something that is not the protocol, and will be killed for it.
pub(super) fn broken(worker: WorkerId, pid: Option<u32>, what: &str) {
    let slot = worker.slot;
    tracing::error!(slot, pid, what, "a worker broke the protocol");
}

/// A job has kept a worker for long, whatever came of it.
pub(super) fn slow(work: &Work, took: Duration, end: &'static str, breadcrumb: &Breadcrumb) {
    let (source, ms) = (work.source.clone(), took.as_millis() as u64);
    let phase = breadcrumb.phase.map(Phase::name);
    let (operation, frame) = (breadcrumb.operation, breadcrumb.frame);
    let operations: Vec<_> = work.operations.iter().map(Operation::to_string).collect();
    let operations = operations.join(" ");
    // Hashing 20 MiB would hold up every other job.
    tokio::spawn(async move {
        let (sha256, bytes) = (Digest::of(&source).await, source.len());
        tracing::warn!(
            ms, end, phase, operation, frame, operations, %sha256, bytes,
            "slow job"
        );
    });
}

/// A crash is kept for whoever wants to look at it.
pub(super) fn keep(folder: &Arc<Folder>, work: Work, memory_bytes: u64, death: Death) {
    let folder = Arc::clone(folder);
    tokio::spawn(async move {
        let pid = death.pid;
        let bundle = Bundle::of(&work, memory_bytes, &death).await;
        let write = move || kept(pid, folder.keep(bundle, &work.source));
        // Disks take their time. A thread that cannot be started costs only the bundle.
        let thread = std::thread::Builder::new().name("crash-bundle".to_owned());
        if let Err(error) = thread.spawn(write) {
            kept(pid, Err(error));
        }
    });
}

fn kept(pid: u32, result: io::Result<Option<PathBuf>>) {
    match result {
        Ok(Some(path)) => tracing::info!(pid, path = %path.display(), "crash kept"),
        Ok(None) => tracing::warn!(
            pid,
            "crash not kept: it is larger than crash_bundles_bytes_max"
        ),
        Err(error) => tracing::warn!(pid, %error, "crash not kept"),
    }
}

/// A job goes back to the queue.
pub(super) fn retried(metrics: &PoolMetrics, job: u64) {
    metrics.retries.inc();
    tracing::info!(job, "its worker died before it began; it is tried again");
}
