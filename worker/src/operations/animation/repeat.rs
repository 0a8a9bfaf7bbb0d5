//! Loop: how often an animation plays; its frames stay. (`loop` is no name for a file of Rust.)

use protocol::Loop;

use crate::operations::chain::{Before, Cut, Outline, Reel};
use crate::picture::Plays;

impl Cut for Loop {
    fn announce(&self, outline: &mut Outline) {
        outline.plays = Plays(self.count);
    }

    fn onto<'a>(&'a self, before: Before<'a>) -> Box<dyn Reel + 'a> {
        Box::new(before)
    }
}
