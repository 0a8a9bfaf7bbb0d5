//! Flip: upside down.

use protocol::Flip;

use crate::operations::{Effect, Parts};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

impl Effect for Flip {
    fn parts(&self) -> Option<&dyn Parts> {
        Some(self)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        picture.flip();
        Ok(picture)
    }
}

impl Parts for Flip {
    fn touched(&self, changed: Area, size: Size) -> Area {
        changed.flipped(size)
    }

    fn needed(&self, wanted: Area, size: Size) -> Area {
        wanted.flipped(size)
    }

    fn apply_to_part(&self, part: Picture, _wanted: Area, _size: Size) -> Result<Picture, Refused> {
        self.apply(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::{letters, spelt};

    #[test]
    fn the_last_row_comes_first() {
        let result = Flip {}.apply(letters(2, "abcdef"));
        assert_eq!(result.as_ref().map(spelt), Ok("efcdab".to_owned()));
    }
}
