//! Bounce: forwards, then backwards; neither the first nor the last frame comes twice in a row.

use protocol::Bounce;

use super::shelf::Shelf;
use crate::decode::Choose;
use crate::operations::chain::{Before, Cut, Reel};
use crate::picture::{Area, Frame, Patch};
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
        Ok(self.next(None)?.map(Frame::from))
    }

    fn next_part(&mut self, choose: Choose<'_>) -> Result<Option<Patch>, Refused> {
        self.next(Some(choose))
    }
}

impl ThereAndBack<'_> {
    fn next(&mut self, mut choose: Option<Choose<'_>>) -> Result<Option<Patch>, Refused> {
        if !self.turned {
            let patch = match &mut choose {
                Some(choose) if self.shelf.len() > 0 => {
                    // The shelf wants all that changed.
                    let mut both = |changed: Area, size| choose(changed, size).around(changed);
                    self.before.next_part(&mut both)?
                }
                _ => self.before.next_frame()?.map(Patch::from),
            };
            if let Some(patch) = patch {
                self.shelf.put(&patch);
                return Ok(Some(patch));
            }
            self.turned = true;
            self.shelf.skip();
        }
        // The first one comes again when the animation does.
        match self.shelf.len() {
            0 | 1 => Ok(None),
            _ => Ok(self.shelf.take(choose)),
        }
    }
}
