//! Border: a frame around the picture.

use protocol::{Border, Colour};

use crate::operations::Effect;
use crate::operations::compose;
use crate::operations::mask;
use crate::picture::{Picture, Size};
use crate::refused::Refused;

impl Effect for Border {
    fn result_size(&self, size: Size) -> Size {
        Size::new(size.width + 2 * self.width, size.height + 2 * self.width)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let inner = self.radius.saturating_sub(self.width);
        if inner > 0 {
            mask::round(&mut picture, inner.into(), self.color);
        }
        let (size, at) = (self.result_size(picture.size), (self.width, self.width));
        let mut result = compose::on_canvas(picture, size, at, self.color);
        if self.radius > 0 {
            mask::round(&mut result, self.radius.into(), Colour::TRANSPARENT);
        }
        Ok(result)
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
