//! One account: how many requests it may make in which time, how many of them at once, and what of
//! that it has used up.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota as Rate, RateLimiter};

use crate::pool::{Priority, Share};

const MINUTE: Duration = Duration::from_secs(60);

/// Accounts have numbers, [`Share::OWN`] the first.
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// What an account is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Requests that it gets back in a minute, evenly.
    pub(crate) requests_per_minute: u32,
    /// Most requests at once, after a pause.
    pub(crate) burst: u32,
    /// Most requests in progress.
    pub(crate) jobs_max: u32,
}

impl Terms {
    /// How long a pause gives back all of `burst` requests.
    pub(super) fn refill(&self, requests: u32) -> Duration {
        MINUTE * requests / self.requests_per_minute.max(1)
    }
}

/// What an account has left, as of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    /// Most requests at once.
    pub(crate) limit: u32,
    /// Requests that may follow now.
    pub(crate) remaining: u32,
    /// When all of them may again, unix seconds.
    pub(crate) reset: u64,
}

/// Which limit a request broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Excess {
    /// Too many in too short a time; the next is allowed after `wait`.
    Rate { terms: Terms, wait: Duration },
    /// Too many at once.
    Jobs { max: u32 },
}

/// What of an account outlives a change of its terms.
#[derive(Debug, Default)]
struct Usage {
    /// Requests in progress.
    jobs: AtomicU32,
    requests: AtomicU64,
    rate_limited: AtomicU64,
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, MonotonicClock, StateInformationMiddleware>;

/// See the module.
pub(crate) struct Account {
    name: String,
    share: Share,
    terms: Option<Terms>,
    limiter: Option<Arc<Limiter>>,
    usage: Arc<Usage>,
}

impl Account {
    /// A fresh one; without terms it has no limit.
    pub(crate) fn new(name: &str, terms: Option<Terms>, priority: Priority) -> Self {
        Self {
            name: name.to_owned(),
            share: Share {
                account: NEXT_ID.fetch_add(1, Ordering::Relaxed),
                priority,
            },
            terms,
            limiter: terms.map(limiter),
            usage: Arc::default(),
        }
    }

    /// The same under other terms. What it has used up is forgotten only if its rate is another one.
    pub(super) fn with(&self, terms: Terms, priority: Priority) -> Self {
        let rate = |terms: Terms| (terms.requests_per_minute, terms.burst);
        let same = self.terms.map(rate) == Some(rate(terms));
        Self {
            name: self.name.clone(),
            share: Share {
                priority,
                ..self.share
            },
            terms: Some(terms),
            limiter: match &self.limiter {
                Some(limiter) if same => Some(Arc::clone(limiter)),
                _ => Some(limiter(terms)),
            },
            usage: Arc::clone(&self.usage),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn share(&self) -> Share {
        self.share
    }

    pub(crate) fn terms(&self) -> Option<Terms> {
        self.terms
    }

    /// Counts a request. What the account has left then, and whether the request was too many.
    pub(crate) fn count(&self) -> Option<(Quota, Result<(), Excess>)> {
        self.usage.requests.fetch_add(1, Ordering::Relaxed);
        let (terms, limiter) = (self.terms?, self.limiter.as_ref()?);
        Some(match limiter.check() {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let full = terms.refill(terms.burst.saturating_sub(remaining));
                (quota(terms, remaining, full), Ok(()))
            }
            Err(not_until) => {
                self.usage.rate_limited.fetch_add(1, Ordering::Relaxed);
                let wait = not_until.wait_time_from(MonotonicClock.now());
                let full = wait + terms.refill(terms.burst.saturating_sub(1));
                let excess = Excess::Rate { terms, wait };
                (quota(terms, 0, full), Err(excess))
            }
        })
    }

    /// One request more in progress, until the permit is dropped.
    pub(crate) fn enter(&self) -> Result<Permit, Excess> {
        let max = self.terms.map_or(u32::MAX, |terms| terms.jobs_max);
        let more = |jobs: u32| (jobs < max).then(|| jobs + 1);
        let jobs = &self.usage.jobs;
        match jobs.fetch_update(Ordering::AcqRel, Ordering::Acquire, more) {
            Ok(_) => Ok(Permit(Arc::clone(&self.usage))),
            Err(_) => {
                self.usage.rate_limited.fetch_add(1, Ordering::Relaxed);
                Err(Excess::Jobs { max })
            }
        }
    }

    /// Requests in progress.
    pub(crate) fn jobs(&self) -> u32 {
        self.usage.jobs.load(Ordering::Acquire)
    }

    /// Requests since the gateway started, and how many of them were too many.
    pub(crate) fn requests(&self) -> (u64, u64) {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (count(&self.usage.requests), count(&self.usage.rate_limited))
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name)
            .field("share", &self.share)
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}

/// Stands for one request in progress.
#[derive(Debug)]
pub(crate) struct Permit(Arc<Usage>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.jobs.fetch_sub(1, Ordering::AcqRel);
    }
}

fn limiter(terms: Terms) -> Arc<Limiter> {
    let at_least_one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    let rate = Rate::per_minute(at_least_one(terms.requests_per_minute));
    let rate = rate.allow_burst(at_least_one(terms.burst));
    let limiter = RateLimiter::direct_with_clock(rate, MonotonicClock);
    Arc::new(limiter.with_middleware())
}

fn quota(terms: Terms, remaining: u32, full: Duration) -> Quota {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let reset = now.unwrap_or_default() + full;
    Quota {
        limit: terms.burst,
        remaining,
        reset: reset.as_secs() + u64::from(reset.subsec_nanos() > 0),
    }
}
