//! Invert: each colour becomes its complement; alpha stays.

use protocol::Invert;

use crate::operations::Effect;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Invert {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        for [r, g, b, _] in picture.as_pixels_mut() {
            (*r, *g, *b) = (255 - *r, 255 - *g, 255 - *b);
        }
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::picture;

    #[test]
    fn colours_are_complemented_and_alpha_stays() {
        let result = Invert {}.apply(picture(1, &[[0, 100, 255, 7]]));
        assert_eq!(result, Ok(picture(1, &[[255, 155, 0, 7]])));
    }
}
