//! The jobs that wait for a worker: first in, first out, bounded by count and by bytes.

use std::collections::{BTreeSet, VecDeque};
use std::time::Instant;

use super::ticket::Ticket;

/// A bound that a job would break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// `queue_jobs`.
    Jobs,
    /// `queue_bytes`.
    Bytes,
}

/// Waiting jobs.
#[derive(Debug)]
pub(crate) struct Queue {
    jobs_max: usize,
    bytes_max: u64,
    bytes: u64,
    waiting: VecDeque<Ticket>,
    /// The same jobs by deadline: they were submitted after fetches of different length, so
    /// the first in line need not be the first to expire.
    by_deadline: BTreeSet<(Instant, u64)>,
}

impl Queue {
    pub(crate) fn new(jobs_max: usize, bytes_max: u64) -> Self {
        Self {
            jobs_max,
            bytes_max,
            bytes: 0,
            waiting: VecDeque::new(),
            by_deadline: BTreeSet::new(),
        }
    }

    /// From now on these bounds hold, for jobs that come: none that waits is sent away.
    pub(crate) fn set_bounds(&mut self, jobs_max: usize, bytes_max: u64) {
        (self.jobs_max, self.bytes_max) = (jobs_max, bytes_max);
    }

    /// Whether a job of that many bytes may join.
    pub(crate) fn admit(&self, bytes: u64) -> Result<(), Full> {
        if self.waiting.len() >= self.jobs_max {
            Err(Full::Jobs)
        } else if self.bytes + bytes > self.bytes_max {
            Err(Full::Bytes)
        } else {
            Ok(())
        }
    }

    pub(crate) fn push(&mut self, ticket: Ticket) {
        self.account(&ticket);
        self.waiting.push_back(ticket);
    }

    /// A job that lost its worker before it began goes to the head, past every bound: it was
    /// admitted once.
    pub(crate) fn push_first(&mut self, ticket: Ticket) {
        self.account(&ticket);
        self.waiting.push_front(ticket);
    }

    pub(crate) fn pop(&mut self) -> Option<Ticket> {
        let ticket = self.waiting.pop_front()?;
        self.discount(&ticket);
        Some(ticket)
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<Ticket> {
        let index = self.waiting.iter().position(|ticket| ticket.id == id)?;
        let ticket = self.waiting.remove(index)?;
        self.discount(&ticket);
        Some(ticket)
    }

    /// Takes out one job whose deadline has passed.
    pub(crate) fn pop_expired(&mut self, now: Instant) -> Option<Ticket> {
        let (deadline, id) = *self.by_deadline.first()?;
        if deadline > now {
            return None;
        }
        self.remove(id)
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.by_deadline.first().map(|(deadline, _)| *deadline)
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn account(&mut self, ticket: &Ticket) {
        self.bytes += ticket.bytes;
        self.by_deadline.insert((ticket.deadline, ticket.id));
    }

    fn discount(&mut self, ticket: &Ticket) {
        self.bytes -= ticket.bytes;
        self.by_deadline.remove(&(ticket.deadline, ticket.id));
    }
}
