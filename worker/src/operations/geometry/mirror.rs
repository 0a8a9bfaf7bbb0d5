//! Mirror: left and right exchanged.

use protocol::Mirror;

use crate::operations::{Effect, Parts};
use crate::picture::{Picture, Turn};
use crate::refused::Refused;

impl Effect for Mirror {
    fn parts(&self) -> Option<&dyn Parts> {
        Some(&Turn::MIRRORED)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        picture.mirror();
        Ok(picture)
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
