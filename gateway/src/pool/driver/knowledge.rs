//! What is known of workers beside what the farm decides by.

use std::time::Instant;

use super::Driver;
use crate::pool::event::{WorkerEvent, WorkerId};
use crate::pool::journal;
use crate::pool::statm::Statm;

impl Driver {
    /// The kernel is asked, never the worker.
    pub(super) fn has_grown(&self, worker: WorkerId) -> bool {
        let Some(hand) = self.hands.get(&worker) else {
            return false;
        };
        let leaf = hand.leaf.as_ref();
        // Where /proc hides the worker its leaf may still tell.
        hand.statm
            .as_ref()
            .and_then(Statm::rss_bytes)
            .or_else(|| leaf?.memory_bytes())
            .is_some_and(|rss| rss >= self.rules.rss_max)
    }

    /// Keeps what is known of workers up to date, and tells the operators.
    pub(super) fn note(&mut self, worker: WorkerId, event: &WorkerEvent) {
        match event {
            WorkerEvent::Finished(_, Ok(_)) => self.last_success = Some(Instant::now()),
            WorkerEvent::Gone(death) => {
                self.hands.remove(&worker);
                let slot = self.farm.slots().get(worker.slot);
                let killed_for = slot.and_then(|slot| slot.killed_for.as_ref());
                journal::gone(&self.metrics, worker, death, killed_for);
            }
            WorkerEvent::NotStarted(error) => journal::not_started(&self.metrics, worker, error),
            WorkerEvent::Broken(what) => {
                let pid = self.hands.get(&worker).map(|hand| hand.pid);
                journal::broken(worker, pid, what);
            }
            WorkerEvent::Ready
            | WorkerEvent::Started(_)
            | WorkerEvent::Finished(..)
            | WorkerEvent::Grown => {}
        }
    }
}
