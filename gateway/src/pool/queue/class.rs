//! The waiting jobs of one priority: its accounts have their turns one after the other, whatever
//! number of jobs each has.

use std::collections::{BTreeMap, HashMap};

use super::line::Line;
use crate::pool::ticket::Ticket;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Class {
    lines: HashMap<u64, Line>,
    /// The accounts in the order of their turns.
    turns: BTreeMap<u64, u64>,
    next_turn: u64,
    jobs: u64,
    bytes: u64,
    /// Grows with each turn of the class, the more the less it weighs: the class with the least is next.
    pub(super) passed: u64,
}

impl Class {
    /// An account that had nothing waiting comes last in the round.
    pub(super) fn push(&mut self, arrival: u64, ticket: Ticket) {
        let account = ticket.share.account;
        self.jobs += 1;
        self.bytes += ticket.bytes;
        let line = self.lines.entry(account).or_default();
        if line.is_empty() {
            self.next_turn += 1;
            line.turn = self.next_turn;
            self.turns.insert(self.next_turn, account);
        }
        line.push(arrival, ticket);
    }

    pub(super) fn pop(&mut self) -> Option<Ticket> {
        let (turn, account) = self.turns.pop_first()?;
        let line = self.lines.get_mut(&account)?;
        debug_assert_eq!(line.turn, turn);
        let ticket = line.pop()?;
        if line.is_empty() {
            self.lines.remove(&account);
        } else {
            self.next_turn += 1;
            line.turn = self.next_turn;
            self.turns.insert(self.next_turn, account);
        }
        Some(self.discounted(ticket))
    }

    pub(super) fn remove(&mut self, account: u64, arrival: u64) -> Option<Ticket> {
        let line = self.lines.get_mut(&account)?;
        let ticket = line.remove(arrival)?;
        if line.is_empty() {
            self.turns.remove(&line.turn);
            self.lines.remove(&account);
        }
        Some(self.discounted(ticket))
    }

    fn discounted(&mut self, ticket: Ticket) -> Ticket {
        self.jobs -= 1;
        self.bytes -= ticket.bytes;
        ticket
    }

    pub(super) fn line(&self, account: u64) -> Option<&Line> {
        self.lines.get(&account)
    }

    /// Accounts with waiting jobs.
    pub(super) fn lines(&self) -> impl Iterator<Item = (u64, &Line)> {
        self.lines.iter().map(|(account, line)| (*account, line))
    }

    pub(super) fn jobs(&self) -> u64 {
        self.jobs
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}
