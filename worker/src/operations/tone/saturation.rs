//! Saturation: each channel away from the luma of its pixel, as Pillow's `ImageEnhance.Color`
//! has it.

use protocol::Saturation;

use crate::operations::Effect;
use crate::operations::colours::Matrix;
use crate::picture::Picture;
use crate::refused::Refused;

const GREY: [[f64; 4]; 3] = [[0.299, 0.587, 0.114, 0.0]; 3];

impl Effect for Saturation {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        Matrix::towards(GREY, 1.0 - self.factor).apply(&mut picture);
        Ok(picture)
    }
}
