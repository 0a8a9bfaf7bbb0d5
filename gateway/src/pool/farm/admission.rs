//! Which jobs the farm takes: none while it drains or cannot keep a worker alive, none that the
//! queue has no room for, none that could not start in time.

use std::time::{Duration, Instant};

use super::Farm;
use crate::pool::outcome::{JobError, QueueLimit};
use crate::pool::queue::Full;
use crate::pool::slot::{Slot, State};
use crate::pool::ticket::Ticket;

impl Farm {
    pub(super) fn submit(&mut self, ticket: Ticket, now: Instant) {
        let refused = if self.draining {
            Some(JobError::Draining)
        } else if self.is_broken() {
            Some(JobError::NoWorkers {
                retry_after: self.next_attempt(now),
            })
        } else {
            self.overload(&ticket, now)
        };
        match refused {
            Some(error) => self.answer(&ticket, Err(error)),
            None => self.queue.push(ticket),
        }
    }

    fn overload(&self, ticket: &Ticket, now: Instant) -> Option<JobError> {
        if self.queue.is_empty() && self.slots.iter().any(Slot::is_idle) {
            return None;
        }
        let refused = |limit, value| Some(JobError::Overloaded { limit, value });
        match self.queue.admit(ticket.bytes) {
            Err(Full::Jobs) => refused(QueueLimit::Jobs, self.queue.len() as u64),
            Err(Full::Bytes) => refused(QueueLimit::Bytes, self.queue.bytes() + ticket.bytes),
            Ok(()) => {
                // Only the jobs ahead of it count, so that an idle farm never refuses.
                let ahead = self.queue.len() as f64 / self.slots.len() as f64;
                let wait_ms = self.service_ms * ahead;
                let left = ticket.deadline.saturating_duration_since(now);
                if wait_ms > left.as_millis() as f64 {
                    return refused(QueueLimit::Wait, wait_ms as u64);
                }
                None
            }
        }
    }

    /// Time until a crash-looping slot is tried again.
    fn next_attempt(&self, now: Instant) -> Duration {
        let attempts = self.slots.iter().filter_map(|slot| match slot.state {
            State::Vacant { not_before } => Some(not_before.saturating_duration_since(now)),
            _ => None,
        });
        attempts.min().unwrap_or_default()
    }
}
