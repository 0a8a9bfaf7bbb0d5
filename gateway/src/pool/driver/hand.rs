//! The driver's hold on processes: taking one in when it was started, giving it a job, killing
//! it. How it fares is its attendant's to report.

use std::sync::Arc;
use std::time::Instant;

use protocol::{Breadcrumb, Hello, Job};
use tokio::sync::mpsc;

use super::Driver;
use super::pending::Taken;
use crate::pool::attendant::{Assignment, attend};
use crate::pool::cgroup::Leaf;
use crate::pool::cpu;
use crate::pool::death::{Death, Ending};
use crate::pool::event::{Event, WorkerEvent, WorkerId};
use crate::pool::inbox::{Message, ToDriver};
use crate::pool::kill::Kill;
use crate::pool::page::Page;
use crate::pool::process::{Killer, Spawned};
use crate::pool::statm::Statm;
use crate::pool::ticket::Ticket;

/// The driver's hold on one process.
pub(super) struct Hand {
    pub(super) pid: u32,
    pub(super) page: Page,
    /// `None` where /proc hides the process.
    pub(super) statm: Option<Statm>,
    killer: Killer,
    assignments: mpsc::Sender<Assignment>,
    pub(super) born: Instant,
    pub(super) hello: Option<Hello>,
    pub(super) leaf: Option<Arc<Leaf>>,
}

impl Driver {
    pub(super) fn spawned(&mut self, worker: WorkerId, result: std::io::Result<Spawned>) {
        let unwanted = self.stillborn.iter().position(|id| *id == worker);
        let unwanted = unwanted.map(|index| self.stillborn.swap_remove(index));
        let (killer, process) = match result.and_then(Spawned::adopt) {
            Ok(adopted) => adopted,
            Err(error) => {
                let event = WorkerEvent::NotStarted(error.to_string());
                return self.feed(Event::Worker(worker, event));
            }
        };
        if unwanted.is_some() {
            killer.kill();
        }
        let (assignments, inbox) = mpsc::channel(1);
        let hand = Hand {
            pid: process.pid,
            page: process.page.clone(),
            statm: Statm::of(process.pid),
            killer,
            assignments,
            born: Instant::now(),
            hello: None,
            leaf: process.leaf.clone(),
        };
        self.hands.insert(worker, hand);
        let report = ToDriver {
            worker,
            outbox: self.outbox.clone(),
        };
        let pid = process.pid;
        let attendant = attend(process, self.rules.terms, inbox, report);
        let (attendant, outbox) = (tokio::spawn(attendant), self.outbox.clone());
        tokio::spawn(async move {
            if let Err(error) = attendant.await {
                // A bug; the slot must not wait for ever for the word of a task that is gone.
                tracing::error!(pid, %error, "an attendant failed");
                let gone = WorkerEvent::Gone(Death {
                    pid,
                    ending: Ending::Signalled(0),
                    stderr: String::new(),
                    breadcrumb: Breadcrumb::default(),
                    outgrew_its_leaf: false,
                });
                let _ = outbox.send(Message::Event(Event::Worker(worker, gone)));
            }
        });
    }

    pub(super) fn assign(&mut self, worker: WorkerId, ticket: &Ticket) {
        let pending = self.jobs.get_mut(&ticket.id);
        let (Some(hand), Some(pending)) = (self.hands.get(&worker), pending) else {
            return;
        };
        pending.taken = Some(Taken {
            page: hand.page.clone(),
            at: Instant::now(),
        });
        if let Err(error) = cpu::allow(hand.pid, pending.work.cpu) {
            // The deadline still holds; and a worker that is gone is noticed elsewhere.
            tracing::debug!(pid = hand.pid, %error, "its CPU time cannot be limited");
        }
        let left = ticket.deadline.saturating_duration_since(Instant::now());
        let job = Job {
            id: ticket.id,
            budget_ms: u32::try_from(left.as_millis()).unwrap_or(u32::MAX),
            operations: pending.work.operations.clone(),
            output: pending.work.output,
            limits: pending.work.limits,
            cuts: pending.work.cuts.clone(),
        };
        let source = pending.work.source.clone();
        tracing::trace!(job = ticket.id, pid = hand.pid, "assigned");
        // It fails only when the attendant has ended: then the farm hears `Gone` next, and the
        // job, never started, goes back to the queue.
        let _ = hand.assignments.try_send(Assignment { job, source });
    }

    pub(super) fn kill(&mut self, worker: WorkerId, why: &Kill) {
        self.metrics.killed(why);
        match self.hands.get(&worker) {
            Some(hand) => hand.killer.kill(),
            None => self.stillborn.push(worker),
        }
    }
}
