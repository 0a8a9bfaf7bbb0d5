//! The results themselves: as many as fit, those that are asked for most.

use bytes::Bytes;
use moka::sync::Cache;

use super::Key;
use super::disk::Noted;
use crate::pool::Done;

/// What an entry takes beside its picture, bytes: key, reply, and the cache's own bookkeeping.
const OVERHEAD_BYTES: usize = 512;
/// No entry takes more than this part of the room: it would push out too many, and copying it would
/// hold up a thread that has others to serve.
const PARTS: u64 = 4;

/// A result, and what the disk knows of its use.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) done: Done,
    pub(super) noted: Noted,
}

/// See the module; clones hold the same.
#[derive(Debug, Clone)]
pub(crate) struct Results {
    entries: Cache<Key, Kept>,
    bytes_max: u64,
}

impl Results {
    pub(crate) fn within(bytes_max: u64) -> Self {
        let weight = |_: &Key, kept: &Kept| {
            u32::try_from(kept.done.body.len() + OVERHEAD_BYTES).unwrap_or(u32::MAX)
        };
        let entries = Cache::builder().max_capacity(bytes_max).weigher(weight);
        Self {
            entries: entries.build(),
            bytes_max,
        }
    }

    pub(crate) fn bytes_max(&self) -> u64 {
        self.bytes_max
    }

    /// How many there are, and the bytes that they take.
    pub(crate) fn size(&self) -> (u64, u64) {
        self.entries.run_pending_tasks();
        (self.entries.entry_count(), self.entries.weighted_size())
    }

    pub(super) fn find(&self, key: Key) -> Option<Kept> {
        self.entries.get(&key)
    }

    /// Keeps a result if it is worth the room; whether it was. A full cache takes what was asked for
    /// more often than what would have to leave.
    pub(super) fn keep(&self, key: Key, done: &Done, noted: Noted) -> bool {
        if (done.body.len() + OVERHEAD_BYTES) as u64 > self.bytes_max / PARTS {
            return false;
        }
        let done = Done {
            // The original may lie in twice the memory: it grew as it came.
            body: Bytes::copy_from_slice(&done.body),
            ..done.clone()
        };
        self.entries.insert(key, Kept { done, noted });
        // Makes room now, so that the bound holds, and decides whether it stays.
        self.entries.run_pending_tasks();
        self.entries.contains_key(&key)
    }

    /// What another one has, as far as it fits.
    pub(crate) fn take_over(&self, other: &Self) {
        for (key, kept) in &other.entries {
            self.entries.insert(*key, kept);
        }
        self.entries.run_pending_tasks();
    }
}

#[cfg(test)]
mod tests {
    use protocol::Operation;
    use std::time::Duration;

    use super::*;
    use crate::pool::{Identity, Work};

    fn work() -> Work {
        Work::with(&[])
    }

    fn source(text: &str) -> Identity {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(Identity::of(text.as_bytes()))
    }

    fn key(text: &str) -> Key {
        Key::of(&work(), &source(text), None)
    }

    #[test]
    fn the_bound_holds_after_every_result() {
        let results = Results::within(10_000);
        for number in 0..100 {
            results.keep(
                key(&number.to_string()),
                &Done::of_bytes(1000),
                Noted::default(),
            );
            let (entries, bytes) = results.size();
            assert!(bytes <= 10_000 && entries > 0, "{entries} {bytes}");
        }
        assert!(!results.keep(key("large"), &Done::of_bytes(2500), Noted::default()));
        assert!(results.find(key("large")).is_none());
    }

    #[test]
    fn a_smaller_cache_takes_over_what_fits() {
        let before = Results::within(10_000);
        for number in 0..6 {
            assert!(before.keep(
                key(&number.to_string()),
                &Done::of_bytes(1000),
                Noted::default()
            ));
        }
        for (bytes_max, entries) in [(20_000, 6), (2 * (1000 + OVERHEAD_BYTES as u64), 2), (9, 0)] {
            let after = Results::within(bytes_max);
            after.take_over(&before);
            assert_eq!(after.size().0, entries, "{bytes_max}");
        }
    }

    #[test]
    fn whatever_may_change_the_result_changes_the_key_and_nothing_else_does() {
        let invert = Operation::from_text("invert").unwrap();
        let changes: [fn(&mut Work, Operation); 5] = [
            |_, _| {},
            |work, operation| work.operations.push(operation),
            |work, _| work.output.quality = Some(1),
            |work, _| work.cuts.push(1),
            |work, _| work.limits.pixels_max = 2,
        ];
        let mut keys: Vec<_> = changes
            .map(|change| {
                let mut work = work();
                change(&mut work, invert);
                Key::of(&work, &source("a"), None)
            })
            .into();
        keys.push(key("b"));
        keys.push(Key::of(&work(), &source("a"), Some([1; 32])));
        keys.push(Key::of(&work(), &source("a"), Some([2; 32])));
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{index}");
        }
        let mut later = work();
        later.deadline += Duration::from_secs(1);
        later.cpu += Duration::from_secs(1);
        assert_eq!(Key::of(&later, &source("a"), None), key("a"));
    }
}
