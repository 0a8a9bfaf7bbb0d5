//! Which jobs the farm takes: none while it drains or cannot keep a worker alive, none that the
//! queue has no room for and nobody makes room for, none that could not start in time.

use std::time::Instant;

use super::Farm;
use crate::pool::inbox::Room;
use crate::pool::lobby::Crowd;
use crate::pool::outcome::{JobError, QueueLimit};
use crate::pool::queue::Full;
use crate::pool::slot::{Slot, State};
use crate::pool::ticket::Ticket;

impl Farm {
    pub(super) fn submit(&mut self, ticket: Ticket, now: Instant) {
        let admitted = if self.draining {
            Err(JobError::Draining)
        } else if self.is_broken() {
            Err(self.no_workers(now))
        } else {
            self.room_for(&ticket, now)
        };
        match admitted {
            Err(error) => self.answer(&ticket, Err(error)),
            Ok(leaving) => {
                for id in leaving {
                    if let Some(displaced) = self.queue.remove(id) {
                        self.answer(&displaced, Err(JobError::Displaced));
                    }
                }
                self.queue.push(ticket);
            }
        }
    }

    /// What is to be seen of the queue without asking [`Farm::would_take`].
    pub(crate) fn crowd(&self) -> Crowd {
        Crowd {
            waiting: self.queue.len(),
            jobs_max: self.dimensions.queue_jobs,
            jobs_per_s: match self.service_ms > 0.0 {
                true => 1e3 * self.slots.len() as f64 / self.service_ms,
                false => 0.0,
            },
            full: self.queue.is_full(),
            edition: self.queue.edition(),
        }
    }

    /// Whether such a job would be taken now, however small it is. When no more may come than do, only
    /// if it has precedence over who waits.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn would_take(&self, room: Room, now: Instant) -> Result<(), JobError> {
        let least = Ticket {
            id: 0,
            share: room.share,
            bytes: 0,
            operations: 0,
            submitted: now,
            deadline: room.deadline,
            retried: false,
        };
        self.room_for(&least, now)?;
        match room.others {
            Some(others) if !self.queue.has_precedence(&least) => Err(JobError::Overloaded {
                limit: QueueLimit::Jobs,
                value: (self.queue.len() + others) as u64,
            }),
            _ => Ok(()),
        }
    }

    /// Who has to leave the queue for this job.
    fn room_for(&self, ticket: &Ticket, now: Instant) -> Result<Vec<u64>, JobError> {
        if self.queue.is_empty() && self.slots.iter().any(Slot::is_idle) {
            return Ok(Vec::new());
        }
        let refused = |limit, value| JobError::Overloaded { limit, value };
        let leaving = self.queue.admit(ticket).map_err(|full| match full {
            Full::Jobs => refused(QueueLimit::Jobs, self.queue.len() as u64),
            Full::Bytes => refused(QueueLimit::Bytes, self.queue.bytes() + ticket.bytes),
        })?;
        // Only the jobs ahead of it count, so that an idle farm never refuses.
        let wait_ms = |ahead: u64| self.service_ms * ahead as f64 / self.slots.len() as f64;
        let left_ms = ticket.deadline.saturating_duration_since(now).as_millis() as f64;
        // Whoever could wait for all need not be told how many of them go first.
        if wait_ms(self.queue.len() as u64) > left_ms {
            let wait_ms = wait_ms(self.queue.ahead_of(ticket));
            if wait_ms > left_ms {
                return Err(refused(QueueLimit::Wait, wait_ms as u64));
            }
        }
        Ok(leaving)
    }

    /// Sends away what waits for workers that cannot be kept alive, as it would be refused now.
    pub(super) fn despair(&mut self, now: Instant) {
        if self.queue.is_empty() || !self.is_broken() {
            return;
        }
        let error = self.no_workers(now);
        while let Some(ticket) = self.queue.pop() {
            self.answer(&ticket, Err(error.clone()));
        }
    }

    /// With the time until a crash-looping slot is tried again.
    fn no_workers(&self, now: Instant) -> JobError {
        let attempts = self.slots.iter().filter_map(|slot| match slot.state {
            State::Vacant { not_before } => Some(not_before.saturating_duration_since(now)),
            _ => None,
        });
        JobError::NoWorkers {
            retry_after: attempts.min().unwrap_or_default(),
        }
    }
}
