//! Posterize: a few even tones of each channel, black and full among them.

use protocol::Posterize;

use crate::operations::Effect;
use crate::operations::colours::Curve;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Posterize {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let levels = f64::from(self.levels);
        Curve::new(|value| (value * levels / 256.0).floor() * 255.0 / (levels - 1.0))
            .apply(&mut picture);
        Ok(picture)
    }
}
