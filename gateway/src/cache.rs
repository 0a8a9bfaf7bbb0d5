//! Results that were made before, and jobs that several requests wait for at once.
//!
//! A result is found by what it is made of: the bytes of its pictures, the operations, the output, the limits
//! and the build. So nothing in here can be out of date, and nobody gets the result of a picture that he
//! did not bring himself. No addresses, no tokens and no times are known here: whoever asks was admitted
//! before. What outlives the process is on disk, if that is wanted (`cache/disk.rs`).

mod disk;
mod flights;
mod key;
mod layers;
mod results;

use std::sync::Arc;
use std::time::Instant;

use protocol::Breadcrumb;

use crate::intake::Source;
use crate::pool::{Cause, JobError, Outcome, Pool, Work};
use crate::settings::Settings;
use flights::{Boarding, Flight, Flights, From, Landed};
use layers::Layers;

pub(crate) use disk::{Disk, DiskError, DiskMetrics};
pub(crate) use key::Key;
pub(crate) use results::Results;

/// How a request came to its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// It was there.
    Hit(Layer),
    /// By a job of its own.
    Own { stored: bool },
    /// By a job that another request had begun.
    Collapsed,
}

/// Where a result was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    Memory,
    Disk,
}

/// See the module; clones are the same cache.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    /// `None`: switched off.
    layers: Option<Layers>,
    disk: Option<Disk>,
    flights: Arc<Flights>,
}

/// A job that somebody wants done.
pub(crate) struct Wish {
    pub(crate) key: Key,
    pub(crate) work: Work,
    /// What the work is about. Given back while somebody else's is worked on.
    pub(crate) source: Arc<Source>,
    /// Whether a good result may be kept.
    pub(crate) kept: bool,
}

impl Cache {
    /// With nothing in memory.
    pub(crate) fn new(settings: &Settings, disk: Option<Disk>) -> Self {
        Self {
            layers: Layers::new(settings, disk.clone()),
            disk,
            flights: Arc::default(),
        }
    }

