//! Extend: more room on each side, of a colour or of the picture itself.

use protocol::{Beside, Extend};

use super::canvas::{Laid, Lays};
use crate::operations::{Effect, Parts};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

/// Added at the top, right, bottom and left, px.
fn sides(extend: &Extend) -> [u32; 4] {
    let right = extend.right.unwrap_or(extend.top);
    [
        extend.top,
        right,
        extend.bottom.unwrap_or(extend.top),
        extend.left.unwrap_or(right),
    ]
}

impl Effect for Extend {
    fn result_size(&self, size: Size) -> Size {
        let [top, right, bottom, left] = sides(self);
        Size::new(size.width + left + right, size.height + top + bottom)
    }

    fn parts(&self) -> Option<&dyn Parts> {
        match self.mode {
            Beside::Color => Some(self),
            Beside::Edge | Beside::Mirror | Beside::Repeat => None,
        }
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = self.result_size(picture.size);
        if self.mode == Beside::Color {
            let laid = self.laid(picture.size);
            return Ok(laid.part(picture, Area::all(size)));
        }
        let [top, _, _, left] = sides(self);
        let columns = sources(self.mode, left, size.width, picture.size.width);
        let rows = sources(self.mode, top, size.height, picture.size.height);
        let mut result = Picture::blank(size);
        let pixels = picture.as_pixels();
        for (target, row) in result.rows_mut().zip(rows) {
            let source = &pixels[row * picture.size.width as usize..];
            for (pixel, column) in target.as_chunks_mut().0.iter_mut().zip(&columns) {
                *pixel = source[*column];
            }
        }
        Ok(result)
    }
}

/// With a colour at the sides.
impl Lays for Extend {
    fn laid(&self, size: Size) -> Laid {
        let [top, _, _, left] = sides(self);
        Laid::new(self.result_size(size), size, (left, top), self.background)
    }
}

/// For each place of a side of `length`, which of the picture's `own` it shows.
fn sources(mode: Beside, before: u32, length: u32, own: u32) -> Vec<usize> {
    let own = i64::from(own);
    let source = |at: i64| match mode {
        Beside::Color | Beside::Edge => at.clamp(0, own - 1),
        Beside::Repeat => at.rem_euclid(own),
        Beside::Mirror => {
            let at = at.rem_euclid(2 * own);
            at.min(2 * own - 1 - at)
        }
    };
    (0..i64::from(length))
        .map(|at| source(at - i64::from(before)) as usize)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, letters, spelt};

    #[test]
    fn each_side_gets_what_it_was_asked_for() {
        for (text, expected) in [
            ("extend:0:3:mode=edge", "aaaabbbb"),
            ("extend:0:3:mode=mirror", "bbaabbaa"),
            ("extend:0:3:mode=repeat", "babababa"),
            ("extend:0:1:0:2", "\0\0ab\0"),
            ("extend:0:0:1:background=#414141", "abAA"),
            ("extend:1:0", "\0\0ab\0\0"),
        ] {
            let result = done(text, letters(2, "ab"));
            assert_eq!(spelt(&result), expected, "{text}");
        }
    }
}
