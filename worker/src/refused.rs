//! Why a picture is refused, as the code that works on it says it. Where in the job it
//! happened is not known here: `serve.rs` adds that from the progress.

use std::fmt::Display;

use protocol::{Excess, Limit, Reason};

/// A refusal on its way out of the decoders, operations and encoders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What the caller is told.
    pub reason: Reason,
    /// What the log is told; may quote the picture.
    pub detail: String,
}

impl Refused {
    fn new(reason: Reason, detail: impl Display) -> Self {
        Self {
            reason,
            detail: detail.to_string(),
        }
    }

    pub(crate) fn not_an_image(detail: impl Display) -> Self {
        Self::new(Reason::NotAnImage, detail)
    }

    pub(crate) fn unsupported(detail: impl Display) -> Self {
        Self::new(Reason::UnsupportedFormat, detail)
    }

    pub(crate) fn bad(detail: impl Display) -> Self {
        Self::new(Reason::BadImage, detail)
    }

    /// A library failed where our own checks leave it no reason to.
    pub(crate) fn bug(detail: impl Display) -> Self {
        Self::new(Reason::Panicked, detail)
    }

    /// Refuses a source when `value` is over `max`.
    pub(crate) fn source_over(limit: Limit, value: u64, max: u64) -> Result<(), Self> {
        let reason = match limit {
            Limit::Frames => Reason::TooManyFrames,
            _ => Reason::TooLarge,
        };
        Self::over(reason, limit, value, max)
    }

    /// Refuses a result when `value` is over `max`.
    pub(crate) fn output_over(limit: Limit, value: u64, max: u64) -> Result<(), Self> {
        Self::over(Reason::OutputTooLarge, limit, value, max)
    }

    fn over(reason: fn(Excess) -> Reason, limit: Limit, value: u64, max: u64) -> Result<(), Self> {
        if value <= max {
            return Ok(());
        }
        let detail = format!("{value} {}, {limit} is {max}", limit.unit());
        Err(Self::new(reason(Excess { limit, value, max }), detail))
    }
}
