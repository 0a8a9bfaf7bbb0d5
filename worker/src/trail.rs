//! The worker's end of the page that it shares with the gateway: where it is, written down
//! before it goes there, without a system call, a lock or an allocation. It is written in the
//! allocator and in a signal handler too.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use protocol::{
    BREADCRUMB_TEXT_BYTES, Breadcrumb, Field, LastWords, PAGE_BYTES, Phase, WORD_BYTES,
};

/// The page as the worker sees it.
pub(crate) type Page = [AtomicU64; PAGE_BYTES / WORD_BYTES];

/// Where nobody reads: in programs that only test this library.
static UNREAD: Page = blank();
static SHARED: OnceLock<&'static Page> = OnceLock::new();

const fn blank() -> Page {
    [const { AtomicU64::new(0) }; PAGE_BYTES / WORD_BYTES]
}

/// From now on the trail is left on `page`.
pub(crate) fn lead_over(page: &'static Page) {
    // A second page would be a bug without a consequence: the first one stays.
    let _ = SHARED.set(page);
}

/// The worker's trail.
pub(crate) fn trail() -> Trail<'static> {
    Trail(SHARED.get().copied().unwrap_or(&UNREAD))
}

/// Writes the fields of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trail<'a>(&'a Page);

impl Trail<'_> {
    /// A job begins, and what the one before it left is nobody's any more.
    pub(crate) fn begin(self) {
        self.at_phase(Some(Phase::Decode));
        self.at_frame(0);
        self.panicked("");
    }

    /// Now in `phase`, or between jobs; at no operation.
    pub(crate) fn at_phase(self, phase: Option<Phase>) {
        self.set(Field::Operation, 0);
        self.set(Field::Phase, phase.map_or(0, Breadcrumb::phase_word));
    }

    /// Now at the operation of that index.
    pub(crate) fn at_operation(self, index: usize) {
        self.set(Field::Operation, index as u64 + 1);
    }

    /// So many frames have been begun.
    pub(crate) fn at_frame(self, frames: u64) {
        self.set(Field::Frame, frames);
    }

    /// The message of a panic, as much of it as there is room for.
    pub(crate) fn panicked(self, message: &str) {
        let bytes = &message.as_bytes()[..message.len().min(BREADCRUMB_TEXT_BYTES)];
        let words = &self.0[Field::Text as usize..];
        for (word, bytes) in words.iter().zip(bytes.chunks(WORD_BYTES)) {
            let mut whole = [0; WORD_BYTES];
            whole[..bytes.len()].copy_from_slice(bytes);
            word.store(u64::from_ne_bytes(whole), Ordering::Relaxed);
        }
        self.set(Field::TextBytes, bytes.len() as u64);
    }

    /// Why the worker is about to end.
    pub(crate) fn ends_with(self, words: LastWords) {
        match words {
            LastWords::ForbiddenCall { number } => {
                self.set(Field::Call, u64::try_from(number).unwrap_or(0) + 1);
            }
            LastWords::OutOfMemory { asked, cap } => {
                self.set(Field::Cap, cap);
                self.set(Field::Asked, asked);
            }
        }
    }

    fn set(self, field: Field, word: u64) {
        self.0[field as usize].store(word, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_finds_what_was_written() {
        let page = blank();
        let trail = Trail(&page);
        trail.at_phase(Some(Phase::Operations));
        trail.at_operation(4);
        trail.at_frame(12);
        trail.panicked("no such pixel");
        trail.ends_with(LastWords::OutOfMemory { asked: 9, cap: 5 });
        let mut bytes = [0; PAGE_BYTES];
        for (bytes, word) in bytes.chunks_exact_mut(WORD_BYTES).zip(&page) {
            bytes.copy_from_slice(&word.load(Ordering::Relaxed).to_ne_bytes());
        }
        let expected = Breadcrumb {
            phase: Some(Phase::Operations),
            operation: Some(4),
            frame: 12,
            last_words: Some(LastWords::OutOfMemory { asked: 9, cap: 5 }),
            text: "no such pixel".to_owned(),
        };
        assert_eq!(Breadcrumb::read(&bytes), expected);
    }

    #[test]
    fn a_long_panic_message_is_cut() {
        let page = blank();
        Trail(&page).panicked(&"x".repeat(PAGE_BYTES * 2));
        let length = page[Field::TextBytes as usize].load(Ordering::Relaxed);
        assert_eq!(length, BREADCRUMB_TEXT_BYTES as u64);
    }
}
