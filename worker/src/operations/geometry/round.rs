//! Round: rounded corners.

use protocol::Round;

use crate::operations::mask;
use crate::operations::{Effect, Parts};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

/// Of the shorter side, when no radius is given.
const RADIUS_SHARE: f64 = 0.1;

impl Effect for Round {
    fn parts(&self) -> Option<&dyn Parts> {
        Some(self)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        self.apply_to_all(picture)
    }
}

impl Parts for Round {
    fn apply_to_part(
        &self,
        mut part: Picture,
        wanted: Area,
        size: Size,
    ) -> Result<Picture, Refused> {
        let shorter = f64::from(size.width.min(size.height));
        let radius = self.radius.map_or(shorter * RADIUS_SHARE, f64::from);
        mask::round_part(&mut part, (wanted, size), radius, self.background);
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::done;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn only_the_corners_change() {
        let given = compose::filled(Size::new(40, 30), Colour([9, 8, 7, 255]));
        let result = done("round:10:white", given.clone());
        for (at, (before, after)) in given.as_pixels().iter().zip(result.as_pixels()).enumerate() {
            let (x, y) = (at % 40, at / 40);
            let in_a_corner = !(10..30).contains(&x) && !(10..20).contains(&y);
            assert!(in_a_corner || before == after, "at {x}, {y}");
        }
        assert_eq!(result.as_pixels()[0], [255; 4]);
        assert_eq!(result.as_pixels()[40 * 30 - 1], [255; 4]);
    }
}
