//! Turns and reflections, as operations that can be done to parts.

use crate::operations::Parts;
use crate::picture::{Area, Picture, Size, Turn};
use crate::refused::Refused;

impl Parts for Turn {
    fn touched(&self, changed: Area, size: Size) -> Area {
        self.place(changed, size)
    }

    fn needed(&self, wanted: Area, size: Size) -> Area {
        self.source(wanted, size)
    }

    fn apply_to_part(&self, part: Picture, _wanted: Area, _size: Size) -> Result<Picture, Refused> {
        Ok(self.applied(part))
    }
}
