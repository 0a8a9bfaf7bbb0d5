//! Other times for the same frames: all delays times a factor, and frames left out that would
//! be shown too shortly. What rounding takes from one delay the next one gets.

use super::sieve::Sieve;
use crate::decode::Choose;
use crate::operations::chain::{Before, Reel};
use crate::picture::{Delay, Frame, Patch};
use crate::refused::Refused;

/// Shorter delays are shown as [`SLOW`] by browsers, and are taken for that here.
pub(super) const SHORTEST: f64 = 0.02;
const SLOW: f64 = 0.1;
/// Ticks of the delays that come out, per second.
const TICKS: u16 = 10_000;

/// How long a delay is seen, s.
fn seen(delay: Delay) -> f64 {
    let seconds = f64::from(delay.ticks) / f64::from(delay.per_second);
    if seconds < SHORTEST - 1e-9 {
        SLOW
    } else {
        seconds
    }
}

pub(super) struct Paced<'a> {
    frames: Sieve<'a>,
    /// What each delay is multiplied by.
    factor: f64,
    /// Shortest delay that comes out, s.
    least: f64,
    /// The end of all frames so far, s, and as it has been said in ticks.
    end: f64,
    said: u64,
    /// Whether the source is a still, which has no times.
    still: Option<bool>,
    /// Read, but not yet due; whole.
    next: Option<Patch>,
}

impl<'a> Paced<'a> {
    pub(super) fn new(before: Before<'a>, factor: f64, least: f64) -> Self {
        Self {
            frames: Sieve::new(before),
            factor,
            least,
            end: 0.0,
            said: 0,
            still: None,
            next: None,
        }
    }
}

impl Reel for Paced<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        Ok(self.next(None)?.map(Frame::from))
    }

    fn next_part(&mut self, choose: Choose<'_>) -> Result<Option<Patch>, Refused> {
        self.next(Some(choose))
    }
}

impl Paced<'_> {
    fn next(&mut self, choose: Option<Choose<'_>>) -> Result<Option<Patch>, Refused> {
        let pulled = match self.next.take() {
            Some(frame) => Some(frame),
            None => self.frames.give(choose)?,
        };
        let Some(mut frame) = pulled else {
            return Ok(None);
        };
        if self.still.is_none() {
            self.next = self.frames.give(None)?;
            self.still = Some(self.next.is_none());
        }
        if self.still == Some(true) {
            return Ok(Some(frame));
        }
        let mut length = seen(frame.delay) * self.factor;
        while length < self.least - 1e-9
            && let Some(delay) = self.left_out()?
        {
            length += seen(delay) * self.factor;
        }
        self.end += length;
        let end = (self.end * f64::from(TICKS)).round() as u64;
        frame.delay = Delay {
            ticks: u32::try_from(end - self.said).unwrap_or(u32::MAX),
            per_second: TICKS,
        };
        self.said = end;
        Ok(Some(frame))
    }

    /// Leaves the next frame out; how long it would have been seen.
    fn left_out(&mut self) -> Result<Option<Delay>, Refused> {
        match self.next.take() {
            Some(frame) => {
                self.frames.forget();
                Ok(Some(frame.delay))
            }
            None => self.frames.leave_out(),
        }
    }
}