    /// The same under other settings: as many of its results as fit.
    pub(crate) fn with(&self, settings: &Settings) -> Self {
        if let Some(disk) = &self.disk {
            disk.follow(settings);
        }
        let bytes_max = self.results().map_or(0, Results::bytes_max);
        if bytes_max == settings.cache_bytes {
            return self.clone();
        }
        let layers = Layers::new(settings, self.disk.clone());
        if let (Some(before), Some(after)) = (&self.layers, &layers) {
            after.take_over(before);
        }
        Self {
            layers,
            disk: self.disk.clone(),
            flights: Arc::clone(&self.flights),
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.layers.is_some()
    }

    /// What is kept in memory, for operators.
    pub(crate) fn results(&self) -> Option<&Results> {
        self.layers.as_ref().map(Layers::memory)
    }

    /// What is kept on disk, for operators.
    pub(crate) fn disk(&self) -> Option<&Disk> {
        self.disk.as_ref()
    }

    /// Returns when nothing waits to be written to disk.
    pub(crate) async fn written(&self) {
        if let Some(disk) = &self.disk {
            disk.written().await;
        }
    }

    /// Jobs that are shared or may be, for operators.
    pub(crate) fn in_progress(&self) -> usize {
        self.flights.count()
    }

    /// The outcome of `wish`: kept, from a job in progress, or from a new one. Dropping the future
    /// gives the job up if nobody else waits for it.
    pub(crate) async fn outcome(&self, pool: &Pool, mut wish: Wish) -> (Way, Outcome) {
        let Some(layers) = &self.layers else {
            let outcome = pool.submit(wish.work).await;
            return (Way::Own { stored: false }, outcome);
        };
        loop {
            let boarding = self.flights.board(layers, pool, &wish);
            match boarding {
                Boarding::NotNeeded(done) => return (Way::Hit(Layer::Memory), Ok(done)),
                Boarding::First(flight) => {
                    let Landed { outcome, from } = flight.landed.await;
                    return (way(from, |stored| Way::Own { stored }), outcome);
                }
                Boarding::Later(flight) => {
                    // Equal bytes: one copy is enough for all who wait.
                    wish.work.source = flight.source.bytes.clone();
                    wish.work.arrive();
                    wish.source = Arc::clone(&flight.source);
                    let joined = Instant::now();
                    let share = flight.share;
                    let Landed { outcome, from } = arrival(flight, &wish.work).await;
                    let again = outcome.as_ref().is_err_and(|error| {
                        let same_account = share.account == wish.work.share.account;
                        is_its_beginners_alone(error, same_account, joined, wish.work.deadline)
                    });
                    if !again {
                        return (way(from, |_| Way::Collapsed), outcome);
                    }
                    wish.work.submitted = Instant::now();
                }
            }
        }
    }
}

/// A result that was on disk was there for all who waited for it.
fn way(from: From, of_a_job: impl FnOnce(bool) -> Way) -> Way {
    match from {
        From::Disk => Way::Hit(Layer::Disk),
        From::Worker { stored } => of_a_job(stored),
    }
}

/// Waits no longer than the request itself may take, should its deadline be before the job's.
async fn arrival(flight: Flight, work: &Work) -> Landed {
    if work.deadline >= flight.deadline {
        return flight.landed.await;
    }
    match tokio::time::timeout_at(work.deadline.into(), flight.landed).await {
        Ok(landed) => landed,
        Err(_) => Landed {
            outcome: Err(JobError::DeadlineExceeded(Breadcrumb::default())),
            from: From::Worker { stored: false },
        },
    }
}

/// Whether an error is about the request that began the job, so that another one may fare better.
/// Each new attempt costs one request its turn, so there is an end to them.
fn is_its_beginners_alone(
    error: &JobError,
    same_account: bool,
    joined: Instant,
    deadline: Instant,
) -> bool {
    let left = deadline.saturating_duration_since(Instant::now());
    match error {
        // It was the job of somebody who has too many of them.
        JobError::Overloaded { .. } | JobError::Displaced => !same_account,
        // His time was over, ours is not.
        JobError::QueueTimeout => !left.is_zero(),
        // The same, but a worker was stopped for it: not again for a shorter try than the last.
        JobError::DeadlineExceeded(_) => left > joined.elapsed(),
        JobError::WorkerDied(death) => death.cause() == Cause::Killed,
        JobError::Refused(_)
        | JobError::NoWorkers { .. }
        | JobError::Draining
        | JobError::CutOff(_)
        | JobError::Protocol(_)
        | JobError::Quarantined(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::pool::QueueLimit;

    #[test]
    fn what_is_only_about_the_beginner_does_not_end_the_others() {
        let now = Instant::now();
        let ago = |ms| now.checked_sub(Duration::from_millis(ms)).unwrap();
        let (soon, late) = (
            now + Duration::from_secs(60),
            now + Duration::from_secs(600),
        );
        let full = JobError::Overloaded {
            limit: QueueLimit::Jobs,
            value: 1,
        };
        let too_slow = JobError::DeadlineExceeded(Breadcrumb::default());
        for (error, same_account, joined, deadline, expected) in [
            (&full, true, now, late, false),
            (&full, false, now, late, true),
            (&JobError::Displaced, false, now, late, true),
            (&JobError::QueueTimeout, true, ago(1), soon, true),
            (&JobError::QueueTimeout, true, ago(1), ago(1), false),
            // Another try would have less time than this one had.
            (&too_slow, true, ago(100_000), soon, false),
            (&too_slow, true, ago(100_000), late, true),
            (&JobError::Draining, false, now, late, false),
            (&JobError::Protocol(String::new()), false, now, late, false),
        ] {
            let verdict = is_its_beginners_alone(error, same_account, joined, deadline);
            assert_eq!(verdict, expected, "{error:?}, {same_account}");
        }
    }
}
