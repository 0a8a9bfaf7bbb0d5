//! Flatten: the picture on a background.

use protocol::Flatten;

use crate::operations::Effect;
use crate::operations::compose;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Flatten {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        compose::flatten(&mut picture, self.background);
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, picture};

    #[test]
    fn the_background_is_seen_through_what_is_transparent() {
        let given = picture(3, &[[0, 0, 0, 0], [0, 0, 0, 128], [9, 8, 7, 255]]);
        let expected = picture(3, &[[255; 4], [127, 127, 127, 255], [9, 8, 7, 255]]);
        assert_eq!(done("flatten", given), expected);
    }
}
