//! Rotate: clockwise about the middle. Multiples of 90 degrees move whole pixels; any other
//! angle interpolates linearly between premultiplied colours. What becomes free is background.

use protocol::{Colour, Rotate};

use crate::operations::compose;
use crate::operations::sample::{Outside, PX, sample};
use crate::operations::{Effect, Parts};
use crate::picture::{Picture, Size, Turn};
use crate::refused::Refused;

/// What rounding may add to a side that is a whole number by geometry.
const SLACK: f64 = 1e-6;

impl Effect for Rotate {
    fn result_size(&self, size: Size) -> Size {
        if !self.expand {
            return size;
        }
        match by_quarters(self.degrees) {
            Some(turn) => turn.size(size),
            None => {
                let (sin, cos) = self.degrees.to_radians().sin_cos();
                let (width, height) = (f64::from(size.width), f64::from(size.height));
                let side = |a: f64, b: f64| (a.abs() + b.abs() - SLACK).ceil().max(1.0) as u32;
                Size::new(
                    side(width * cos, height * sin),
                    side(width * sin, height * cos),
                )
            }
        }
    }

    fn parts(&self) -> Option<&dyn Parts> {
        let turn = by_quarters(self.degrees)?;
        // Else something is cut off, and something added.
        let keeps_all = self.expand || !turn.transposed;
        keeps_all.then_some(turn)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = self.result_size(picture.size);
        let turned = match by_quarters(self.degrees) {
            Some(turn) => turn.applied(picture),
            None => interpolated(&picture, size, self.degrees, self.background),
        };
        Ok(centred(turned, size, self.background))
    }
}

static QUARTERS: [Turn; 4] = Turn::QUARTERS;

/// The turn by whole quarters; `None` for any other angle.
fn by_quarters(degrees: f64) -> Option<&'static Turn> {
    let quarters = degrees.rem_euclid(360.0) / 90.0;
    let is_whole = quarters.fract() == 0.0;
    is_whole.then(|| &QUARTERS[quarters as usize % QUARTERS.len()])
}

/// `picture` in the middle of a canvas of `size`; half a pixel too far left or up when the
/// sides differ by an odd number.
fn centred(picture: Picture, size: Size, background: Colour) -> Picture {
    if picture.size == size {
        return picture;
    }
    let mut canvas = compose::filled(size, background);
    let start = |from: u32, to: u32| {
        let (from, to) = (i64::from(from), i64::from(to));
        (to - from).max(0) / 2 - (from - to).max(0) / 2
    };
    let left = start(picture.size.width, size.width);
    let top = start(picture.size.height, size.height);
    compose::place(&mut canvas, &picture, left, top);
    canvas
}

/// For each pixel of the result, where it was: the turn backwards about both middles, in steps
/// of whole numbers along each row.
fn interpolated(picture: &Picture, size: Size, degrees: f64, background: Colour) -> Picture {
    const FINE: f64 = 16_777_216.0;
    let mut result = Picture::blank(size);
    let (sin, cos) = degrees.to_radians().sin_cos();
    let middle = |side: u32| f64::from(side) / 2.0;
    let (from_x, from_y) = (middle(picture.size.width), middle(picture.size.height));
    let (to_x, to_y) = (middle(size.width), middle(size.height));
    // 2²⁴ of these are one 256th of a px.
    let fine = |px: f64| (px * PX * FINE).round() as i64;
    let (step_x, step_y) = (fine(cos), fine(-sin));
    let outside = Outside::Colour(background.0);
    for (y, row) in result.rows_mut().enumerate() {
        let (dx, dy) = (0.5 - to_x, y as f64 + 0.5 - to_y);
        let half = 0.5 / PX;
        let mut x = fine(dx * cos + dy * sin + from_x - 0.5 + half);
        let mut y = fine(dy * cos - dx * sin + from_y - 0.5 + half);
        for pixel in row.as_chunks_mut().0 {
            *pixel = sample(picture, ((x >> 24) as i32, (y >> 24) as i32), outside);
            (x, y) = (x + step_x, y + step_y);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::{letters, picture, spelt};

    fn rotate(degrees: f64, expand: bool) -> Rotate {
        Rotate {
            degrees,
            expand,
            background: Colour::TRANSPARENT,
        }
    }

    fn applied(degrees: f64, expand: bool, given: Picture) -> Picture {
        rotate(degrees, expand).apply(given).unwrap()
    }

    #[test]
    fn quarter_turns_are_clockwise_and_exact() {
        for (degrees, result) in [
            (0.0, "abcdef"),
            (90.0, "daebfc"),
            (180.0, "fedcba"),
            (270.0, "cfbead"),
            (-90.0, "cfbead"),
            (360.0, "abcdef"),
            (-360.0, "abcdef"),
        ] {
            let turned = applied(degrees, true, letters(3, "abcdef"));
            assert_eq!(spelt(&turned), result, "{degrees} degrees");
        }
    }

    #[test]
    fn without_expand_the_canvas_keeps_its_size() {
        let result = applied(90.0, false, letters(4, "abcdefgh"));
        assert_eq!(result.size, Size::new(4, 2));
        // The turned column pair, in the middle; the rest is transparent.
        assert_eq!(spelt(&result), "\0fb\0\0gc\0");
    }

    #[test]
    fn the_canvas_grows_to_hold_every_corner() {
        let rotate = rotate(45.0, true);
        assert_eq!(rotate.result_size(Size::new(10, 10)), Size::new(15, 15));
        assert_eq!(rotate.result_size(Size::new(1, 1)), Size::new(2, 2));
    }

    #[test]
    fn an_odd_angle_keeps_the_colour_and_clears_the_corners() {
        let result = applied(30.0, true, picture(8, &[[200, 100, 50, 255]; 64]));
        let pixels = result.as_pixels();
        assert_eq!(pixels[0], [0; 4]);
        assert_eq!(pixels[pixels.len() / 2], [200, 100, 50, 255]);
        let faded = pixels.iter().filter(|pixel| pixel[3] > 0);
        assert!(faded.clone().count() > 50);
        for pixel in faded {
            assert_eq!(pixel[..3], [200, 100, 50], "no dark seam");
        }
    }

    #[test]
    fn a_small_clockwise_turn_moves_the_right_edge_down() {
        let mut given = Picture::blank(Size::new(21, 21));
        given.as_pixels_mut()[10 * 21 + 20] = [9, 9, 9, 255];
        let result = applied(20.0, false, given);
        let row = result
            .as_pixels()
            .iter()
            .position(|pixel| pixel[3] > 60)
            .unwrap()
            / 21;
        assert!(row > 11, "in row {row}");
    }
}
