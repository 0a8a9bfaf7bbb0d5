//! Brightness: each channel times a factor, as CSS `brightness()` and Pillow's
//! `ImageEnhance.Brightness` have it.

use protocol::Brightness;

use crate::operations::Effect;
use crate::operations::colours::Curve;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Brightness {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        Curve::new(|value| value * self.factor).apply(&mut picture);
        Ok(picture)
    }
}
