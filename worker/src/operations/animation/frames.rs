//! Frames: some of the frames. The time of one that is left out between two that are kept goes
//! to the one before it.

use protocol::Frames;

use super::sieve::Sieve;
use crate::decode::Choose;
use crate::operations::chain::{Before, Cut, Reel};
use crate::picture::{Clock, Delay, Frame, Patch};
use crate::refused::Refused;

/// Ticks of the delays that come out of several, per second.
const TICKS: u16 = 10_000;

impl Cut for Frames {
    fn onto<'a>(&'a self, before: Before<'a>) -> Box<dyn Reel + 'a> {
        Box::new(Chosen {
            frames: Sieve::new(before),
            which: self,
            number: 0,
            kept: 0,
        })
    }
}

struct Chosen<'a> {
    frames: Sieve<'a>,
    which: &'a Frames,
    /// Of the frame that was read last; 1 is the first.
    number: u32,
    /// How many have come out.
    kept: u32,
}

impl Reel for Chosen<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        Ok(self.next(None)?.map(Frame::from))
    }

    fn next_part(&mut self, choose: Choose<'_>) -> Result<Option<Patch>, Refused> {
        self.next(Some(choose))
    }
}

impl<'a> Chosen<'a> {
    fn next(&mut self, choose: Option<Choose<'_>>) -> Result<Option<Patch>, Refused> {
        let kept = match self.kept {
            0 => self.first()?,
            _ => self.pull(|frames| frames.give(choose))?,
        };
        let Some(mut frame) = kept else {
            return Ok(None);
        };
        self.kept += 1;
        let mut clock = Clock::new(TICKS, u32::MAX);
        let mut more = 0;
        for _ in 1..self.which.step {
            let left_out = self.pull(Sieve::leave_out)?;
            let Some(delay) = left_out else { break };
            more += clock.ticks(delay);
        }
        if more > 0 {
            frame.delay = Delay {
                ticks: clock.ticks(frame.delay).saturating_add(more),
                per_second: TICKS,
            };
        }
        Ok(Some(frame))
    }

    /// The first frame that is chosen; an animation that is too short leaves its last one.
    fn first(&mut self) -> Result<Option<Patch>, Refused> {
        let mut last = None;
        while last.is_none() || self.number < self.which.first {
            match self.pull(|frames| frames.give(None))? {
                Some(frame) => last = Some(frame),
                None => break,
            }
        }
        Ok(last)
    }

    /// What `take` does with the next frame, if it is none behind the last one that is chosen.
    fn pull<T>(
        &mut self,
        take: impl FnOnce(&mut Sieve<'a>) -> Result<Option<T>, Refused>,
    ) -> Result<Option<T>, Refused> {
        if self.which.last.is_some_and(|last| self.number >= last) {
            return Ok(None);
        }
        let taken = take(&mut self.frames)?;
        self.number += u32::from(taken.is_some());
        Ok(taken)
    }
}
