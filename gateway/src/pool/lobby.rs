//! How full the queue is, for every thread to see without asking the driver, and who is getting a picture
//! for it. A request comes by here before its picture is fetched or read, so that what is refused in the
//! end costs next to nothing.
//!
//! Whoever was let in and has not submitted yet is *coming*. In a queue that is at least half full, the
//! places that are left are taken to be theirs: else everybody who asks while one place is free would
//! fetch a picture for it. In one that is emptier they do not count, so that slow origins cannot keep
//! others away from workers that have little to do.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::outcome::{JobError, QueueLimit};
use super::share::Share;

/// Verdicts that are kept: of a queue that stands still, more accounts may ask than anybody counts.
const VERDICTS_MAX: usize = 4096;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Lobby {
    waiting: AtomicUsize,
    jobs_max: AtomicUsize,
    /// Whether a bound of the queue is reached.
    full: AtomicBool,
    /// Of the queue: another one after each change.
    edition: AtomicU64,
    coming: AtomicUsize,
    refused: Mutex<Refused>,
}

/// Verdicts on one edition of the queue. The same account would hear the same again, as long as no
/// fewer are coming.
#[derive(Debug, Default)]
struct Refused {
    edition: u64,
    verdicts: HashMap<Share, (usize, JobError)>,
}

/// The queue as the driver left it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crowd {
    pub(crate) waiting: usize,
    pub(crate) jobs_max: usize,
    pub(crate) full: bool,
    pub(crate) edition: u64,
}

/// Whether all places of such a queue are taken or promised to others, who are coming.
pub(crate) fn is_promised(waiting: usize, others: usize, jobs_max: usize) -> bool {
    waiting >= jobs_max.div_ceil(2) && waiting + others >= jobs_max
}

impl Lobby {
    /// What all see from now on.
    pub(crate) fn show(&self, crowd: Crowd) {
        self.waiting.store(crowd.waiting, Ordering::Relaxed);
        self.jobs_max.store(crowd.jobs_max, Ordering::Relaxed);
        self.full.store(crowd.full, Ordering::Relaxed);
        self.edition.store(crowd.edition, Ordering::Relaxed);
    }

    /// One more is coming, until it has arrived or the place is dropped.
    pub(crate) fn enter(self: &Arc<Self>) -> Place {
        let others = self.coming.fetch_add(1, Ordering::Relaxed);
        Place {
            lobby: Arc::clone(self),
            others,
            arrived: AtomicBool::new(false),
        }
    }

    /// Keeps a verdict on the queue of that edition.
    pub(crate) fn keep(&self, edition: u64, share: Share, others: usize, verdict: &JobError) {
        // What depends on the time is not said twice.
        if !is_of_room(verdict) {
            return;
        }
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.edition > edition {
            return;
        }
        if refused.edition < edition || refused.verdicts.len() >= VERDICTS_MAX {
            refused.edition = edition;
            refused.verdicts.clear();
        }
        refused.verdicts.insert(share, (others, verdict.clone()));
    }

    /// Of the queue as it is shown now.
    pub(crate) fn edition(&self) -> u64 {
        self.edition.load(Ordering::Relaxed)
    }
}

fn is_of_room(verdict: &JobError) -> bool {
    matches!(
        verdict,
        JobError::Overloaded {
            limit: QueueLimit::Jobs | QueueLimit::Bytes,
            ..
        }
    )
}

/// Stands for one that is coming.
#[derive(Debug)]
pub(crate) struct Place {
    lobby: Arc<Lobby>,
    /// Who came before.
    others: usize,
    arrived: AtomicBool,
}

