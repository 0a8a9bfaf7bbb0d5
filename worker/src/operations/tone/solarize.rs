//! Solarize: what is bright is inverted, as Pillow's `ImageOps.solarize` has it.

use protocol::Solarize;

use crate::operations::Effect;
use crate::operations::colours::Curve;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Solarize {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let threshold = f64::from(self.threshold);
        Curve::new(|value| {
            if value < threshold {
                value
            } else {
                255.0 - value
            }
        })
        .apply(&mut picture);
        Ok(picture)
    }
}
