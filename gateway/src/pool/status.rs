//! A picture of the farm for operators: what `/status.json` shows.

use std::time::Duration;

use serde::Serialize;

/// The farm at one moment.
#[derive(Debug)]
pub(crate) struct PoolStatus {
    pub(crate) workers: Vec<WorkerStatus>,
    pub(crate) queue_jobs: usize,
    pub(crate) queue_bytes: u64,
    /// Layers of the cage that some worker lacks.
    pub(crate) missing_layers: Vec<&'static str>,
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
}

/// The job that a worker has.
#[derive(Debug, Serialize)]
pub(crate) struct JobStatus {
    pub(crate) id: u64,
    pub(crate) phase: &'static str,
    pub(crate) age_s: f64,
    pub(crate) source_bytes: u64,
}

impl WorkerStatus {
    /// Adds what the kernel knows of the process. The worker's own word is never asked for.
    ///
    /// Where /proc is mounted with `hidepid` (`ProtectProc=invisible` of a unit), processes that
    /// are not dumpable, as caged workers are, do not show: both figures are then absent.
    pub(crate) fn measure(&mut self) {
        let Some(pid) = self.pid else { return };
        self.rss_bytes = rss_bytes(pid);
        self.cpu_s = cpu_s(pid);
    }
}

/// Resident memory of a process, bytes; `None` when it is gone.
fn rss_bytes(pid: u32) -> Option<u64> {
    let statm = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// CPU time of a process, user and system, seconds; `None` when it is gone.
fn cpu_s(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is a name in brackets and may itself hold spaces and brackets.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let user: u64 = fields.nth(11)?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) as f64 / rustix::param::clock_ticks_per_second() as f64)
}
