//! One worker's place in the farm as one enum, and the transitions between its states.
//!
//! Pure: no process, no socket, no clock of its own. Whoever owns a slot asks it what an event
//! means; nobody else changes it. A slot leaves `Dying` only when the kernel says that the
//! process is gone, so there is never more than one process per slot.

use std::time::{Duration, Instant};

use super::backoff;
use super::death::{Cause, Death};
use super::kill::Kill;
use super::ticket::Ticket;

/// Where a slot is in its life.
#[derive(Debug)]
pub(crate) enum State {
    /// No process; one may be started from `not_before` on.
    Vacant { not_before: Instant },
    /// A process exists and has not said hello.
    Starting { until: Instant },
    /// Ready for a job.
    Idle,
    /// Has a job. `started`: the worker confirmed that it read the whole job.
    Busy {
        ticket: Ticket,
        since: Instant,
        started: bool,
    },
    /// Killed, and not yet confirmed gone.
    Dying,
}

/// A slot and what is remembered about the processes that filled it.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) state: State,
    /// Of the present process, unique in the farm: events of an earlier one are ignored.
    pub(crate) generation: u64,
    /// Jobs that the present process has finished.
    pub(crate) jobs: u64,
    /// When the present process was started.
    pub(crate) born: Instant,
    /// After how many jobs the present process is worn.
    jobs_max: u64,
    /// It is to be replaced as soon as it is idle and it is its turn.
    worn: bool,
    /// It was recycled, and its successor is not ready yet.
    being_recycled: bool,
    /// Failures in a row without a successful job between them; see [`Slot::gone`].
    pub(crate) failures: u32,
    /// Why the present process was killed, if it was.
    pub(crate) killed_for: Option<Kill>,
    /// How the process before this one ended.
    pub(crate) last_exit: Option<String>,
}

