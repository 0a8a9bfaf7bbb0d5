//! What a caller gets for a job.

use std::time::Duration;

use bytes::Bytes;
use protocol::{Breadcrumb, Refusal, Reply, Timings};

use super::death::Death;
use super::quarantine::Sentence;

/// A finished picture.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) reply: Reply,
    /// The encoded picture.
    pub(crate) body: Bytes,
    /// Time between submission and the moment when a worker took it.
    pub(crate) queued: Duration,
}

impl Done {
    /// One that was made before, in whatever process.
    pub(crate) fn kept(reply: Reply, body: Bytes) -> Self {
        Self {
            reply,
            body,
            queued: Duration::ZERO,
        }
    }

    /// A picture of so many bytes that no worker made.
    #[cfg(test)]
    pub(crate) fn of_bytes(bytes: usize) -> Self {
        let reply = Reply {
            id: 1,
            format: protocol::OutputFormat::Png,
            width: 1,
            height: 1,
            frames: 1,
            traded: None,
            timings: Timings::default(),
        };
        Self::kept(reply, vec![7; bytes].into())
    }

    pub(crate) fn timings(&self) -> Timings {
        self.reply.timings
    }
}

/// Why there is no picture. `http/problem.rs` turns each into a status and a sentence.
#[derive(Debug, Clone)]
pub(crate) enum JobError {
    /// The worker looked at it and said no.
    Refused(Refusal),
    /// The queue is full, or the job could not start before its deadline.
    Overloaded { limit: QueueLimit, value: u64 },
    /// It waited, and left a full queue to somebody who had less in it.
    Displaced,
    /// It waited past its deadline and never reached a worker.
    QueueTimeout,
    /// Every slot is crash-looping.
    NoWorkers { retry_after: Duration },
    /// The gateway is stopping, and no worker had begun with it.
    Draining,
    /// The gateway stopped before it was finished. Where it was then is filled in by the driver,
    /// which holds the worker's page.
    CutOff(Breadcrumb),
    /// It started and did not finish in time; its worker was killed. Where it was then is filled
    /// in by the driver, too.
    DeadlineExceeded(Breadcrumb),
    /// Its worker died, and not by our hand.
    WorkerDied(Death),
    /// Its worker broke the protocol and was killed.
    Protocol(String),
    /// It has killed workers before.
    Quarantined(Sentence),
}

/// The bound that refused a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueueLimit {
    /// `queue_jobs`.
    Jobs,
    /// `queue_bytes`.
    Bytes,
    /// `job_deadline_ms`, against the predicted wait in ms.
    Wait,
}

/// The answer to a submitted job.
pub(crate) type Outcome = Result<Done, JobError>;

/// What operators call it, in the log and as a label.
pub(crate) fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Ok(_) => "done",
        Err(error) => error.name(),
    }
}

impl JobError {
    /// The same of one that was not done.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Overloaded { .. } => "overloaded",
            Self::Displaced => "displaced",
            Self::QueueTimeout => "queue_timeout",
            Self::NoWorkers { .. } => "no_workers",
            Self::Draining => "draining",
            Self::CutOff(_) => "cut_off",
            Self::DeadlineExceeded(_) => "deadline_exceeded",
            Self::WorkerDied(_) => "worker_died",
            Self::Protocol(_) => "protocol_error",
            Self::Quarantined(_) => "quarantined",
        }
    }
}
