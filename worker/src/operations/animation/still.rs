//! Still: one frame, without a time.

use protocol::{OutputFormat, Still};

use crate::operations::chain::{Before, Cut, Outline, Reel};
use crate::picture::{Delay, Frame, Plays};
use crate::refused::Refused;

impl Cut for Still {
    fn announce(&self, outline: &mut Outline) {
        *outline = Outline {
            format: OutputFormat::Png,
            plays: Plays::ONCE,
        };
    }

    fn onto<'a>(&'a self, before: Before<'a>) -> Box<dyn Reel + 'a> {
        Box::new(One {
            before,
            left: self.frame,
        })
    }
}

struct One<'a> {
    before: Before<'a>,
    /// Frames up to and with the one that is kept; 0 when that is done.
    left: u32,
}

impl Reel for One<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        let mut kept = None;
        while self.left > 0 {
            self.left -= 1;
            match self.before.next_frame()? {
                Some(frame) => kept = Some(frame),
                None => self.left = 0,
            }
        }
        Ok(kept.map(|frame: Frame| Frame {
            delay: Delay::NONE,
            ..frame
        }))
    }
}
