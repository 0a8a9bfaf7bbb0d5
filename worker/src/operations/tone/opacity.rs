//! Opacity: alpha times a factor.

use protocol::Opacity;

use crate::operations::Effect;
use crate::operations::colours::Curve;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Opacity {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let curve = Curve::new(|value| value * self.factor);
        for [_, _, _, alpha] in picture.as_pixels_mut() {
            *alpha = curve.of(*alpha);
        }
        Ok(picture)
    }
}
