//! Grayscale: each colour becomes its luma; alpha stays.
//!
//! Source: ITU-R BT.601, in the 16-bit fixed point of Pillow's conversion to mode L.

use protocol::Grayscale;

use super::Effect;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Grayscale {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        for [r, g, b, _] in picture.as_pixels_mut() {
            let weighted = u32::from(*r) * 19_595 + u32::from(*g) * 38_470 + u32::from(*b) * 7_471;
            let luma = ((weighted + 0x8000) >> 16) as u8;
            (*r, *g, *b) = (luma, luma, luma);
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
