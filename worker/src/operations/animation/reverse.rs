//! Reverse: the last frame first. All frames have to wait on a [`Shelf`].

use protocol::Reverse;

use super::shelf::Shelf;
use crate::decode::Choose;
use crate::operations::chain::{Before, Cut, Reel};
use crate::picture::{Frame, Patch};
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
        self.read()?;
        Ok(self.shelf.take(None).map(Frame::from))
    }

    fn next_part(&mut self, choose: Choose<'_>) -> Result<Option<Patch>, Refused> {
        self.read()?;
        Ok(self.shelf.take(Some(choose)))
    }
}

impl Backwards<'_> {
    /// Takes in all frames, once.
    fn read(&mut self) -> Result<(), Refused> {
        if self.read {
            return Ok(());
        }
        self.read = true;
        let mut next = self.before.next_frame()?.map(Patch::from);
        while let Some(patch) = next {
            self.shelf.put(&patch);
            next = self.before.next_part(&mut |changed, _| changed)?;
        }
        Ok(())
    }
}
