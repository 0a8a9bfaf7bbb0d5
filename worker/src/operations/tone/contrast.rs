//! Contrast: away from middle grey, as CSS `contrast()` has it. Not from the picture's own mean
//! as Pillow does it: frames of an animation would flicker.

use protocol::Contrast;

use crate::operations::Effect;
use crate::operations::colours::Curve;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Contrast {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        Curve::new(|value| (value - 127.5) * self.factor + 127.5).apply(&mut picture);
        Ok(picture)
    }
}
