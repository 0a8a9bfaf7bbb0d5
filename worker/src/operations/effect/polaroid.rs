//! Polaroid: an instant photograph: a little faded, in its white frame.

use protocol::{Colour, Polaroid};

use crate::operations::colours::Matrix;
use crate::operations::compose;
use crate::operations::{Effect, mask};
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// Pale blacks, warm whites.
const FADED: [[f64; 4]; 3] = [
    [0.86, 0.06, 0.00, 22.0],
    [0.04, 0.86, 0.02, 17.0],
    [0.03, 0.10, 0.72, 26.0],
];

const PAPER: Colour = Colour([249, 247, 241, 255]);
/// The line around the picture.
const EDGE: Colour = Colour([214, 210, 200, 255]);

/// The frame's sides, and what is below, px.
fn frame(size: Size) -> (u32, u32) {
    let side = (size.width.max(size.height) / 16).max(2);
    (side, side * 7 / 2)
}

impl Effect for Polaroid {
    fn result_size(&self, size: Size) -> Size {
        let (side, below) = frame(size);
        Size::new(size.width + 2 * side, size.height + side + below)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let own = picture.size;
        let (side, _) = frame(own);
        let line = (side / 14).max(1);
        Matrix::new(FADED).apply(&mut picture);
        compose::flatten(&mut picture, EDGE);
        let lined = Size::new(own.width + 2 * line, own.height + 2 * line);
        picture = compose::on_canvas(picture, lined, (line, line), EDGE);
        let at = (side - line, side - line);
        let mut result = compose::on_canvas(picture, self.result_size(own), at, PAPER);
        mask::round(&mut result, f64::from(side) / 6.0, Colour::TRANSPARENT);
        Ok(result)
    }
}
