//! The source bytes that the gateway holds, uploads and fetches together, from the first byte
//! that arrives to the end of the job: each source bounded, and all of them.
//!
//! The queue bounds what waits for a worker; this bounds what is still arriving too, so that a
//! crowd of slow clients cannot fill the memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{Bytes, BytesMut};
use thiserror::Error;

use crate::fetch::Freshness;
use crate::settings::Settings;

/// Memory set aside at once on the word of whoever announces a length, bytes. It is touched, and so
/// taken, only as bytes arrive.
const ANNOUNCED_BYTES_MAX: usize = 1024 * 1024;

/// Why bytes are not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum IntakeError {
    /// `source_bytes_max`; `value` is the source's length if it was announced.
    #[error("the source is longer than {max} bytes")]
    TooLong { value: Option<u64>, max: u64 },
    /// All sources together hold as much as they may.
    #[error("{held} bytes of sources are held already")]
    NoRoom { held: u64 },
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Intake {
    held: Arc<AtomicU64>,
    held_max: u64,
    source_bytes_max: u64,
}

impl Intake {
    /// Room for a full queue and one source in every worker.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self::holding(Arc::default(), settings)
    }

    /// The same with other limits: what is held already counts on.
    pub(crate) fn with(&self, settings: &Settings) -> Self {
        Self::holding(Arc::clone(&self.held), settings)
    }

    fn holding(held: Arc<AtomicU64>, settings: &Settings) -> Self {
        let at_work = settings.source_bytes_max * settings.workers as u64;
        Self {
            held,
            held_max: settings.queue_bytes + at_work,
            source_bytes_max: settings.source_bytes_max,
        }
    }

    /// Begins to take in one source.
    ///
    /// # Errors
    /// [`IntakeError::TooLong`] when it announces that it is.
    pub(crate) fn begin(&self, announced: Option<u64>) -> Result<Receipt, IntakeError> {
        let max = self.source_bytes_max;
        if announced.is_some_and(|length| length > max) {
            return Err(IntakeError::TooLong {
                value: announced,
                max,
            });
        }
        // At most `source_bytes_max`.
        let announced = announced.unwrap_or_default() as usize;
        Ok(Receipt {
            bytes: BytesMut::with_capacity(announced.min(ANNOUNCED_BYTES_MAX)),
            announced,
            hold: Hold {
                held: Arc::clone(&self.held),
                bytes: 0,
            },
            intake: self.clone(),
        })
    }

    /// Takes in a source that is in memory already.
    ///
    /// # Errors
    /// As if it arrived now.
    pub(crate) fn adopt(&self, bytes: Bytes) -> Result<Source, IntakeError> {
        let mut receipt = self.begin(Some(bytes.len() as u64))?;
        self.reserve(&mut receipt.hold, bytes.len() as u64)?;
        let mut source = receipt.finish();
        source.bytes = bytes;
        Ok(source)
    }

    /// Bytes held now, for `/status`.
    pub(crate) fn held(&self) -> u64 {
        self.held.load(Ordering::Relaxed)
    }

    fn reserve(&self, hold: &mut Hold, more: u64) -> Result<(), IntakeError> {
        let held = self.held.fetch_add(more, Ordering::Relaxed) + more;
        hold.bytes += more;
        if held > self.held_max {
            return Err(IntakeError::NoRoom { held });
        }
        Ok(())
    }
}

/// A source that is arriving.
#[derive(Debug)]
pub(crate) struct Receipt {
    bytes: BytesMut,
    announced: usize,
    hold: Hold,
    intake: Intake,
}

impl Receipt {
    /// Takes in the next piece.
    ///
    /// # Errors
    /// When this source, or all together, are then too long. Nothing more may be pushed.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<(), IntakeError> {
        let max = self.intake.source_bytes_max;
        if (self.bytes.len() + piece.len()) as u64 > max {
            return Err(IntakeError::TooLong { value: None, max });
        }
        self.intake.reserve(&mut self.hold, piece.len() as u64)?;
        let (held, free) = (self.bytes.len(), self.bytes.capacity() - self.bytes.len());
        if piece.len() > free {
            // Twice as much, unless the end is nearer: each byte is moved once at most.
            let rest = self.announced.saturating_sub(held);
            self.bytes.reserve(rest.min(held).max(piece.len()));
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    /// Most bytes of this source.
    pub(crate) fn bytes_max(&self) -> u64 {
        self.intake.source_bytes_max
    }

    /// The source is complete.
    pub(crate) fn finish(self) -> Source {
        Source {
            bytes: self.bytes.freeze(),
            cuts: Vec::new(),
            freshness: Freshness::default(),
            hold: self.hold,
        }
    }
}

/// A complete source, or several one behind the other; its room is given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) bytes: Bytes,
    /// Where in the bytes the second one and each further one begins.
    pub(crate) cuts: Vec<u64>,
    /// What was said where it was fetched.
    pub(crate) freshness: Freshness,
    hold: Hold,
}

