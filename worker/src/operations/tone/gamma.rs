//! Gamma: the middle tones brighter or darker.

use protocol::Gamma;

use crate::operations::Effect;
use crate::operations::colours::Curve;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Gamma {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let exponent = 1.0 / self.gamma;
        Curve::new(|value| (value / 255.0).powf(exponent) * 255.0).apply(&mut picture);
        Ok(picture)
    }
}
