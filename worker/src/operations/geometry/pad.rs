//! Pad: a larger canvas of a given size or aspect ratio.

use protocol::Pad;

use super::canvas;
use crate::operations::Effect;
use crate::operations::compose;
use crate::picture::{Picture, Size};
use crate::refused::Refused;

impl Effect for Pad {
    fn result_size(&self, size: Size) -> Size {
        let width = self.width.unwrap_or(0).max(size.width);
        let height = self.height.unwrap_or(0).max(size.height);
        let Some(ratio) = self.aspect else {
            return Size::new(width, height);
        };
        let side = |side: f64| side.round() as u32;
        let wanted_width = side(f64::from(height) * ratio.0);
        if wanted_width >= width {
            Size::new(wanted_width, height)
        } else {
            Size::new(width, side(f64::from(width) / ratio.0).max(height))
        }
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = self.result_size(picture.size);
        if size == picture.size {
            return Ok(picture);
        }
        let at = canvas::start(self.gravity, size, picture.size);
        Ok(compose::on_canvas(picture, size, at, self.background))
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, letters, spelt};

    #[test]
    fn the_canvas_grows_to_what_is_asked_for_and_never_shrinks() {
        for (text, width, expected) in [
            ("pad:4:3", 4, "\0\0\0\0\0ab\0\0\0\0\0"),
            ("pad:1:2:south", 2, "\0\0ab"),
            ("pad:aspect=1", 2, "ab\0\0"),
            ("pad:aspect=4:gravity=east", 4, "\0\0ab"),
            ("pad:1:1", 2, "ab"),
        ] {
            let result = done(text, letters(2, "ab"));
            assert_eq!(
                (result.size.width, spelt(&result).as_str()),
                (width, expected),
                "{text}"
            );
        }
    }
}