impl Source {
    /// This one, and the others behind it.
    pub(crate) fn followed_by(mut self, others: Vec<Self>) -> Self {
        if others.is_empty() {
            return self;
        }
        let length = others.iter().map(|other| other.bytes.len()).sum::<usize>();
        let mut bytes = BytesMut::with_capacity(self.bytes.len() + length);
        bytes.extend_from_slice(&self.bytes);
        for mut other in others {
            self.cuts.push(bytes.len() as u64);
            bytes.extend_from_slice(&other.bytes);
            self.freshness = self.freshness.and(other.freshness);
            // All holds of one gateway are on the same counter.
            self.hold.bytes += std::mem::take(&mut other.hold.bytes);
        }
        self.bytes = bytes.freeze();
        self
    }
}

#[derive(Debug)]
struct Hold {
    held: Arc<AtomicU64>,
    bytes: u64,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intake() -> Intake {
        // Room for 10 + 1 × 4 bytes.
        Intake::new(&Settings::with(&[
            ("queue_bytes", "10"),
            ("source_bytes_max", "4"),
            ("workers", "1"),
        ]))
    }

    fn source(intake: &Intake, pieces: &[&[u8]]) -> Result<Source, IntakeError> {
        let mut receipt = intake.begin(None)?;
        pieces.iter().try_for_each(|piece| receipt.push(piece))?;
        Ok(receipt.finish())
    }

    #[test]
    fn a_source_arrives_in_pieces() {
        let source = source(&intake(), &[b"ab", b"", b"cd"]).unwrap();
        assert_eq!(source.bytes, b"abcd".as_slice());
    }

    #[test]
    fn one_source_is_bounded_announced_or_not() {
        let too_long = |value| IntakeError::TooLong { value, max: 4 };
        assert_eq!(intake().begin(Some(5)).err(), Some(too_long(Some(5))));
        let result = source(&intake(), &[b"abc", b"de"]);
        assert_eq!(result.err(), Some(too_long(None)));
    }

    #[test]
    fn sources_behind_each_other_hold_what_they_held() {
        let intake = intake();
        let [first, second, third] =
            [b"ab".as_slice(), b"", b"cde"].map(|piece| source(&intake, &[piece]).unwrap());
        let all = first.followed_by(vec![second, third]);
        assert_eq!(all.bytes, b"abcde".as_slice());
        assert_eq!(all.cuts, [2, 2]);
        assert_eq!(intake.held(), 5);
        drop(all);
        assert_eq!(intake.held(), 0);
    }

    #[test]
    fn other_limits_count_what_is_held_already() {
        let before = intake();
        let held = source(&before, &[b"abcd"]).unwrap();
        let after = before.with(&Settings::with(&[
            ("queue_bytes", "6"),
            ("source_bytes_max", "6"),
            ("workers", "1"),
        ]));
        let second = source(&after, &[b"abcdef"]).unwrap();
        let refused = source(&after, &[b"abc"]);
        assert_eq!(refused.err(), Some(IntakeError::NoRoom { held: 13 }));
        drop((held, second));
        assert_eq!((before.held(), after.held()), (0, 0));
    }

    #[test]
    fn all_sources_together_are_bounded_until_they_are_dropped() {
        let intake = intake();
        let mut sources: Vec<_> = (0..3).map(|_| source(&intake, &[b"abcd"])).collect();
        let refused = source(&intake, &[b"abc"]);
        assert_eq!(refused.err(), Some(IntakeError::NoRoom { held: 15 }));
        assert!(
            source(&intake, &[b"ab"]).is_ok(),
            "what failed holds nothing"
        );
        sources.pop();
        assert!(source(&intake, &[b"abcd"]).is_ok());
    }
}
