//! Flip: upside down.

use protocol::Flip;

use crate::operations::{Effect, Parts};
use crate::picture::{Picture, Turn};
use crate::refused::Refused;

impl Effect for Flip {
    fn parts(&self) -> Option<&dyn Parts> {
        Some(&Turn::FLIPPED)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        picture.flip();
        Ok(picture)
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
