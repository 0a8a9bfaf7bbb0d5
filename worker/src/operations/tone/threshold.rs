//! Threshold: black and white by luma.

use protocol::Threshold;

use crate::operations::Effect;
use crate::operations::colours::map_luma;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Threshold {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let colours = std::array::from_fn(|luma| {
            if luma < self.level as usize {
                [0; 3]
            } else {
                [255; 3]
            }
        });
        map_luma(&mut picture, &colours);
        Ok(picture)
    }
}
