//! Fps: fewer frames in the same time.

use protocol::Fps;

use super::pace::Paced;
use crate::operations::chain::{Before, Cut, Reel};

impl Cut for Fps {
    fn onto<'a>(&'a self, before: Before<'a>) -> Box<dyn Reel + 'a> {
        Box::new(Paced::new(before, 1.0, 1.0 / self.rate))
    }
}