impl Place {
    /// It waits in the queue now, or for somebody else's job.
    pub(crate) fn arrive(&self) {
        if !self.arrived.swap(true, Ordering::Relaxed) {
            self.lobby.coming.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// How many others are coming.
    pub(crate) fn others(&self) -> usize {
        self.others
    }

    /// Whether there is so little room that it is worth asking the driver.
    pub(crate) fn is_doubtful(&self) -> bool {
        let lobby = &self.lobby;
        let (waiting, jobs_max) = (&lobby.waiting, &lobby.jobs_max);
        lobby.full.load(Ordering::Relaxed)
            || is_promised(
                waiting.load(Ordering::Relaxed),
                self.others,
                jobs_max.load(Ordering::Relaxed),
            )
    }

    /// What the driver said of that account when nothing was different.
    pub(crate) fn known(&self, share: Share) -> Option<JobError> {
        let refused = &self.lobby.refused;
        let refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.edition != self.lobby.edition() {
            return None;
        }
        let (others, verdict) = refused.verdicts.get(&share)?;
        (self.others >= *others).then(|| verdict.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.arrive();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::share::Priority;

    fn lobby(waiting: usize, edition: u64) -> Arc<Lobby> {
        let lobby = Arc::<Lobby>::default();
        show(&lobby, waiting, edition);
        lobby
    }

    fn show(lobby: &Lobby, waiting: usize, edition: u64) {
        lobby.show(Crowd {
            waiting,
            jobs_max: 4,
            full: waiting >= 4,
            edition,
        });
    }

    fn share(account: u64) -> Share {
        Share {
            account,
            priority: Priority::Normal,
        }
    }

    fn full(value: u64) -> JobError {
        JobError::Overloaded {
            limit: QueueLimit::Jobs,
            value,
        }
    }

    #[test]
    fn places_that_are_left_are_promised_from_half_full_on() {
        let doubtful = |waiting, coming| {
            let lobby = lobby(waiting, 1);
            let places: Vec<_> = (0..coming).map(|_| lobby.enter()).collect();
            let last = lobby.enter();
            drop(places);
            last.is_doubtful()
        };
        assert!(!doubtful(3, 0));
        assert!(doubtful(3, 1));
        assert!(!doubtful(2, 1));
        assert!(doubtful(2, 2));
        assert!(!doubtful(1, 100), "nobody waits long");
        assert!(doubtful(4, 0), "it is full");
    }

    #[test]
    fn who_leaves_is_not_coming_any_more() {
        let lobby = lobby(3, 1);
        let first = lobby.enter();
        assert!(lobby.enter().is_doubtful());
        drop(first);
        assert!(!lobby.enter().is_doubtful());
        let second = lobby.enter();
        second.arrive();
        second.arrive();
        assert!(!lobby.enter().is_doubtful());
        drop(second);
        assert_eq!(lobby.coming.load(Ordering::Relaxed), 0, "it left once");
    }

    #[test]
    fn a_verdict_is_repeated_until_the_queue_changes_or_fewer_are_coming() {
        let lobby = lobby(3, 7);
        let before = [lobby.enter(), lobby.enter()];
        lobby.keep(7, share(1), 1, &full(4));
        let said = |account| lobby.enter().known(share(account)).is_some();
        assert!(said(1));
        assert!(!said(2), "of another account nothing is known");
        drop(before);
        assert!(!said(1), "nobody is coming any more");
        lobby.keep(7, share(1), 0, &full(4));
        assert!(said(1));
        show(&lobby, 3, 8);
        assert!(!said(1), "the queue is another one");
        lobby.keep(7, share(1), 0, &full(4));
        assert!(!said(1), "it was about the one before");
    }

    #[test]
    fn of_a_queue_that_stands_still_not_everything_is_kept() {
        let lobby = lobby(4, 1);
        for account in 0..3 * VERDICTS_MAX as u64 {
            lobby.keep(1, share(account), 0, &full(4));
            assert!(lobby.enter().known(share(account)).is_some());
        }
        assert!(lobby.refused.lock().unwrap().verdicts.len() <= VERDICTS_MAX);
    }

    #[test]
    fn what_depends_on_the_time_is_not_repeated() {
        let lobby = lobby(4, 1);
        let wait = JobError::Overloaded {
            limit: QueueLimit::Wait,
            value: 9,
        };
        lobby.keep(1, share(1), 0, &wait);
        lobby.keep(1, share(1), 0, &JobError::Draining);
        assert!(lobby.enter().known(share(1)).is_none());
    }
}
