//! Shake: the picture, a little enlarged, thrown to and fro.

use protocol::Shake;

use super::generated::Script;
use crate::operations::random::Random;
use crate::operations::sample::{Outside, warped};
use crate::picture::Picture;

impl Script for Shake {
    const FRAMES: u32 = 12;
    const DELAY_CS: u16 = 4;

    fn frame(&self, picture: &Picture, number: u32) -> Picture {
        shaken(picture, number, self.amount / 100.0)
    }
}

/// Moved by up to `amount` of its size; enlarged so far that no edge is seen.
pub(super) fn shaken(picture: &Picture, number: u32, amount: f64) -> Picture {
    let mut random = Random::new(number + 77);
    let (width, height) = (
        f64::from(picture.size.width),
        f64::from(picture.size.height),
    );
    let scale = 1.0 - 2.0 * amount;
    // To another side each time.
    let side = |odd: u32| {
        if (number / odd).is_multiple_of(2) {
            1.0
        } else {
            -1.0
        }
    };
    let move_x = width * amount * side(1) * (0.4 + 0.6 * random.unit());
    let move_y = height * amount * side(2) * (0.4 + 0.6 * random.unit());
    warped(picture, picture.size, Outside::Edge, |x, y| {
        (
            (x - width / 2.0) * scale + width / 2.0 + move_x,
            (y - height / 2.0) * scale + height / 2.0 + move_y,
        )
    })
}
