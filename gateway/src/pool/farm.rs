//! The one owner of all slots and of the queue: events in, effects out.
//!
//! Pure, so that every race can be written down as a list of events in a test. It decides;
//! `driver.rs` does. It never sees a picture, a process or a socket.

mod admission;
mod expiry;
mod reports;
#[cfg(test)]
mod tests;
mod upkeep;

use std::time::Instant;

use protocol::Breadcrumb;

use super::event::{Dimensions, Effect, Event, WorkerId};
use super::kill::Kill;
use super::outcome::{JobError, Outcome};
use super::queue::Queue;
use super::slot::{Slot, State};
use super::ticket::Ticket;

/// See the module.
#[derive(Debug)]
pub(crate) struct Farm {
    dimensions: Dimensions,
    slots: Vec<Slot>,
    /// How many slots there are to be. Those beyond it go when they are idle.
    size: usize,
    /// Of the process that was started last.
    generation: u64,
    queue: Queue,
    draining: bool,
    /// Until then no worker is late; see [`Farm::excuse`].
    excused_until: Instant,
    /// Running mean of how long a worker is busy with a job, ms.
    service_ms: f64,
    effects: Vec<Effect>,
}

impl Farm {
    pub(crate) fn new(dimensions: Dimensions, now: Instant) -> Self {
        Self {
            dimensions,
            slots: (0..dimensions.workers).map(|_| Slot::new(now)).collect(),
            size: dimensions.workers,
            generation: 0,
            queue: Queue::new(dimensions.queue_jobs, dimensions.queue_bytes),
            draining: false,
            excused_until: now,
            service_ms: 0.0,
            effects: Vec::new(),
        }
    }

    pub(crate) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// How many slots there are to be.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Takes one event and returns what must be done about it.
    pub(crate) fn handle(&mut self, now: Instant, event: Event) -> Vec<Effect> {
        match event {
            Event::Submit(ticket) => self.submit(ticket, now),
            Event::Cancel(id) => self.cancel(id),
            Event::Worker(worker, event) => self.worker_event(worker, event, now),
            Event::Tick => {}
            Event::Resize(size) => self.resize(size, now),
            Event::Follow(dimensions) => self.follow(dimensions, now),
            Event::Renew => self.slots.iter_mut().for_each(Slot::wear_out),
            Event::Recycle(slot) => {
                if let Some(slot) = self.slots.get_mut(slot) {
                    slot.wear_out();
                }
            }
            Event::Drain => self.draining = true,
            Event::Abort => self.abort(),
        }
        self.expire(now);
        self.despair(now);
        self.shrink();
        self.recycle(now);
        self.fill(now);
        self.dispatch(now);
        std::mem::take(&mut self.effects)
    }

    /// When [`Event::Tick`] is due if nothing else happens before.
    pub(crate) fn next_wakeup(&self) -> Option<Instant> {
        let slots = self.slots.iter().enumerate();
        let slots = slots.filter_map(|(index, slot)| match &slot.state {
            State::Vacant { not_before } => {
                (self.wants_workers() && index < self.size).then_some(*not_before)
            }
            State::Starting { until } => Some((*until).max(self.excused_until)),
            State::Busy {
                ticket,
                since,
                started,
            } => {
                let due = match *started {
                    true => ticket.deadline,
                    false => expiry::ack_limit(ticket, *since),
                };
                Some(due.max(self.excused_until))
            }
            State::Idle | State::Dying => None,
        });
        slots.chain(self.queue.next_deadline()).min()
    }

    /// Nothing waits and nothing runs.
    pub(crate) fn is_at_rest(&self) -> bool {
        let busy = |slot: &Slot| matches!(slot.state, State::Busy { .. });
        self.queue.is_empty() && !self.slots.iter().any(busy)
    }

    /// No process is left.
    pub(crate) fn is_empty(&self) -> bool {
        let vacant = |slot: &Slot| matches!(slot.state, State::Vacant { .. });
        self.slots.iter().all(vacant)
    }

    /// Every worker has begun a job.
    pub(crate) fn is_saturated(&self) -> bool {
        let begun = |slot: &Slot| matches!(slot.state, State::Busy { started: true, .. });
        self.slots.iter().all(begun)
    }

    /// Every slot fails again and again: no job can be expected to run.
    pub(crate) fn is_broken(&self) -> bool {
        let wanted = self.slots.iter().take(self.size);
        wanted.into_iter().all(Slot::is_crash_looping)
    }

    fn cancel(&mut self, id: u64) {
        if self.queue.remove(id).is_some() {
            return;
        }
        let owner = self.slots.iter().position(|slot| slot.has_job(id));
        if let Some(slot) = owner {
            self.kill(slot, Kill::ClientGone);
        }
    }

    fn abort(&mut self) {
        self.draining = true;
        while let Some(ticket) = self.queue.pop() {
            self.answer(&ticket, Err(JobError::Draining));
        }
        for slot in 0..self.slots.len() {
            if let Some((ticket, started)) = self.kill(slot, Kill::Drain) {
                let error = match started {
                    true => JobError::CutOff(Breadcrumb::default()),
                    false => JobError::Draining,
                };
                self.answer(&ticket, Err(error));
            }
        }
    }

    /// While draining, only as long as jobs wait for one.
    fn wants_workers(&self) -> bool {
        !self.draining || !self.queue.is_empty()
    }

    /// Starts a process for every slot that may have one.
    fn fill(&mut self, now: Instant) {
        if !self.wants_workers() {
            return;
        }
        let timeout = self.dimensions.start_timeout;
        for (index, slot) in self.slots.iter_mut().enumerate().take(self.size) {
            let generation = self.generation + 1;
            let jobs_max = upkeep::share_of_jobs(self.dimensions.worker_jobs_max);
            if slot.start(now, timeout, generation, jobs_max) {
                self.generation = generation;
                self.effects.push(Effect::Spawn(WorkerId {
                    slot: index,
                    generation,
                }));
            }
        }
    }

    fn dispatch(&mut self, now: Instant) {
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if !slot.is_idle() {
                continue;
            }
            let Some(ticket) = self.queue.pop() else {
                return;
            };
            slot.assign(ticket.clone(), now);
            let worker = WorkerId {
                slot: index,
                generation: slot.generation,
            };
            self.effects.push(Effect::Assign(worker, ticket));
        }
    }

    fn kill(&mut self, slot: usize, why: Kill) -> Option<(Ticket, bool)> {
        let state = &mut self.slots[slot];
        let job = state.kill(why.clone())?;
        let worker = WorkerId {
            slot,
            generation: state.generation,
        };
        self.effects.push(Effect::Kill(worker, why));
        job
    }

    fn answer(&mut self, ticket: &Ticket, outcome: Outcome) {
        self.effects.push(Effect::Answer(ticket.id, outcome));
    }
}
