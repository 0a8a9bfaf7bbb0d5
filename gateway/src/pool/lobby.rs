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
mod tests;
