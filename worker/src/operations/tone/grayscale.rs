//! Grayscale: each colour becomes its luma; alpha stays.

use protocol::Grayscale;

use crate::operations::Effect;
use crate::operations::colours::luma;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Grayscale {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        for pixel in picture.as_pixels_mut() {
            let luma = luma(*pixel);
            *pixel = [luma, luma, luma, pixel[3]];
        }
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::picture;

    #[test]
    fn luma_is_that_of_pillow() {
        let colours = [
            [255, 0, 0, 9],
            [0, 255, 0, 8],
            [0, 0, 255, 7],
            [10, 200, 30, 6],
        ];
        // Image.new("RGB", (1, 1), colour).convert("L") in Pillow 13.
        let lumas = [
            [76, 76, 76, 9],
            [150, 150, 150, 8],
            [29, 29, 29, 7],
            [124, 124, 124, 6],
        ];
        assert_eq!(
            Grayscale {}.apply(picture(4, &colours)),
            Ok(picture(4, &lumas))
        );
    }
}
