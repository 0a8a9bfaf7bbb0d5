//! Circle: the largest square of the middle, with corners rounded until nothing is left of them.

use protocol::{Circle, Gravity};

use super::canvas;
use crate::operations::mask;
use crate::operations::{Effect, Parts};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

impl Effect for Circle {
    fn result_size(&self, size: Size) -> Size {
        middle(size).size()
    }

    fn parts(&self) -> Option<&dyn Parts> {
        Some(self)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = picture.size;
        let square = middle(size);
        let all = Area::all(square.size());
        self.apply_to_part(square.cut_from(picture), all, size)
    }
}

impl Parts for Circle {
    fn touched(&self, changed: Area, size: Size) -> Area {
        changed.seen_in(middle(size))
    }

    fn needed(&self, wanted: Area, size: Size) -> Area {
        wanted.out_of(middle(size))
    }

    fn apply_to_part(
        &self,
        mut part: Picture,
        wanted: Area,
        size: Size,
    ) -> Result<Picture, Refused> {
        let size = middle(size).size();
        let radius = f64::from(size.width) / 2.0;
        mask::round_part(&mut part, (wanted, size), radius, self.background);
        Ok(part)
    }
}

/// The largest square of the middle of a picture of that size.
fn middle(size: Size) -> Area {
    let side = size.width.min(size.height);
    let square = Size::new(side, side);
    Area::at(canvas::start(Gravity::Center, size, square), square)
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::done;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn the_circle_has_the_area_of_a_circle_and_soft_edges() {
        let given = compose::filled(Size::new(200, 100), Colour([9, 8, 7, 255]));
        let result = done("circle", given);
        assert_eq!(result.size, Size::new(100, 100));
        let alphas = result
            .as_pixels()
            .iter()
            .map(|pixel| f64::from(pixel[3]) / 255.0);
        let area: f64 = alphas.sum();
        let expected = std::f64::consts::PI * 50.0 * 50.0;
        assert!((area - expected).abs() < 5.0, "{area}, not {expected}");
        assert!(
            result
                .as_pixels()
                .iter()
                .any(|pixel| (1..255).contains(&pixel[3]))
        );
        assert!(
            result
                .as_pixels()
                .iter()
                .all(|pixel| pixel[3] == 0 || pixel[..3] == [9, 8, 7])
        );
    }
}