impl Slot {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            state: State::Vacant { not_before: now },
            generation: 0,
            jobs: 0,
            born: now,
            jobs_max: u64::MAX,
            worn: false,
            being_recycled: false,
            failures: 0,
            killed_for: None,
            last_exit: None,
        }
    }

    /// `Vacant` → `Starting`, when it is time. Returns whether a process must be started now.
    /// `generation` must not have been used before.
    pub(crate) fn start(
        &mut self,
        now: Instant,
        start_timeout: Duration,
        generation: u64,
        jobs_max: u64,
    ) -> bool {
        match self.state {
            State::Vacant { not_before } if not_before <= now => {
                self.generation = generation;
                self.jobs = 0;
                self.jobs_max = jobs_max;
                self.born = now;
                self.worn = false;
                self.killed_for = None;
                self.state = State::Starting {
                    until: now + start_timeout,
                };
                true
            }
            _ => false,
        }
    }

    /// `Starting` → `Idle`. False: a hello out of turn.
    pub(crate) fn ready(&mut self) -> bool {
        let expected = matches!(self.state, State::Starting { .. });
        if expected {
            self.state = State::Idle;
            self.being_recycled = false;
        }
        expected
    }

    /// Marks the present process as one to be replaced when it is next idle.
    pub(crate) fn wear_out(&mut self) {
        self.worn = true;
    }

    /// After how many jobs the present process is worn.
    pub(crate) fn set_share(&mut self, jobs_max: u64) {
        self.jobs_max = jobs_max;
    }

    /// Idle, and due to be replaced.
    pub(crate) fn is_worn(&self, now: Instant, age_max: Duration) -> bool {
        let old = now.saturating_duration_since(self.born) >= age_max;
        self.is_idle() && (self.worn || old || self.jobs >= self.jobs_max)
    }

    /// Between its recycling and its successor's hello.
    pub(crate) fn is_being_recycled(&self) -> bool {
        self.being_recycled
    }

    /// `Idle` → `Busy`.
    pub(crate) fn assign(&mut self, ticket: Ticket, now: Instant) {
        debug_assert!(matches!(self.state, State::Idle));
        self.state = State::Busy {
            ticket,
            since: now,
            started: false,
        };
    }

    /// The worker confirmed job `id`. False: it has no such job, or confirmed it before.
    pub(crate) fn started(&mut self, id: u64) -> bool {
        match &mut self.state {
            State::Busy {
                ticket, started, ..
            } if ticket.id == id && !*started => {
                *started = true;
                true
            }
            _ => false,
        }
    }

    /// `Busy` → `Idle` with the ticket and the time it took. `None`: it has no such job.
    pub(crate) fn finished(&mut self, id: u64, now: Instant) -> Option<(Ticket, Duration)> {
        let busy = std::mem::replace(&mut self.state, State::Idle);
        match busy {
            State::Busy {
                ticket,
                since,
                started: true,
            } if ticket.id == id => {
                self.jobs += 1;
                self.failures = 0;
                Some((ticket, now - since))
            }
            other => {
                self.state = other;
                None
            }
        }
    }

    /// Any state with a process → `Dying`; returns the job it had and whether that had started.
    /// `None` and no change when there is nothing to kill.
    pub(crate) fn kill(&mut self, why: Kill) -> Option<Option<(Ticket, bool)>> {
        let before = std::mem::replace(&mut self.state, State::Dying);
        let job = match before {
            State::Busy {
                ticket, started, ..
            } => Some((ticket, started)),
            State::Starting { .. } | State::Idle => None,
            State::Vacant { .. } | State::Dying => {
                self.state = before;
                return None;
            }
        };
        self.being_recycled = why == Kill::Recycled;
        self.killed_for = Some(why);
        Some(job)
    }

    /// The process is gone, or (`Err`) could not be started: → `Vacant`, with a pause after
    /// repeated failures. Returns the job that it took along, if it was not killed for it.
    pub(crate) fn gone(
        &mut self,
        end: Result<&Death, &str>,
        now: Instant,
    ) -> Option<(Ticket, bool)> {
        let failed = self.has_failed(end);
        self.failures += u32::from(failed);
        self.last_exit = Some(match (&self.killed_for, end) {
            (Some(why), _) => format!("killed by the gateway: {}", why.name()),
            (None, Ok(death)) => death.to_string(),
            (None, Err(why)) => why.to_owned(),
        });
        let pause = match failed {
            true => backoff::pause(self.failures),
            false => Duration::ZERO,
        };
        let before = std::mem::replace(
            &mut self.state,
            State::Vacant {
                not_before: now + pause,
            },
        );
        match before {
            State::Busy {
                ticket, started, ..
            } => Some((ticket, started)),
            _ => None,
        }
    }

    /// Whether an end speaks against the program itself. A death under a job is the job's
    /// doing, and a SIGKILL somebody else's: were they to count, whoever can crash a decoder
    /// could lock everybody out.
    fn has_failed(&self, end: Result<&Death, &str>) -> bool {
        let killed = end.is_ok_and(|death| death.cause() == Cause::Killed);
        match (&self.killed_for, &self.state) {
            (Some(why), _) => why.is_the_workers_fault(),
            (None, State::Busy { started: true, .. }) => false,
            (None, State::Busy { .. } | State::Idle) => !killed,
            (None, _) => true,
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// How long it has had its job; zero without one.
    pub(crate) fn busy_for(&self, now: Instant) -> Duration {
        match self.state {
            State::Busy { since, .. } => now.saturating_duration_since(since),
            _ => Duration::ZERO,
        }
    }

    pub(crate) fn has_job(&self, id: u64) -> bool {
        matches!(&self.state, State::Busy { ticket, .. } if ticket.id == id)
    }

    /// Failing again and again: counts as absent until a worker of this slot is ready.
    pub(crate) fn is_crash_looping(&self) -> bool {
        self.failures >= backoff::CRASH_LOOP_FAILURES
            && matches!(
                self.state,
                State::Vacant { .. } | State::Starting { .. } | State::Dying
            )
    }

    /// The name of the state in `/status`.
    pub(crate) fn state_name(&self) -> &'static str {
        match self.state {
            State::Vacant { .. } => "vacant",
            State::Starting { .. } => "starting",
            State::Idle => "idle",
            State::Busy { .. } => "busy",
            State::Dying => "dying",
        }
    }
}
