//! What is in the folder, as far as this gateway knows: how large each file is, and when it was last of use.
//! Pure; the files themselves are `folder.rs`.

use std::collections::{BTreeSet, HashMap};
use std::time::SystemTime;

use super::entry::Name;

/// More files are not kept, however small they are: each takes some 130 bytes of memory here.
const FILES_MAX: usize = 1 << 18;
/// What a file takes is a multiple of this, on nearly every file system.
const BLOCK_BYTES: u64 = 4096;
/// No file takes more than this part of the room: it would push out too many.
const PARTS: u64 = 4;

/// A file that was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) name: Name,
    /// Its length.
    pub(super) bytes: u64,
    pub(super) used: SystemTime,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    /// Whole blocks.
    bytes: u64,
    used: SystemTime,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Index {
    files: HashMap<Name, Known>,
    /// The longest unused first.
    order: BTreeSet<(SystemTime, Name)>,
    bytes: u64,
}

impl Index {
    /// Of all that was found, and of what the index before it knew of when those were used.
    pub(super) fn of(found: Vec<Found>, before: &Self, now: SystemTime) -> Self {
        let mut index = Self::default();
        for file in found {
            let known = before.files.get(&file.name);
            let used = known.map_or(file.used, |known| known.used.max(file.used));
            // A clock that was wrong once must not keep a file for ever.
            index.put(file.name, file.bytes, used.min(now));
        }
        index
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// It is there, and was of use.
    pub(super) fn put(&mut self, name: Name, length: u64, used: SystemTime) {
        self.remove(name);
        let bytes = on_disk(length);
        self.files.insert(name, Known { bytes, used });
        self.order.insert((used, name));
        self.bytes += bytes;
    }

    /// It was of use; whether it is known at all.
    pub(super) fn touch(&mut self, name: Name, now: SystemTime) -> bool {
        let Some(known) = self.files.get_mut(&name) else {
            return false;
        };
        self.order.remove(&(known.used, name));
        known.used = now;
        self.order.insert((now, name));
        true
    }

    pub(super) fn remove(&mut self, name: Name) {
        if let Some(known) = self.files.remove(&name) {
            self.order.remove(&(known.used, name));
            self.bytes -= known.bytes;
        }
    }

    /// What has to go so that a file of `length` has room among `bytes_max`, or without one, so that the rest has.
    pub(super) fn surplus(&self, length: Option<u64>, bytes_max: u64) -> Option<Name> {
        let bytes = self.bytes + length.map_or(0, on_disk);
        let files = self.files.len() + usize::from(length.is_some());
        (bytes > bytes_max || files > FILES_MAX)
            .then(|| self.oldest())
            .flatten()
    }

    /// The longest unused.
    pub(super) fn oldest(&self) -> Option<Name> {
        self.order.first().map(|(_, name)| *name)
    }
}

/// Whether a file of this length is worth the room.
pub(super) fn is_worth(length: u64, bytes_max: u64) -> bool {
    on_disk(length) <= bytes_max / PARTS
}

fn on_disk(length: u64) -> u64 {
    length.next_multiple_of(BLOCK_BYTES)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn found(number: u8, used: u64) -> Found {
        Found {
            name: Name::number(number),
            bytes: 5000,
            used: at(used),
        }
    }

    #[test]
    fn the_longest_unused_goes_first_and_whole_blocks_are_counted() {
        let found = vec![found(1, 20), found(2, 10), found(3, 30)];
        let mut index = Index::of(found, &Index::default(), at(100));
        assert_eq!((index.len(), index.bytes()), (3, 3 * 8192));
        assert_eq!(index.surplus(None, 3 * 8192), None);
        assert_eq!(index.surplus(Some(1), 3 * 8192), Some(Name::number(2)));
        assert!(index.touch(Name::number(2), at(40)));
        assert_eq!(index.oldest(), Some(Name::number(1)));
        index.remove(Name::number(1));
        assert_eq!(index.surplus(None, 8192), Some(Name::number(3)));
        assert!(!index.touch(Name::number(1), at(50)));
        index.put(Name::number(3), 1, at(60));
        assert_eq!(index.bytes(), 8192 + 4096);
    }

    #[test]
    fn what_was_known_of_use_is_not_forgotten_and_the_future_is_not_believed() {
        let mut before = Index::default();
        before.put(Name::number(1), 1, at(50));
        let found = vec![found(1, 10), found(2, 20), found(3, 1000)];
        let index = Index::of(found, &before, at(60));
        let order: Vec<_> = index.order.iter().copied().collect();
        let expected = [(20, 2), (50, 1), (60, 3)];
        assert_eq!(
            order,
            expected.map(|(used, number)| (at(used), Name::number(number)))
        );
    }

    #[test]
    fn nothing_takes_more_than_its_part() {
        assert!(is_worth(4096, 4 * 4096));
        assert!(!is_worth(4097, 4 * 4096));
    }
}
