//! Emboss: brightness as height, lit from the top left.

use protocol::Emboss;

use crate::operations::Effect;
use crate::operations::plane::{Plane, gradient};
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Emboss {
    fn reach(&self) -> Option<usize> {
        Some(1)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        // A quarter of the Sobel sums, in 256ths.
        let depth = (self.depth * 64.0).round() as i32;
        Plane::of(&picture).change(&mut picture, |pixel, around| {
            let (across, down) = gradient(around);
            let light = (128 + (((across + down) * depth) >> 8)).clamp(0, 255) as u8;
            *pixel = [light, light, light, pixel[3]];
        });
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, letters};

    #[test]
    fn what_rises_towards_the_bottom_right_is_lit() {
        let result = done("emboss:1", letters(4, "aayyaaayyyyyyaaa"));
        let at = |x: usize, y: usize| result.as_pixels()[y * 4 + x][0];
        assert!(
            at(1, 0) > 128 && at(1, 3) < 128,
            "{} {}",
            at(1, 0),
            at(1, 3)
        );
        let plain = done("emboss:5", letters(3, "aaaaaa"));
        assert!(
            plain
                .as_pixels()
                .iter()
                .all(|pixel| *pixel == [128, 128, 128, 255])
        );
    }
}
