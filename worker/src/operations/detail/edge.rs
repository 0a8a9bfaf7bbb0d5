//! Edge: the Sobel operator on luma, white on black; alpha stays.

use protocol::Edge;

use crate::operations::Effect;
use crate::operations::plane::{Plane, steepness};
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Edge {
    fn reach(&self) -> Option<usize> {
        Some(1)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        Plane::of(&picture).change(&mut picture, |pixel, around| {
            let edge = (steepness(around) + 0.5) as u8;
            *pixel = [edge, edge, edge, pixel[3]];
        });
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, letters};

    #[test]
    fn a_step_is_an_edge_and_a_plain_colour_is_none() {
        let result = done("edge", letters(4, "aaccaacc"));
        // Four times the step of 2.
        let values: Vec<u8> = result.as_pixels().iter().map(|pixel| pixel[0]).collect();
        assert_eq!(values, [0, 8, 8, 0, 0, 8, 8, 0]);
        // A step of 1 to the right and of 1 down: 3 + ... = (4, 4) in the middle of a ramp.
        let ramp = done("edge", letters(3, "abcbcdcde"));
        assert_eq!(ramp.as_pixels()[4], [11, 11, 11, 255]);
    }
}
