//! What operators are told of workers: one log line for each event, and a counter.

use super::death::{Cause, Death};
use super::event::WorkerId;
use super::metrics::PoolMetrics;
use super::slot::Kill;

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
            match death.cause() {
                // A cap did what it is there for.
                Cause::MemoryLimit | Cause::CpuLimit => {
                    tracing::warn!(slot, pid, ending = %death, stderr, "worker died");
                }
                Cause::SandboxViolation | Cause::Killed | Cause::Crashed => {
                    tracing::error!(slot, pid, ending = %death, stderr, "worker died");
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

/// A job goes back to the queue.
pub(super) fn retried(metrics: &PoolMetrics, job: u64) {
    metrics.retries.inc();
    tracing::info!(job, "its worker died before it began; it is tried again");
}
