//! The waiting jobs of one account: light ones first, and nobody passed over for ever.
//!
//! How long a job will take is not known before it is done. What the gateway knows is
//! [`Ticket::weight`]; jobs of about the same weight keep the order in which they came.

use std::collections::{BTreeMap, BTreeSet};

use crate::pool::ticket::Ticket;

/// So many lighter jobs may go before the oldest of the line; then it is the oldest one's turn. A job
/// with n older ones of its account before it thus waits for at most `(n + 1) × 4` turns.
pub(super) const OVERTAKEN_MAX: u32 = 3;

/// See the module. Jobs are named by when they arrived, a number that grows.
#[derive(Debug, Default)]
pub(super) struct Line {
    by_arrival: BTreeMap<u64, Ticket>,
    by_weight: BTreeSet<(u32, u64)>,
    /// How many went before the oldest.
    overtaken: u32,
    bytes: u64,
    /// When the account has its next turn.
    pub(super) turn: u64,
}

impl Line {
    pub(super) fn push(&mut self, arrival: u64, ticket: Ticket) {
        self.bytes += ticket.bytes;
        self.by_weight.insert((ticket.weight(), arrival));
        self.by_arrival.insert(arrival, ticket);
    }

    pub(super) fn pop(&mut self) -> Option<Ticket> {
        let (&oldest, _) = self.by_arrival.first_key_value()?;
        let &(_, lightest) = self.by_weight.first()?;
        if lightest == oldest || self.overtaken >= OVERTAKEN_MAX {
            return self.remove(oldest);
        }
        self.overtaken += 1;
        self.remove(lightest)
    }

    pub(super) fn remove(&mut self, arrival: u64) -> Option<Ticket> {
        let is_oldest = self.by_arrival.first_key_value().map(|(key, _)| *key) == Some(arrival);
        let ticket = self.by_arrival.remove(&arrival)?;
        self.by_weight.remove(&(ticket.weight(), arrival));
        self.bytes -= ticket.bytes;
        if is_oldest {
            self.overtaken = 0;
        }
        Some(ticket)
    }

    /// From the one that came last to the one that came first.
    pub(super) fn youngest_first(&self) -> impl Iterator<Item = &Ticket> {
        self.by_arrival.values().rev()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_arrival.is_empty()
    }

    pub(super) fn jobs(&self) -> u64 {
        self.by_arrival.len() as u64
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}
