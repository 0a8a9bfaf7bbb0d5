//! Sepia: the brown of old photographs.
//!
//! Source: W3C Filter Effects Module Level 1, `sepia()`.

use protocol::Sepia;

use crate::operations::Effect;
use crate::operations::colours::Matrix;
use crate::picture::Picture;
use crate::refused::Refused;

const SEPIA: [[f64; 4]; 3] = [
    [0.393, 0.769, 0.189, 0.0],
    [0.349, 0.686, 0.168, 0.0],
    [0.272, 0.534, 0.131, 0.0],
];

impl Effect for Sepia {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        Matrix::towards(SEPIA, self.amount).apply(&mut picture);
        Ok(picture)
    }
}
