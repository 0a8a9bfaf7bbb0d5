//! Whether the disk is made use of at the moment. What fails costs a pause, during which requests do without;
//! each change is logged once.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// After a failure the disk is left alone for so long, and after each further one twice as long ...
const PAUSE: Duration = Duration::from_secs(2);
/// ... up to this. Whoever works for longer begins anew.
const PAUSE_MAX: Duration = Duration::from_secs(300);
/// So many reads in a row that come too late are a failure.
const LATE_MAX: u32 = 3;

/// What is not to be done after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Without {
    /// A full or read-only disk still has what it has.
    Writing,
    Either,
}

#[derive(Debug)]
enum State {
    Opening,
    On { since: Instant },
    Off { why: String, until: Instant },
}

#[derive(Debug)]
struct Course {
    state: State,
    pause: Duration,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Health {
    course: Mutex<Course>,
    may_read: AtomicBool,
    may_write: AtomicBool,
    /// Reads in a row that came too late.
    late: AtomicU32,
}

impl Health {
    pub(super) fn new() -> Self {
        Self {
            course: Mutex::new(Course {
                state: State::Opening,
                pause: PAUSE,
            }),
            may_read: AtomicBool::new(false),
            may_write: AtomicBool::new(false),
            late: AtomicU32::new(0),
        }
    }

    pub(super) fn may_read(&self) -> bool {
        self.may_read.load(Ordering::Relaxed)
    }

    pub(super) fn may_write(&self) -> bool {
        self.may_write.load(Ordering::Relaxed)
    }

    /// `on`, `off`, `read_only` or `opening`, and why it is not on.
    pub(super) fn name_and_why(&self) -> (&'static str, Option<String>) {
        match &self.course().state {
            State::Opening => ("opening", None),
            State::On { .. } => ("on", None),
            State::Off { why, .. } if self.may_read() => ("read_only", Some(why.clone())),
            State::Off { why, .. } => ("off", Some(why.clone())),
        }
    }

    /// When it is to be tried again; `None` while nothing is wrong.
    pub(super) fn retry_at(&self) -> Option<Instant> {
        match &self.course().state {
            State::Off { until, .. } => Some(*until),
            State::Opening | State::On { .. } => None,
        }
    }

    /// It can be read from and written to.
    pub(super) fn works(&self) {
        let mut course = self.course();
        if let State::Off { .. } = course.state {
            tracing::info!("cache_folder: works again");
        }
        if !matches!(course.state, State::On { .. }) {
            let since = Instant::now();
            course.state = State::On { since };
        }
        self.late.store(0, Ordering::Relaxed);
        self.may_read.store(true, Ordering::Relaxed);
        self.may_write.store(true, Ordering::Relaxed);
    }

    /// Something went wrong. Said once: what fails while it is off anyway, or at another try, is no news.
    pub(super) fn failed(&self, without: Without, what: &dyn fmt::Display) {
        let mut course = self.course();
        let now = Instant::now();
        self.may_write.store(false, Ordering::Relaxed);
        if without == Without::Either {
            self.may_read.store(false, Ordering::Relaxed);
        }
        match &course.state {
            State::Off { until, .. } if *until > now => return,
            State::On { since } if since.elapsed() > PAUSE_MAX => course.pause = PAUSE,
            State::Off { .. } | State::On { .. } => {
                course.pause = (course.pause * 2).min(PAUSE_MAX);
            }
            State::Opening => {}
        }
        if !matches!(course.state, State::Off { .. }) {
            let way = match without {
                Without::Writing => "nothing new is kept there until it works again",
                Without::Either => "it is done without until it works again",
            };
            tracing::warn!("cache_folder: {what}; {way}");
        }
        course.state = State::Off {
            why: what.to_string(),
            until: now + course.pause,
        };
    }

    /// It could be opened, but not written to: what is there may be read.
    pub(super) fn may_be_read(&self) {
        self.may_read.store(true, Ordering::Relaxed);
    }

    /// A read came in time.
    pub(super) fn in_time(&self) {
        self.late.store(0, Ordering::Relaxed);
    }

    /// A read came too late. A single one may be a busy machine's.
    pub(super) fn late(&self, limit: Duration) {
        if self.late.fetch_add(1, Ordering::Relaxed) + 1 >= LATE_MAX {
            let ms = limit.as_millis();
            self.failed(
                Without::Either,
                &format_args!("{LATE_MAX} reads in a row took longer than {ms} ms"),
            );
        }
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        // It is whole after every statement.
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(health: &Health) -> Duration {
        health.course().pause
    }

    /// As if the pause were over.
    fn wait(health: &Health) {
        if let State::Off { until, .. } = &mut health.course().state {
            *until = Instant::now();
        }
    }

    #[test]
    fn each_further_try_that_fails_doubles_the_pause() {
        let health = Health::new();
        health.works();
        health.failed(Without::Writing, &"full");
        assert_eq!(health.name_and_why(), ("read_only", Some("full".into())));
        let first = pause(&health);
        health.failed(Without::Either, &"broken");
        assert_eq!(pause(&health), first, "it was off already");
        assert_eq!(health.name_and_why().0, "off");
        assert!(!health.may_read() && !health.may_write());
        wait(&health);
        health.failed(Without::Either, &"broken");
        assert_eq!(pause(&health), 2 * first);
        health.works();
        assert_eq!(health.name_and_why(), ("on", None));
        health.failed(Without::Either, &"broken");
        assert_eq!(pause(&health), 4 * first, "it has hardly worked");
        for _ in 0..20 {
            wait(&health);
            health.failed(Without::Either, &"broken");
        }
        assert_eq!(pause(&health), PAUSE_MAX);
    }

    #[test]
    fn one_late_read_is_no_failure_and_several_in_a_row_are() {
        let health = Health::new();
        health.works();
        for _ in 0..5 {
            health.late(PAUSE);
            health.late(PAUSE);
            health.in_time();
        }
        assert_eq!(health.name_and_why().0, "on");
        (0..LATE_MAX).for_each(|_| health.late(PAUSE));
        assert_eq!(health.name_and_why().0, "off");
    }
}
