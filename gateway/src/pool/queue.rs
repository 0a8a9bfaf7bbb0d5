//! The jobs that wait for a worker, bounded by count and by bytes, and shared fairly:
//!
//! - Classes have their turns by [`Priority::weight`]; a class without waiting jobs saves up none.
//! - Within a class, accounts have their turns one after the other (`class.rs`).
//! - Within an account, light jobs go first, up to a bound (`line.rs`).
//! - When it is full, who waits with less has precedence over who waits with more (`room.rs`).
//!
//! Turns are counted in jobs, not in the time that those take: that is known only afterwards.

mod class;
mod line;
mod room;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Instant;

use class::Class;

use super::share::{Priority, Share};
use super::ticket::Ticket;

/// What a turn costs a class of weight 1.
const TURN: u64 = 1 << 20;

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
    /// Another one after each change.
    edition: u64,
    /// Jobs that lost their worker before they began: ahead of all others.
    returned: VecDeque<Ticket>,
    /// By [`Priority`], highest first.
    classes: [Class; Priority::ALL.len()],
    /// Where the jobs in the classes are: share and arrival.
    places: HashMap<u64, (Share, u64)>,
    arrivals: u64,
    /// [`Class::passed`] of the class that had its turn last.
    passed: u64,
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
            edition: 0,
            returned: VecDeque::new(),
            classes: Default::default(),
            places: HashMap::new(),
            arrivals: 0,
            passed: 0,
            by_deadline: BTreeSet::new(),
        }
    }

    /// From now on these bounds hold, for jobs that come: none that waits is sent away for it.
    pub(crate) fn set_bounds(&mut self, jobs_max: usize, bytes_max: u64) {
        (self.jobs_max, self.bytes_max) = (jobs_max, bytes_max);
        self.edition += 1;
    }

    pub(crate) fn push(&mut self, ticket: Ticket) {
        self.account(&ticket);
        self.arrivals += 1;
        self.places.insert(ticket.id, (ticket.share, self.arrivals));
        let class = &mut self.classes[ticket.share.priority as usize];
        if class.jobs() == 0 {
            class.passed = class.passed.max(self.passed);
        }
        class.push(self.arrivals, ticket);
    }

    /// A job that lost its worker before it began goes to the head, past every bound: it was
    /// admitted once, and has had its turn.
    pub(crate) fn push_first(&mut self, ticket: Ticket) {
        self.account(&ticket);
        self.returned.push_front(ticket);
    }

    pub(crate) fn pop(&mut self) -> Option<Ticket> {
        let ticket = match self.returned.pop_front() {
            Some(ticket) => ticket,
            None => self.pop_in_turn()?,
        };
        self.discount(&ticket);
        Some(ticket)
    }

    fn pop_in_turn(&mut self) -> Option<Ticket> {
        let waiting = Priority::ALL
            .into_iter()
            .filter(|priority| self.classes[*priority as usize].jobs() > 0);
        let next = waiting.min_by_key(|priority| self.classes[*priority as usize].passed)?;
        let class = &mut self.classes[next as usize];
        self.passed = class.passed;
        class.passed += TURN / next.weight();
        let ticket = class.pop()?;
        self.places.remove(&ticket.id);
        Some(ticket)
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<Ticket> {
        let ticket = match self.places.remove(&id) {
            Some((share, arrival)) => {
                let class = &mut self.classes[share.priority as usize];
                class.remove(share.account, arrival)?
            }
            None => {
                let index = self.returned.iter().position(|ticket| ticket.id == id)?;
                self.returned.remove(index)?
            }
        };
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
        self.returned.len() + self.places.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nobody may join unless somebody leaves.
    pub(crate) fn is_full(&self) -> bool {
        self.len() >= self.jobs_max || self.bytes >= self.bytes_max
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Accounts and how many of their jobs wait for their first worker.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (u64, u64)> {
        let lines = self.classes.iter().flat_map(Class::lines);
        lines.map(|(account, line)| (account, line.jobs()))
    }

    /// Another number after each change of what waits.
    pub(crate) fn edition(&self) -> u64 {
        self.edition
    }

    fn account(&mut self, ticket: &Ticket) {
        self.edition += 1;
        self.bytes += ticket.bytes;
        self.by_deadline.insert((ticket.deadline, ticket.id));
    }

    fn discount(&mut self, ticket: &Ticket) {
        self.edition += 1;
        self.bytes -= ticket.bytes;
        self.by_deadline.remove(&(ticket.deadline, ticket.id));
    }
}
