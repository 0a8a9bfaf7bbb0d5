//! Pad: a larger canvas of a given size or aspect ratio.

use protocol::Pad;

use super::canvas::{self, Laid, Lays};
use crate::operations::{Effect, Parts};
use crate::picture::{Area, Picture, Size};
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

    fn parts(&self) -> Option<&dyn Parts> {
        Some(self)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let laid = self.laid(picture.size);
        if laid.size == picture.size {
            return Ok(picture);
        }
        Ok(laid.part(picture, Area::all(laid.size)))
    }
}

impl Lays for Pad {
    fn laid(&self, size: Size) -> Laid {
        let larger = self.result_size(size);
        let at = canvas::start(self.gravity, larger, size);
        Laid::new(larger, size, at, self.background)
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
