//! Results that wait to be written: so much memory and no more, because a disk may be slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::entry::BODY_BYTES_MAX;
use crate::pool::Done;

/// All of them together, bytes.
const WAITING_BYTES_MAX: u64 = 2 * BODY_BYTES_MAX;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Room(Arc<AtomicU64>);

/// When the disk was told last that a result is of use, in seconds of its own; 0: never, or in vain.
pub(in crate::cache) type Noted = Arc<AtomicU64>;

/// A result that waits to be written, and counts as such until it is dropped.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) done: Done,
    noted: Noted,
    is_there: bool,
    bytes: u64,
    all: Arc<AtomicU64>,
}

impl Room {
    /// Bytes that wait.
    pub(super) fn taken(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// A place among those that wait, if there is one.
    pub(super) fn take(&self, done: &Done, noted: &Noted) -> Option<Waiting> {
        // One of no bytes waits as well.
        let bytes = done.body.len() as u64 + 1;
        let before = self.0.fetch_add(bytes, Ordering::Relaxed);
        let waiting = Waiting {
            done: done.clone(),
            noted: Arc::clone(noted),
            is_there: false,
            bytes,
            all: Arc::clone(&self.0),
        };
        (before + bytes <= WAITING_BYTES_MAX).then_some(waiting)
    }
}

impl Waiting {
    /// It is on disk.
    pub(super) fn is_there(&mut self) {
        self.is_there = true;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.is_there {
            self.noted.store(0, Ordering::Relaxed);
        }
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_waits_than_there_is_room_for() {
        let noted = Noted::new(AtomicU64::new(7));
        let large = Done::of_bytes(BODY_BYTES_MAX as usize - 1);
        let room = Room::default();
        let mut waiting: Vec<_> = (0..2).map(|_| room.take(&large, &noted).unwrap()).collect();
        assert_eq!(room.taken(), WAITING_BYTES_MAX);
        let small = Done::of_bytes(0);
        assert!(room.take(&small, &noted).is_none());
        assert_eq!(
            room.taken(),
            WAITING_BYTES_MAX,
            "what was refused is not counted"
        );
        waiting.clear();
        assert_eq!(room.taken(), 0);
        assert_eq!(noted.load(Ordering::Relaxed), 0, "it was in vain");
        noted.store(7, Ordering::Relaxed);
        room.take(&small, &noted).unwrap().is_there();
        assert_eq!(noted.load(Ordering::Relaxed), 7);
    }
}
