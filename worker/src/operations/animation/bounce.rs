//! Bounce: forwards, then backwards; neither the first nor the last frame comes twice in a row.

use protocol::Bounce;

use super::shelf::Shelf;
use crate::operations::chain::{Before, Cut, Reel};
use crate::picture::Frame;
use crate::refused::Refused;

impl Cut for Bounce {
    fn onto<'a>(&'a self, before: Before<'a>) -> Box<dyn Reel + 'a> {
        Box::new(ThereAndBack {
            before,
            shelf: Shelf::default(),
            turned: false,
        })
    }
}

struct ThereAndBack<'a> {
    before: Before<'a>,
    shelf: Shelf,
    turned: bool,
}

impl Reel for ThereAndBack<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        if !self.turned {
            if let Some(frame) = self.before.next_frame()? {
                self.shelf.put(&frame);
                return Ok(Some(frame));
            }
            self.turned = true;
            self.shelf.take();
        }
        // The first one comes again when the animation does.
        if self.shelf.len() < 2 {
            return Ok(None);
        }
        Ok(self.shelf.take())
    }
}
