//! The page of memory that a worker shares with its gateway: where it is in its job, and what
//! it was after when it had to end. The worker writes it without a system call, and it is still
//! there when the worker is not.
//!
//! Only the layout is here; whoever has the page mapped writes it, whoever has its descriptor
//! reads it. The reader takes it as it takes everything from a worker: shown, never acted on.
//! Each field is written whole, but not all of them at once: a reader may see the phase of one
//! moment and the operation of the next.

use crate::last_words::LastWords;
use crate::message::Phase;
use crate::message::clip;

/// Size of the page, bytes.
pub const PAGE_BYTES: usize = 4096;
/// Size of one field, bytes: a number in the machine's own byte order.
pub const WORD_BYTES: usize = 8;
/// Longest text on the page, bytes.
pub const BREADCRUMB_TEXT_BYTES: usize = 256;

/// The fields of the page, in order; the text takes the words after the last one.
///
/// A field that may be empty is one more than what it says, and 0 when it says nothing, so that
/// a page of zeros is an empty one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Field {
    /// The phase of the job, see [`Breadcrumb::phase_word`]; 0 between jobs.
    Phase,
    /// 1 + the index of the operation at work; 0 when none is.
    Operation,
    /// Frames begun.
    Frame,
    /// 1 + the number of the system call that was not let through.
    Call,
    /// What the worker would have held had it got the memory that it asked for, bytes.
    Asked,
    /// What it may hold, bytes.
    Cap,
    /// Length of the text, bytes.
    TextBytes,
    /// The first word of the text: the message of the last panic.
    Text,
}

/// What is on the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breadcrumb {
    /// The phase that the job is in; `None` between jobs.
    pub phase: Option<Phase>,
    /// Index of the operation at work.
    pub operation: Option<u8>,
    /// Frames begun.
    pub frame: u64,
    /// Why the worker ended itself, if it did.
    pub last_words: Option<LastWords>,
    /// The message of the last panic; hostile text, clipped.
    pub text: String,
}

impl Breadcrumb {
    /// What stands for a phase on the page.
    #[must_use]
    pub fn phase_word(phase: Phase) -> u64 {
        match phase {
            Phase::Decode => 1,
            Phase::Operations => 2,
            Phase::Encode => 3,
        }
    }

    /// Reads a page, whatever is on it.
    #[must_use]
    pub fn read(page: &[u8; PAGE_BYTES]) -> Self {
        let words = page.as_chunks::<WORD_BYTES>().0;
        let word = |field: Field| u64::from_ne_bytes(words[field as usize]);
        let phases = [Phase::Decode, Phase::Operations, Phase::Encode];
        let is_it = |phase: &Phase| Self::phase_word(*phase) == word(Field::Phase);
        let some = |word: u64| word.checked_sub(1);
        let forbidden = some(word(Field::Call)).map(|call| LastWords::ForbiddenCall {
            number: i64::try_from(call).unwrap_or(i64::MAX),
        });
        let out_of_memory = (word(Field::Asked) > 0).then(|| LastWords::OutOfMemory {
            asked: word(Field::Asked),
            cap: word(Field::Cap),
        });
        let text = &page[Field::Text as usize * WORD_BYTES..][..BREADCRUMB_TEXT_BYTES];
        let length = usize::try_from(word(Field::TextBytes)).unwrap_or(usize::MAX);
        let text = &text[..length.min(BREADCRUMB_TEXT_BYTES)];
        Self {
            phase: phases.into_iter().find(is_it),
            operation: some(word(Field::Operation)).and_then(|index| u8::try_from(index).ok()),
            frame: word(Field::Frame),
            last_words: forbidden.or(out_of_memory),
            text: clip(&String::from_utf8_lossy(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(fields: &[(Field, u64)], text: &[u8]) -> [u8; PAGE_BYTES] {
        let mut page = [0; PAGE_BYTES];
        for (field, word) in fields {
            let at = *field as usize * WORD_BYTES;
            page[at..at + WORD_BYTES].copy_from_slice(&word.to_ne_bytes());
        }
        let at = Field::Text as usize * WORD_BYTES;
        page[at..at + text.len()].copy_from_slice(text);
        page
    }

    #[test]
    fn a_page_of_zeros_says_nothing() {
        assert_eq!(Breadcrumb::read(&[0; PAGE_BYTES]), Breadcrumb::default());
    }

    #[test]
    fn every_field_is_read() {
        let page = page(
            &[
                (Field::Phase, Breadcrumb::phase_word(Phase::Operations)),
                (Field::Operation, 1 + 3),
                (Field::Frame, 7),
                (Field::Call, 1 + 257),
                (Field::TextBytes, 2),
            ],
            b"ohno",
        );
        let expected = Breadcrumb {
            phase: Some(Phase::Operations),
            operation: Some(3),
            frame: 7,
            last_words: Some(LastWords::ForbiddenCall { number: 257 }),
            text: "oh".to_owned(),
        };
        assert_eq!(Breadcrumb::read(&page), expected);
    }

    #[test]
    fn memory_is_told_with_what_was_asked_and_allowed() {
        let page = page(&[(Field::Asked, 9), (Field::Cap, 5)], b"");
        let words = LastWords::OutOfMemory { asked: 9, cap: 5 };
        assert_eq!(Breadcrumb::read(&page).last_words, Some(words));
    }

    #[test]
    fn a_page_of_lies_is_harmless() {
        let read = Breadcrumb::read(&[0xff; PAGE_BYTES]);
        assert_eq!(read.phase, None);
        assert_eq!(read.operation, None);
        assert!(read.text.len() <= crate::TEXT_BYTES_MAX, "{}", read.text);
        let page = page(&[(Field::TextBytes, 6)], b"a\nb\x1b\xffc");
        assert_eq!(Breadcrumb::read(&page).text, "a b \u{fffd}c");
    }
}
