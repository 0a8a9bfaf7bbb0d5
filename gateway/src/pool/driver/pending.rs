//! A job between its submission and its answer, and what is done besides answering: crashes are
//! kept, strikes counted, slow ones told.

use std::sync::Arc;
use std::time::Instant;

use protocol::Breadcrumb;
use tokio::sync::oneshot;

use super::Driver;
use crate::pool::Work;
use crate::pool::journal;
use crate::pool::outcome::{JobError, Outcome};
use crate::pool::page::Page;
use crate::pool::quarantine::Key;

/// A job that nobody has answered yet.
pub(super) struct Pending {
    pub(super) work: Work,
    pub(super) answer: oneshot::Sender<Outcome>,
    pub(super) taken: Option<Taken>,
}

/// Who has a job, and since when.
#[derive(Clone)]
pub(super) struct Taken {
    pub(super) page: Page,
    pub(super) at: Instant,
}

impl Pending {
    /// Where its worker says that it is.
    pub(super) fn breadcrumb(&self) -> Breadcrumb {
        let page = self.taken.as_ref().map(|taken| taken.page.read());
        page.unwrap_or_default()
    }
}

impl Driver {
    pub(super) fn answer(&self, pending: Pending, outcome: Outcome) {
        let Pending { work, answer, .. } = pending;
        if let (Err(JobError::WorkerDied(death)), Some(folder)) = (&outcome, &self.rules.bundles)
            && death.cause().is_the_jobs_doing()
        {
            let memory = self.rules.worker_memory_bytes;
            journal::keep(folder, work.clone(), memory, death.clone());
        }
        if !self.rules.quarantine.is_strike(&outcome) {
            // The client may have left in this very moment.
            let _ = answer.send(outcome);
            return;
        }
        // Before the answer, so that whoever sends the job again is already judged by it.
        let quarantine = Arc::clone(&self.rules.quarantine);
        tokio::spawn(async move {
            let key = Key::of(&work.source, &work.operations, work.output).await;
            quarantine.strike(key, Instant::now());
            let _ = answer.send(outcome);
        });
    }

    pub(super) fn tell_if_slow(&self, pending: &Pending, end: &'static str) {
        if let Some(taken) = &pending.taken
            && let took = taken.at.elapsed()
            && took >= self.rules.slow_job
        {
            journal::slow(&pending.work, took, end, &pending.breadcrumb());
        }
    }
}
