//! Levels: a new black, a new white, and a gamma between them.

use protocol::Levels;

use crate::operations::Effect;
use crate::operations::colours::Curve;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Levels {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let (black, white) = (f64::from(self.black), f64::from(self.white));
        let exponent = 1.0 / self.gamma;
        Curve::new(|value| {
            let share = ((value - black) / (white - black)).clamp(0.0, 1.0);
            share.powf(exponent) * 255.0
        })
        .apply(&mut picture);
        Ok(picture)
    }
}
