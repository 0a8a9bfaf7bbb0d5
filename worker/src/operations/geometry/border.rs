//! Border: a frame around the picture.

use protocol::{Border, Colour};

use super::canvas::{Laid, Lays};
use crate::operations::mask;
use crate::operations::{Effect, Parts};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

impl Effect for Border {
    fn result_size(&self, size: Size) -> Size {
        Size::new(size.width + 2 * self.width, size.height + 2 * self.width)
    }

    fn parts(&self) -> Option<&dyn Parts> {
        (self.radius == 0).then_some(self)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let inner = self.radius.saturating_sub(self.width);
        if inner > 0 {
            mask::round(&mut picture, inner.into(), self.color);
        }
        let laid = self.laid(picture.size);
        let mut result = laid.part(picture, Area::all(laid.size));
        if self.radius > 0 {
            mask::round(&mut result, self.radius.into(), Colour::TRANSPARENT);
        }
        Ok(result)
    }
}

/// With corners as they are.
impl Lays for Border {
    fn laid(&self, size: Size) -> Laid {
        let at = (self.width, self.width);
        Laid::new(self.result_size(size), size, at, self.color)
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, letters, spelt};

    #[test]
    fn the_frame_goes_all_around() {
        let result = done("border:1:#414141", letters(1, "x"));
        assert_eq!(spelt(&result), "AAAAxAAAA");
    }
}
