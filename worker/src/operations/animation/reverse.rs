//! Reverse: the last frame first. All frames have to wait on a [`Shelf`].

use protocol::Reverse;

use super::shelf::Shelf;
use crate::operations::chain::{Before, Cut, Reel};
use crate::picture::Frame;
use crate::refused::Refused;

impl Cut for Reverse {
    fn onto<'a>(&'a self, before: Before<'a>) -> Box<dyn Reel + 'a> {
        Box::new(Backwards {
            before,
            shelf: Shelf::default(),
            read: false,
        })
    }
}

struct Backwards<'a> {
    before: Before<'a>,
    shelf: Shelf,
    read: bool,
}

impl Reel for Backwards<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        if !self.read {
            self.read = true;
            while let Some(frame) = self.before.next_frame()? {
                self.shelf.put(&frame);
            }
        }
        Ok(self.shelf.take())
    }
}
