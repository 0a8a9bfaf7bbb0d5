//! Hue: a turn about the grey axis that keeps the luminance.
//!
//! Source: W3C Filter Effects Module Level 1, `feColorMatrix` of type `hueRotate`.

use protocol::Hue;

use crate::operations::Effect;
use crate::operations::colours::Matrix;
use crate::picture::Picture;
use crate::refused::Refused;

/// Weights of red, green and blue in the luminance.
const LUMINANCE: [f64; 3] = [0.213, 0.715, 0.072];
/// The quarter turn, as the specification gives it.
const QUARTER: [[f64; 3]; 3] = [
    [-0.213, -0.715, 0.928],
    [0.143, 0.140, -0.283],
    [-0.787, 0.715, 0.072],
];

impl Effect for Hue {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        let rows = std::array::from_fn(|row| {
            std::array::from_fn(|column| {
                let Some(luminance) = LUMINANCE.get(column) else {
                    return 0.0;
                };
                let own = if row == column { 1.0 } else { 0.0 };
                luminance + cos * (own - luminance) + sin * QUARTER[row][column]
            })
        });
        Matrix::new(rows).apply(&mut picture);
        Ok(picture)
    }
}
