//! Who may join a queue that is full, and who must leave for it; and how many go before a newcomer.
//!
//! A job gives way only if its account (or its class, against the class's weight) then still has at
//! least as much in the queue as the newcomer's: so two accounts can never push each other out in
//! turn, and one that fills the queue alone makes room for all others, down to an equal share.

use super::class::Class;
use super::line::Line;
use super::{Full, Queue};
use crate::pool::share::Priority;
use crate::pool::ticket::Ticket;

/// Jobs and bytes.
#[derive(Debug, Clone, Copy)]
struct Load {
    jobs: u64,
    bytes: u64,
}

impl Load {
    fn of_line(line: Option<&Line>) -> Self {
        Self {
            jobs: line.map_or(0, Line::jobs),
            bytes: line.map_or(0, Line::bytes),
        }
    }

    fn of_class(class: &Class) -> Self {
        Self {
            jobs: class.jobs(),
            bytes: class.bytes(),
        }
    }

    fn with(self, ticket: &Ticket) -> Self {
        Self {
            jobs: self.jobs + 1,
            bytes: self.bytes + ticket.bytes,
        }
    }

    fn without(self, ticket: &Ticket) -> Self {
        Self {
            jobs: self.jobs - 1,
            bytes: self.bytes - ticket.bytes,
        }
    }

    /// As the bound counts it that is broken.
    fn by(self, full: Full) -> u128 {
        u128::from(match full {
            Full::Jobs => self.jobs,
            Full::Bytes => self.bytes,
        })
    }
}

impl Queue {
    /// Whether this job may join, and whose jobs must leave for it: those of the account that has
    /// most, from the one that came last on.
    ///
    /// # Errors
    /// The bound that it would break, when nobody has to make room for it.
    pub(crate) fn admit(&self, newcomer: &Ticket) -> Result<Vec<u64>, Full> {
        let Some(full) = self.broken(0, 0, newcomer) else {
            return Ok(Vec::new());
        };
        self.room_in_class_of_most(newcomer, full)
            .or_else(|| self.room_in_own_class(newcomer, full))
            .ok_or(full)
    }

    /// Whether somebody would have to make room for this job if the queue were full.
    pub(crate) fn has_precedence(&self, newcomer: &Ticket) -> bool {
        self.room_in_class_of_most(newcomer, Full::Jobs)
            .or_else(|| self.room_in_own_class(newcomer, Full::Jobs))
            .is_some()
    }

    /// The bound that the newcomer would break if so much had left.
    fn broken(&self, left_jobs: usize, left_bytes: u64, newcomer: &Ticket) -> Option<Full> {
        if self.len() - left_jobs >= self.jobs_max {
            Some(Full::Jobs)
        } else if self.bytes - left_bytes + newcomer.bytes > self.bytes_max {
            Some(Full::Bytes)
        } else {
            None
        }
    }

    /// Of another class, if that has more than its weight gives it.
    fn room_in_class_of_most(&self, newcomer: &Ticket, full: Full) -> Option<Vec<u64>> {
        let own = newcomer.share.priority;
        let load = |priority: Priority| Load::of_class(&self.classes[priority as usize]);
        let most = Priority::ALL
            .into_iter()
            .filter(|priority| *priority != own)
            // Compared as fractions: load / weight.
            .max_by(|one, other| {
                let (one_load, other_load) = (load(*one).by(full), load(*other).by(full));
                let (one, other) = (u128::from(one.weight()), u128::from(other.weight()));
                (one_load * other).cmp(&(other_load * one))
            })?;
        let joined = load(own).with(newcomer).by(full);
        let allowed = |left: Load| {
            joined * u128::from(most.weight()) <= left.by(full) * u128::from(own.weight())
        };
        let (_, line) = self.largest(most, full)?;
        self.leaving(newcomer, line, load(most), allowed)
    }

    fn room_in_own_class(&self, newcomer: &Ticket, full: Full) -> Option<Vec<u64>> {
        let own = newcomer.share;
        let joined = Load::of_line(self.classes[own.priority as usize].line(own.account));
        let joined = joined.with(newcomer).by(full);
        let (account, line) = self.largest(own.priority, full)?;
        if account == own.account {
            return None;
        }
        let load = Load::of_line(Some(line));
        self.leaving(newcomer, line, load, |left| joined <= left.by(full))
    }

    fn largest(&self, priority: Priority, full: Full) -> Option<(u64, &Line)> {
        let lines = self.classes[priority as usize].lines();
        // Of equals one and the same, whatever the map's order.
        lines.max_by_key(|(account, line)| (Load::of_line(Some(line)).by(full), *account))
    }

    /// As many of the line as are needed, if `allowed` of what remains of `load`.
    fn leaving(
        &self,
        newcomer: &Ticket,
        line: &Line,
        mut load: Load,
        allowed: impl Fn(Load) -> bool,
    ) -> Option<Vec<u64>> {
        let (mut leaving, mut bytes) = (Vec::new(), 0);
        for ticket in line.youngest_first() {
            load = load.without(ticket);
            if !allowed(load) {
                return None;
            }
            leaving.push(ticket.id);
            bytes += ticket.bytes;
            if self.broken(leaving.len(), bytes, newcomer).is_none() {
                return Some(leaving);
            }
        }
        None
    }

    /// How many jobs go before this one if it joins now and nobody comes after it, at most.
    pub(crate) fn ahead_of(&self, newcomer: &Ticket) -> u64 {
        let own = newcomer.share;
        let class = &self.classes[own.priority as usize];
        let mine = Load::of_line(class.line(own.account)).jobs;
        // Each other account of the class has one turn for each of ours.
        let others = class
            .lines()
            .filter(|(account, _)| *account != own.account)
            .map(|(_, line)| line.jobs().min(mine + 1));
        let in_class = mine + others.sum::<u64>();
        let elsewhere = Priority::ALL
            .into_iter()
            .filter(|priority| *priority != own.priority)
            .map(|priority| {
                let turns = (in_class + 1) * priority.weight();
                let turns = turns.div_ceil(own.priority.weight()) + 1;
                self.classes[priority as usize].jobs().min(turns)
            });
        self.returned.len() as u64 + in_class + elsewhere.sum::<u64>()
    }
}
