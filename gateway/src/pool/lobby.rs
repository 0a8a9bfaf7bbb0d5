//! How full the queue is, for every thread to see without asking the driver, and who is getting a picture
//! for it. A request comes by here before its picture is fetched or read, so that what is refused in the
//! end costs next to nothing.
//!
//! Whoever was let in and has not submitted yet is *coming*, and counts while others wait: else everybody
//! who asks while one place is free would fetch a picture for it. That holds for pictures that come
//! quickly. If workers empty a good part of the queue in the time that it takes to come, who is let in
//! now comes to another queue: then all are let in who find it not full, because some too many do less harm than
//! workers without a job. While nobody waits all are let in as well.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::outcome::{JobError, QueueLimit};
use super::share::Share;

/// Of so many, roughly, the time that it takes to come is the mean.
const MEAN_OF: f64 = 16.0;
/// Of the queue, from which on it is another one.
const GOOD_PART: f64 = 0.25;
/// Verdicts that are kept: of a queue that stands still, more accounts may ask than anybody counts.
const VERDICTS_MAX: usize = 4096;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Lobby {
    waiting: AtomicUsize,
    /// Most that may wait and be coming, while anybody waits.
    allowed: AtomicUsize,
    /// Whether a bound of the queue is reached.
    full: AtomicBool,
    /// Of the queue: another one after each change.
    edition: AtomicU64,
    coming: AtomicUsize,
    /// Running mean of how long it takes to come, µs. Only the driver changes it.
    takes_us: AtomicU64,
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
    /// Jobs that workers take in a second, when they have enough to do.
    pub(crate) jobs_per_s: f64,
    pub(crate) full: bool,
    pub(crate) edition: u64,
}

impl Lobby {
    /// What all see from now on.
    pub(crate) fn show(&self, crowd: Crowd) {
        let takes_s = self.takes_us.load(Ordering::Relaxed) as f64 / 1e6;
        let leaving = crowd.jobs_per_s * takes_s;
        let allowed = match leaving <= crowd.jobs_max as f64 * GOOD_PART {
            true => crowd.jobs_max,
            false => usize::MAX,
        };
        self.waiting.store(crowd.waiting, Ordering::Relaxed);
        self.allowed.store(allowed, Ordering::Relaxed);
        self.full.store(crowd.full, Ordering::Relaxed);
        self.edition.store(crowd.edition, Ordering::Relaxed);
    }

    /// One has come, and is in the queue or was refused.
    pub(crate) fn welcome(&self, place: &Place) {
        let took = place.since.elapsed().as_micros() as f64;
        let mean = self.takes_us.load(Ordering::Relaxed) as f64;
        let mean = mean + (took - mean) / MEAN_OF;
        self.takes_us.store(mean as u64, Ordering::Relaxed);
        place.arrive();
    }

    /// One more is coming, until it has arrived or the place is dropped.
    pub(crate) fn enter(self: &Arc<Self>) -> Place {
        let others = self.coming.fetch_add(1, Ordering::Relaxed);
        Place {
            lobby: Arc::clone(self),
            others,
            since: Instant::now(),
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
    since: Instant,
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
        self.lobby.full.load(Ordering::Relaxed) || self.is_one_too_many()
    }

    /// Whether as many were coming as may.
    pub(crate) fn is_one_too_many(&self) -> bool {
        let waiting = self.lobby.waiting.load(Ordering::Relaxed);
        waiting > 0 && waiting + self.others >= self.lobby.allowed.load(Ordering::Relaxed)
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
        lobby.show(crowd(waiting, edition));
    }

    fn crowd(waiting: usize, edition: u64) -> Crowd {
        Crowd {
            waiting,
            jobs_max: 4,
            jobs_per_s: 100.0,
            full: waiting >= 4,
            edition,
        }
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

    fn is_doubtful(lobby: &Arc<Lobby>, coming: usize) -> bool {
        let places: Vec<_> = (0..coming).map(|_| lobby.enter()).collect();
        let last = lobby.enter();
        drop(places);
        last.is_doubtful()
    }

    #[test]
    fn while_others_wait_no_more_may_come_than_there_are_places() {
        for (waiting, coming, doubtful) in [
            (3, 0, false),
            (3, 1, true),
            (1, 2, false),
            (1, 3, true),
            (0, 100, false),
            (4, 0, true),
        ] {
            let given = is_doubtful(&lobby(waiting, 1), coming);
            assert_eq!(given, doubtful, "{waiting} waiting, {coming} coming");
        }
    }

    #[test]
    fn where_pictures_take_long_to_come_all_may_who_find_a_place() {
        let lobby = lobby(3, 1);
        // At 100 jobs a second, 1 and 2 of 4 places.
        for (takes_us, doubtful) in [(10_000, true), (20_000, false)] {
            lobby.takes_us.store(takes_us, Ordering::Relaxed);
            show(&lobby, 3, 2);
            assert_eq!(is_doubtful(&lobby, 50), doubtful, "{takes_us} µs");
        }
        show(&lobby, 4, 3);
        assert!(is_doubtful(&lobby, 0), "it is full all the same");
    }

    #[test]
    fn how_long_it_takes_to_come_is_learnt_from_who_has_come() {
        let lobby = lobby(3, 1);
        let before = Instant::now();
        let mut place = lobby.enter();
        place.since = before
            .checked_sub(std::time::Duration::from_secs(16))
            .unwrap();
        lobby.welcome(&place);
        let takes_us = lobby.takes_us.load(Ordering::Relaxed);
        assert!((1_000_000..2_000_000).contains(&takes_us), "{takes_us}");
        drop(lobby.enter());
        assert_eq!(
            lobby.takes_us.load(Ordering::Relaxed),
            takes_us,
            "it has not come"
        );
        assert_eq!(lobby.coming.load(Ordering::Relaxed), 0);
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
