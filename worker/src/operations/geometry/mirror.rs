//! Mirror: left and right exchanged.

use protocol::Mirror;

use crate::operations::{Effect, Parts};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

impl Effect for Mirror {
    fn parts(&self) -> Option<&dyn Parts> {
        Some(self)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        picture.mirror();
        Ok(picture)
    }
}

impl Parts for Mirror {
    fn touched(&self, changed: Area, size: Size) -> Area {
        changed.mirrored(size)
    }

    fn needed(&self, wanted: Area, size: Size) -> Area {
        wanted.mirrored(size)
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
    fn the_last_column_comes_first() {
        let result = Mirror {}.apply(letters(3, "abcdef"));
        assert_eq!(result.as_ref().map(spelt), Ok("cbafed".to_owned()));
    }
}
