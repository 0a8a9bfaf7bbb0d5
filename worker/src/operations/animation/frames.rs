//! Frames: some of the frames. The time of one that is left out between two that are kept goes
//! to the one before it.

use protocol::Frames;

use crate::operations::chain::{Before, Cut, Reel};
use crate::picture::{Clock, Delay, Frame};
use crate::refused::Refused;

/// Ticks of the delays that come out of several, per second.
const TICKS: u16 = 10_000;

impl Cut for Frames {
    fn onto<'a>(&'a self, before: Before<'a>) -> Box<dyn Reel + 'a> {
        Box::new(Chosen {
            before,
            which: self,
            number: 0,
            kept: 0,
        })
    }
}

struct Chosen<'a> {
    before: Before<'a>,
    which: &'a Frames,
    /// Of the frame that was read last; 1 is the first.
    number: u32,
    /// How many have come out.
    kept: u32,
}

impl Chosen<'_> {
    fn pull(&mut self) -> Result<Option<Frame>, Refused> {
        if self.which.last.is_some_and(|last| self.number >= last) {
            return Ok(None);
        }
        let frame = self.before.next_frame()?;
        self.number += u32::from(frame.is_some());
        Ok(frame)
    }
}

impl Reel for Chosen<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        let mut kept = None;
        while kept.is_none() || self.number < self.which.first {
            match self.pull()? {
                Some(frame) => kept = Some(frame),
                // An animation that is too short leaves its last frame.
                None if self.kept == 0 => break,
                None => return Ok(None),
            }
        }
        let Some(mut frame) = kept else {
            return Ok(None);
        };
        self.kept += 1;
        let mut clock = Clock::new(TICKS, u32::MAX);
        let mut more = 0;
        for _ in 1..self.which.step {
            let Some(left_out) = self.pull()? else { break };
            more += clock.ticks(left_out.delay);
        }
        if more > 0 {
            frame.delay = Delay {
                ticks: clock.ticks(frame.delay).saturating_add(more),
                per_second: TICKS,
            };
        }
        Ok(Some(frame))
    }
}
