//! The farm's language: what happens to it, and what it wants done.

use std::time::Duration;

use bytes::Bytes;
use protocol::{Refusal, Reply};

use super::death::Death;
use super::kill::Kill;
use super::outcome::Outcome;
use super::ticket::Ticket;

/// The farm's dimensions, from the settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dimensions {
    pub(crate) workers: usize,
    pub(crate) queue_jobs: usize,
    pub(crate) queue_bytes: u64,
    pub(crate) start_timeout: Duration,
    /// Jobs after which a worker is recycled, ± 10 %; `u64::MAX`: never.
    pub(crate) worker_jobs_max: u64,
    /// Age at which a worker is recycled.
    pub(crate) worker_age_max: Duration,
}

/// Names one process: a slot and how many processes it had before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct WorkerId {
    pub(crate) slot: usize,
    pub(crate) generation: u64,
}

/// Something happened.
#[derive(Debug)]
pub(crate) enum Event {
    /// A client wants this done.
    Submit(Ticket),
    /// The client of this job left.
    Cancel(u64),
    /// Something about one worker.
    Worker(WorkerId, WorkerEvent),
    /// Time passed.
    Tick,
    /// Have that many workers; at least one.
    Resize(usize),
    /// The settings have changed.
    Follow(Dimensions),
    /// Replace every worker when it is idle.
    Renew,
    /// Replace the worker of this slot when it is idle.
    Recycle(usize),
    /// Take no more jobs; finish what is here.
    Drain,
    /// Give up what is left.
    Abort,
}

/// What happened to one worker.
#[derive(Debug)]
pub(crate) enum WorkerEvent {
    /// A valid hello.
    Ready,
    /// It confirmed this job.
    Started(u64),
    /// It finished this job.
    Finished(u64, Result<(Reply, Bytes), Refusal>),
    /// It holds more memory than is worth keeping.
    Grown,
    /// It said something that is not the protocol. It is still to be killed.
    Broken(String),
    /// The kernel says that it is gone.
    Gone(Death),
    /// It could not be started.
    NotStarted(String),
}

/// Something to do.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Start a process for this slot.
    Spawn(WorkerId),
    /// Send the job to the worker.
    Assign(WorkerId, Ticket),
    /// SIGKILL.
    Kill(WorkerId, Kill),
    /// Answer the client. The job is over.
    Answer(u64, Outcome),
    /// A job goes back to the queue because its worker died before it began.
    Retried(u64),
}
