//! Polaroid: an instant photograph: a little faded, in its white frame.

use protocol::{Colour, Polaroid};

use crate::operations::colours::Matrix;
use crate::operations::compose::{self, Lay};
use crate::operations::{Effect, mask};
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// Pale blacks, warm whites.
const FADED: [[f64; 4]; 3] = [
    [0.86, 0.06, 0.00, 22.0],
    [0.04, 0.86, 0.02, 17.0],
    [0.03, 0.10, 0.72, 26.0],
];

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
        let (side, _) = frame(picture.size);
        Matrix::new(FADED).apply(&mut picture);
        let size = self.result_size(picture.size);
        let mut result = compose::filled(size, Colour([249, 247, 241, 255]));
        let line = i64::from((side / 14).max(1));
        let around = Size::new(
            picture.size.width + 2 * line as u32,
            picture.size.height + 2 * line as u32,
        );
        let edge = compose::filled(around, Colour([214, 210, 200, 255]));
        let side = i64::from(side);
        compose::place(&mut result, &edge, side - line, side - line, Lay::Replace);
        compose::place(&mut result, &picture, side, side, Lay::Over);
        mask::round(&mut result, side as f64 / 6.0, Colour::TRANSPARENT);
        Ok(result)
    }
}
