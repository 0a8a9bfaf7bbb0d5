//! Circle: the largest square of the middle, with corners rounded until nothing is left of them.

use protocol::{Circle, Gravity};

use super::canvas::{self, Area};
use crate::operations::Effect;
use crate::operations::mask;
use crate::picture::{Picture, Size};
use crate::refused::Refused;

impl Effect for Circle {
    fn result_size(&self, size: Size) -> Size {
        let side = size.width.min(size.height);
        Size::new(side, side)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = self.result_size(picture.size);
        let (left, top) = canvas::start(Gravity::Center, picture.size, size);
        let mut square = canvas::cut(picture, Area { left, top, size });
        mask::round(&mut square, f64::from(size.width) / 2.0, self.background);
        Ok(square)
    }
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
