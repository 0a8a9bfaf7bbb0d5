//! Box blur: the mean of a square, by running sums, so that its cost does not depend on the
//! radius.

use protocol::BoxBlur;

use super::gaussian;
use crate::operations::Effect;
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for BoxBlur {
    fn reach(&self) -> Option<usize> {
        Some(self.radius as usize)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        gaussian::mean(&mut picture, self.radius);
        Ok(picture)
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, pattern};

    #[test]
    fn each_pixel_is_the_mean_of_the_square_around_it() {
        let given = pattern(23, 17);
        for radius in [1, 3, 40] {
            let result = done(&format!("boxblur:{radius}"), given.clone());
            for (at, pixel) in result.as_pixels().iter().enumerate() {
                let (x, y) = (at as i32 % 23, at as i32 / 23);
                let mut sums = [0.0; 4];
                for (dx, dy) in (0..(2 * radius + 1_i32).pow(2)).map(|at| {
                    (
                        at % (2 * radius + 1) - radius,
                        at / (2 * radius + 1) - radius,
                    )
                }) {
                    let (x, y) = ((x + dx).clamp(0, 22), (y + dy).clamp(0, 16));
                    let [r, g, b, a] = given.as_pixels()[(y * 23 + x) as usize].map(f64::from);
                    for (sum, value) in sums.iter_mut().zip([r * a, g * a, b * a, a]) {
                        *sum += value;
                    }
                }
                let [r, g, b, a] = sums;
                let count = f64::from((2 * radius + 1).pow(2));
                let expected = [r / a, g / a, b / a, a / count];
                for (channel, expected) in pixel.iter().zip(expected) {
                    // Premultiplied colours of eight bits are coarse where alpha is low.
                    let slack = 1.0 + 300.0 / f64::from(pixel[3]);
                    let off = (f64::from(*channel) - expected).abs();
                    assert!(off <= slack, "{radius}: {pixel:?} {expected}");
                }
            }
        }
    }
}
