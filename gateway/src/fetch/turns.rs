//! Turns: so many fetches from one host at once, the others wait. A crowd of requests for pictures
//! of one host neither overruns it nor takes this server's sockets. Time spent waiting counts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// From so many hosts on, those that nobody fetches from are forgotten first.
const HOSTS_KEPT: usize = 256;

/// A place among those that fetch from a host, given back when it is dropped.
pub(super) type Turn = Option<OwnedSemaphorePermit>;

/// See the module. Clones share the hosts.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    max: usize,
    hosts: Arc<Mutex<HashMap<String, Weak<Semaphore>>>>,
}

impl Turns {
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            hosts: Arc::default(),
        }
    }

    /// Waits until there is a place.
    pub(super) async fn take(&self, host: &str) -> Turn {
        // It is never closed, so there is no error.
        self.of(host).acquire_owned().await.ok()
    }

    fn of(&self, host: &str) -> Arc<Semaphore> {
        let hosts = self.hosts.lock();
        let mut hosts = hosts.unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = hosts.get(host).and_then(Weak::upgrade) {
            return turns;
        }
        if hosts.len() >= HOSTS_KEPT {
            hosts.retain(|_, turns| turns.strong_count() > 0);
        }
        let turns = Arc::new(Semaphore::new(self.max));
        hosts.insert(host.to_owned(), Arc::downgrade(&turns));
        turns
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn the_next_one_waits_for_a_place_at_the_same_host_only() {
        let turns = Turns::new(2);
        let _first = turns.take("a").await;
        let second = turns.clone().take("a").await;
        assert!(turns.take("a").now_or_never().is_none());
        assert!(turns.take("b").now_or_never().is_some());
        drop(second);
        assert!(turns.take("a").now_or_never().is_some());
    }

    #[tokio::test]
    async fn hosts_that_nobody_fetches_from_are_forgotten() {
        let turns = Turns::new(1);
        let held = turns.take("held").await;
        for number in 0..10 * HOSTS_KEPT {
            drop(turns.take(&number.to_string()).await);
        }
        assert!(turns.hosts.lock().unwrap().len() <= HOSTS_KEPT);
        assert!(turns.take("held").now_or_never().is_none());
        drop(held);
    }
}
