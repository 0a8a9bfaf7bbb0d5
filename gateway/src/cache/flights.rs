//! Jobs in progress by their keys, so that equal requests board one instead of beginning another.
//!
//! A job goes on for as long as anybody waits for it, whoever began it: each who waits holds the one future
//! that it is, and the last to leave drops it, which gives the job up.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::layers::Layers;
use super::{Key, Wish};
use crate::intake::Source;
use crate::pool::{Done, Outcome, Pool, Priority, Share};

/// The end of a job that several may have waited for.
#[derive(Debug, Clone)]
pub(super) struct Landed {
    pub(super) outcome: Outcome,
    /// Where the result came from.
    pub(super) from: From,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum From {
    Disk,
    Worker {
        /// Whether the result is kept.
        stored: bool,
    },
}

type Landing = BoxFuture<'static, Landed>;

/// A job in progress, and a place among those who wait for it.
pub(super) struct Flight {
    pub(super) landed: Shared<Landing>,
    /// Of whoever began it, for all.
    pub(super) source: Arc<Source>,
    pub(super) share: Share,
    pub(super) deadline: Instant,
}

/// What there is for a wish.
pub(super) enum Boarding {
    /// The result.
    NotNeeded(Done),
    /// A new job.
    First(Flight),
    /// One that another request has begun.
    Later(Flight),
}

/// A job of high priority does not wait for one of low priority to have its turn.
type Route = (Key, Priority);

struct Known {
    number: u64,
    landed: WeakShared<Landing>,
    source: Arc<Source>,
    share: Share,
    deadline: Instant,
}

#[derive(Default)]
struct Board {
    flights: HashMap<Route, Known>,
    last_number: u64,
}

/// See the module.
#[derive(Default)]
pub(super) struct Flights(Mutex<Board>);

impl Flights {
    pub(super) fn count(&self) -> usize {
        self.lock().flights.len()
    }

    /// The result if it is in memory by now, else a place on the job that makes it, or finds it on disk.
    pub(super) fn board(self: &Arc<Self>, layers: &Layers, pool: &Pool, wish: &Wish) -> Boarding {
        let route = (wish.key, wish.work.share.priority);
        let mut board = self.lock();
        if let Some(flight) = board.flights.get(&route).and_then(Known::join) {
            return Boarding::Later(flight);
        }
        // A job leaves the board after its result is kept: what is not on it was either kept by
        // now, or never begun.
        if let Some(done) = layers.find_at_once(wish.key) {
            return Boarding::NotNeeded(done);
        }
        board.last_number += 1;
        let departure = Departure {
            flights: Arc::clone(self),
            route,
            number: board.last_number,
        };
        let landed = landing(departure, layers.clone(), pool.clone(), wish).shared();
        let flight = Flight {
            landed,
            source: Arc::clone(&wish.source),
            share: wish.work.share,
            deadline: wish.work.deadline,
        };
        if let Some(known) = Known::of(&flight, board.last_number) {
            board.flights.insert(route, known);
        }
        Boarding::First(flight)
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        // It is whole after every statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn of(flight: &Flight, number: u64) -> Option<Self> {
        Some(Self {
            number,
            landed: flight.landed.downgrade()?,
            source: Arc::clone(&flight.source),
            share: flight.share,
            deadline: flight.deadline,
        })
    }

    /// `None` when all who waited have left, or it has landed: an error is for those who waited.
    fn join(&self) -> Option<Flight> {
        let landed = self.landed.upgrade()?;
        landed.peek().is_none().then(|| Flight {
            landed,
            source: Arc::clone(&self.source),
            share: self.share,
            deadline: self.deadline,
        })
    }
}

fn landing(departure: Departure, layers: Layers, pool: Pool, wish: &Wish) -> Landing {
    let (key, kept, work) = (wish.key, wish.kept, wish.work.clone());
    let source = Arc::clone(&wish.source);
    let landing = async move {
        // Leaves the board last of all, or when nobody waits any more.
        let _departure = departure;
        let _held = source;
        if let Some(done) = layers.find_on_disk(key).await {
            return Landed {
                outcome: Ok(done),
                from: From::Disk,
            };
        }
        let outcome = pool.submit(work).await;
        let stored = match &outcome {
            Ok(done) => kept && layers.keep(key, done),
            Err(_) => false,
        };
        Landed {
            outcome,
            from: From::Worker { stored },
        }
    };
    landing.boxed()
}

/// Takes a job off the board, unless another one has its place by now.
struct Departure {
    flights: Arc<Flights>,
    route: Route,
    number: u64,
}

impl Drop for Departure {
    fn drop(&mut self) {
        let mut board = self.flights.lock();
        if let Entry::Occupied(known) = board.flights.entry(self.route)
            && known.get().number == self.number
        {
            known.remove();
        }
    }
}

impl fmt::Debug for Flights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Flights").field(&self.count()).finish()
    }
}
