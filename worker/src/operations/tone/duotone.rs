//! Duotone: from one colour to another by luma.

use protocol::Duotone;

use crate::operations::Effect;
use crate::operations::colours::{between, map_luma};
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Duotone {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let (dark, light) = (self.dark.0, self.light.0);
        let colours = std::array::from_fn(|luma| {
            [0, 1, 2].map(|channel| between(dark[channel], light[channel], luma as u32))
        });
        map_luma(&mut picture, &colours);
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::picture;
    use protocol::Colour;

    #[test]
    fn black_and_white_become_the_two_colours() {
        let duotone = Duotone {
            dark: Colour([10, 20, 30, 255]),
            light: Colour([210, 220, 130, 255]),
        };
        let given = picture(3, &[[0, 0, 0, 5], [255, 255, 255, 6], [51, 51, 51, 7]]);
        let expected = picture(3, &[[10, 20, 30, 5], [210, 220, 130, 6], [50, 60, 50, 7]]);
        assert_eq!(duotone.apply(given), Ok(expected));
    }
}
