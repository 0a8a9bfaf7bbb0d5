//! A picture of the farm for operators: what `/status.json` shows.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use protocol::Breadcrumb;
use serde::Serialize;

use super::cgroup::{Leaf, LeavesStatus};
use super::cpu;
use super::slot::{Slot, State};
use super::statm::Statm;

/// Begun, and nothing more is known.
const RUNNING: &str = "running";

/// The farm at one moment.
#[derive(Debug)]
pub(crate) struct PoolStatus {
    /// How many workers there are to be.
    pub(crate) size: usize,
    pub(crate) workers: Vec<WorkerStatus>,
    pub(crate) queue_jobs: usize,
    pub(crate) queue_bytes: u64,
    /// Accounts with waiting jobs, and how many.
    pub(crate) waiting: HashMap<u64, u64>,
    /// Layers of the cage that some worker lacks.
    pub(crate) missing_layers: Vec<&'static str>,
    /// Whether workers have control groups of their own.
    pub(crate) cgroup: LeavesStatus,
    pub(crate) draining: bool,
    /// Every slot is crash-looping.
    pub(crate) broken: bool,
    /// Every worker has begun a job.
    pub(crate) saturated: bool,
    /// Time since a job last succeeded.
    pub(crate) idle_for: Option<Duration>,
}

/// One slot.
#[derive(Debug, Serialize)]
pub(crate) struct WorkerStatus {
    pub(crate) slot: usize,
    pub(crate) generation: u64,
    pub(crate) pid: Option<u32>,
    pub(crate) state: &'static str,
    pub(crate) age_s: Option<f64>,
    pub(crate) jobs: u64,
    pub(crate) failures: u32,
    pub(crate) job: Option<JobStatus>,
    pub(crate) layers: Option<Vec<&'static str>>,
    pub(crate) last_exit: Option<String>,
    pub(crate) rss_bytes: Option<u64>,
    pub(crate) cpu_s: Option<f64>,
    /// What its control group counts, if it has one of its own.
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) memory_peak_bytes: Option<u64>,
    #[serde(skip)]
    pub(super) leaf: Option<Arc<Leaf>>,
}

/// The job that a worker has.
#[derive(Debug, Serialize)]
pub(crate) struct JobStatus {
    pub(crate) id: u64,
    /// What the worker's page says while it runs; else what the farm knows.
    pub(crate) phase: &'static str,
    /// Index of the operation at work, by the worker's own word.
    pub(crate) operation: Option<u8>,
    /// Frames begun, by the worker's own word.
    pub(crate) frame: Option<u64>,
    pub(crate) age_s: f64,
    pub(crate) source_bytes: u64,
}

impl WorkerStatus {
    /// What the farm itself knows of a slot.
    pub(super) fn of(index: usize, slot: &Slot, now: Instant) -> Self {
        let job = match &slot.state {
            State::Busy {
                ticket,
                since,
                started,
            } => Some(JobStatus {
                id: ticket.id,
                phase: if *started { RUNNING } else { "sending" },
                operation: None,
                frame: None,
                age_s: (now - *since).as_secs_f64(),
                source_bytes: ticket.bytes,
            }),
            _ => None,
        };
        Self {
            slot: index,
            generation: slot.generation,
            pid: None,
            state: slot.state_name(),
            age_s: None,
            jobs: slot.jobs,
            failures: slot.failures,
            job,
            layers: None,
            last_exit: slot.last_exit.clone(),
            rss_bytes: None,
            cpu_s: None,
            memory_bytes: None,
            memory_peak_bytes: None,
            leaf: None,
        }
    }

    /// Adds where the worker says that it is with its job, once it has begun.
    pub(super) fn locate(&mut self, breadcrumb: &Breadcrumb) {
        if let Some(job) = self.job.as_mut().filter(|job| job.phase == RUNNING)
            && let Some(phase) = breadcrumb.phase
        {
            job.phase = phase.name();
            job.operation = breadcrumb.operation;
            job.frame = Some(breadcrumb.frame);
        }
    }

    /// Adds what the kernel knows of the process. The worker's own word is never asked for.
    ///
    /// Where /proc is mounted with `hidepid` (`ProtectProc=invisible` of a unit), processes that
    /// are not dumpable, as caged workers are, do not show: both figures are then absent.
    pub(crate) fn measure(&mut self) {
        let Some(pid) = self.pid else { return };
        self.rss_bytes = Statm::of(pid).and_then(|statm| statm.rss_bytes());
        self.cpu_s = cpu::used(pid).ok().map(|used| used.as_secs_f64());
        if let Some(leaf) = self.leaf.take() {
            self.memory_bytes = leaf.memory_bytes();
            self.memory_peak_bytes = leaf.memory_peak_bytes();
        }
    }
}
