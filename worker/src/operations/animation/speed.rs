//! Speed: the same frames in less or more time.

use protocol::Speed;

use super::pace::{Paced, SHORTEST};
use crate::operations::chain::{Before, Cut, Reel};

impl Cut for Speed {
    fn onto<'a>(&'a self, before: Before<'a>) -> Box<dyn Reel + 'a> {
        Box::new(Paced::new(before, 1.0 / self.factor, SHORTEST))
    }
}
