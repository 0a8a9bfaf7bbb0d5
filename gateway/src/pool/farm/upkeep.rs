//! The farm's size, and the planned end of workers: replaced after their share of jobs, at a
//! certain age, or when they have grown, so that nothing that leaks can leak for ever. Never
//! while they have a job, and at most one in ten at a time.

use std::time::Instant;

use super::Farm;
use crate::pool::event::Dimensions;
use crate::pool::kill::Kill;
use crate::pool::slot::{Slot, State};

/// A worker's share of jobs differs by that much in either direction, so that workers that
/// were started together are not worn together.
const SPREAD_PERCENT: u64 = 10;
/// One in so many may be on its way out at a time.
const RECYCLED_AT_A_TIME: usize = 10;

/// How many jobs one process does: `jobs_max`, spread.
pub(super) fn share_of_jobs(jobs_max: u64) -> u64 {
    let spread = (jobs_max / 100).saturating_mul(SPREAD_PERCENT);
    fastrand::u64(jobs_max - spread..=jobs_max.saturating_add(spread))
}

impl Farm {
    /// From now on there are to be `size` workers, at least one.
    pub(super) fn resize(&mut self, size: usize, now: Instant) {
        self.size = size.max(1);
        while self.slots.len() < self.size {
            self.slots.push(Slot::new(now));
        }
    }

    /// From now on these dimensions hold. The number of workers changes only if it is not what
    /// the settings said before: otherwise an operator's word, which came later, stands.
    pub(super) fn follow(&mut self, new: Dimensions, now: Instant) {
        let old = std::mem::replace(&mut self.dimensions, new);
        self.queue.set_bounds(new.queue_jobs, new.queue_bytes);
        if new.worker_jobs_max != old.worker_jobs_max {
            for slot in &mut self.slots {
                slot.set_share(share_of_jobs(new.worker_jobs_max));
            }
        }
        if new.workers != old.workers {
            self.resize(new.workers, now);
        }
    }

    /// Ends workers beyond the farm's size as they become idle, and forgets empty slots.
    pub(super) fn shrink(&mut self) {
        for slot in self.size..self.slots.len() {
            let state = &self.slots[slot].state;
            if matches!(state, State::Idle | State::Starting { .. }) {
                self.kill(slot, Kill::Surplus);
            }
        }
        while self.slots.len() > self.size
            && let Some(slot) = self
                .slots
                .pop_if(|slot| matches!(slot.state, State::Vacant { .. }))
        {
            drop(slot);
        }
    }

    /// Ends worn workers, a few at a time.
    pub(super) fn recycle(&mut self, now: Instant) {
        let under_way = self.slots.iter().filter(|slot| slot.is_being_recycled());
        let at_a_time = self.slots.len().div_ceil(RECYCLED_AT_A_TIME);
        let allowed = at_a_time.saturating_sub(under_way.count());
        let age_max = self.dimensions.worker_age_max;
        let worn = |slot: &usize| self.slots[*slot].is_worn(now, age_max);
        let worn: Vec<_> = (0..self.slots.len()).filter(worn).take(allowed).collect();
        for slot in worn {
            self.kill(slot, Kill::Recycled);
        }
    }
}
