//! What runs out of time: jobs that wait, jobs that run, workers that do not say hello or do not
//! confirm a job.

use std::time::{Duration, Instant};

use super::Farm;
use protocol::Breadcrumb;

use crate::pool::kill::Kill;
use crate::pool::outcome::JobError;
use crate::pool::slot::State;
use crate::pool::ticket::Ticket;

/// How long a worker may take to confirm that it has read a job. Reading 20 MiB takes tens of
/// milliseconds; a worker that needs longer is stopped, and its job can still run elsewhere.
pub(super) const ACK_BUDGET: Duration = Duration::from_secs(2);

/// How long after a standstill workers are not late yet.
const CATCHING_UP: Duration = Duration::from_secs(2);

impl Farm {
    /// The gateway itself has stood still (stopped, swapped out, suspended with its machine): what
    /// workers said meanwhile is still in their sockets, and is read before they are judged.
    pub(crate) fn excuse(&mut self, now: Instant) {
        self.excused_until = now + CATCHING_UP;
    }

    /// Ends whatever has run out of time.
    pub(super) fn expire(&mut self, now: Instant) {
        while let Some(ticket) = self.queue.pop_expired(now) {
            self.answer(&ticket, Err(JobError::QueueTimeout));
        }
        if now < self.excused_until {
            return;
        }
        for slot in 0..self.slots.len() {
            let Some(why) = overdue(&self.slots[slot].state, now) else {
                continue;
            };
            let late = why == Kill::Deadline;
            let busy = self.slots[slot].busy_for(now);
            if let Some((ticket, started)) = self.kill(slot, why) {
                if late {
                    self.learn(ticket.share, busy);
                    self.answer(
                        &ticket,
                        Err(JobError::DeadlineExceeded(Breadcrumb::default())),
                    );
                } else {
                    let what = "it did not confirm the job in time".to_owned();
                    self.lost(ticket, started, JobError::Protocol(what));
                }
            }
        }
    }
}

/// The latest moment for a worker to confirm a job: short enough to leave a second worker half
/// of the time that the job had.
pub(super) fn ack_limit(ticket: &Ticket, since: Instant) -> Instant {
    let left = ticket.deadline.saturating_duration_since(since);
    since + ACK_BUDGET.min(left / 2)
}

fn overdue(state: &State, now: Instant) -> Option<Kill> {
    match state {
        State::Starting { until } if *until <= now => Some(Kill::StartTimeout),
        State::Busy { ticket, .. } if ticket.deadline <= now => Some(Kill::Deadline),
        State::Busy {
            ticket,
            since,
            started: false,
        } if ack_limit(ticket, *since) <= now => Some(Kill::AckTimeout),
        _ => None,
    }
}
