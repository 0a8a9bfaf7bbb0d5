//! What workers say and how they end, and what becomes of their jobs.

use std::time::{Duration, Instant};

use bytes::Bytes;
use protocol::{Refusal, Reply};

use super::Farm;
use crate::pool::event::{Effect, WorkerEvent, WorkerId};
use crate::pool::kill::Kill;
use crate::pool::outcome::{Done, JobError};
use crate::pool::share::Share;
use crate::pool::ticket::Ticket;

/// Weight of the newest job in the running mean of service times.
const SERVICE_TIME_WEIGHT: f64 = 0.2;

impl Farm {
    pub(super) fn worker_event(&mut self, worker: WorkerId, event: WorkerEvent, now: Instant) {
        let slot = worker.slot;
        let Some(state) = self.slots.get_mut(slot) else {
            return;
        };
        if state.generation != worker.generation {
            return;
        }
        match event {
            WorkerEvent::Ready => {
                if !state.ready() {
                    self.broken(slot, "a second hello".to_owned());
                }
            }
            WorkerEvent::Started(id) => {
                if !state.started(id) {
                    self.broken(slot, format!("it started job {id}, which it was not given"));
                }
            }
            WorkerEvent::Finished(id, result) => match state.finished(id, now) {
                Some((ticket, took)) => self.finished(&ticket, took, result, now),
                None => self.broken(
                    slot,
                    format!("it answered job {id}, which it does not have"),
                ),
            },
            WorkerEvent::Grown => state.wear_out(),
            WorkerEvent::Broken(what) => self.broken(slot, what),
            WorkerEvent::Gone(death) => {
                if let Some((ticket, started)) = state.gone(Ok(&death), now) {
                    self.lost(ticket, started, JobError::WorkerDied(death));
                }
            }
            // A worker that never was cannot have had a job.
            WorkerEvent::NotStarted(why) => drop(state.gone(Err(&why), now)),
        }
    }

    fn finished(
        &mut self,
        ticket: &Ticket,
        took: Duration,
        result: Result<(Reply, Bytes), Refusal>,
        now: Instant,
    ) {
        self.learn(ticket.share, took);
        let queued = (now - ticket.submitted).saturating_sub(took);
        let outcome = match result {
            Ok((reply, body)) => Ok(Done {
                reply,
                body,
                queued,
            }),
            Err(refusal) => Err(JobError::Refused(refusal)),
        };
        self.answer(ticket, outcome);
    }

    /// How long workers are busy with a job: what a new one must expect to wait for.
    pub(super) fn learn(&mut self, share: Share, took: Duration) {
        // How fast a probe is says nothing of clients' jobs.
        if share == Share::OWN {
            return;
        }
        let took_ms = took.as_secs_f64() * 1e3;
        self.service_ms += (took_ms - self.service_ms) * SERVICE_TIME_WEIGHT;
    }

    fn broken(&mut self, slot: usize, what: String) {
        if let Some((ticket, started)) = self.kill(slot, Kill::Protocol(what.clone())) {
            self.lost(ticket, started, JobError::Protocol(what));
        }
    }

    /// A job lost its worker. It is tried once more, if it had not begun.
    pub(super) fn lost(&mut self, mut ticket: Ticket, started: bool, error: JobError) {
        if started || ticket.retried {
            self.answer(&ticket, Err(error));
        } else {
            ticket.retried = true;
            self.effects.push(Effect::Retried(ticket.id));
            self.queue.push_first(ticket);
        }
    }
}
