//! Vignette: towards a colour in the corners, the same shape whatever the aspect ratio.

use protocol::Vignette;

use crate::operations::Effect;
use crate::operations::colours::between;
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

/// Steps from the middle to the corners.
const STEPS: usize = 4096;

impl Effect for Vignette {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let shares = shares(self.amount);
        let across = squares(picture.size.width);
        let down = squares(picture.size.height);
        let [r, g, b, _] = self.color.0;
        for (row, down) in picture.rows_mut().zip(down) {
            for (pixel, across) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(&across) {
                let share = shares[down + across];
                for (channel, colour) in pixel.iter_mut().zip([r, g, b]) {
                    *channel = between(*channel, colour, share);
                }
            }
        }
        Ok(picture)
    }
}

/// The squared distance from the middle of a side, half of [`STEPS`] at its ends.
fn squares(length: u32) -> Vec<usize> {
    let half = f64::from(length) / 2.0;
    let square = |at: u32| ((f64::from(at) + 0.5 - half) / half).powi(2);
    (0..length)
        .map(|at| (square(at) * (STEPS / 2) as f64) as usize)
        .collect()
}

/// For each squared distance, how much of the colour is seen, of 255.
fn shares(amount: f64) -> Vec<u32> {
    let share = |at: usize| {
        let distance = (at as f64 / STEPS as f64).sqrt();
        let beyond = ((distance - 0.3) / 0.7).clamp(0.0, 1.0);
        let smooth = beyond * beyond * (3.0 - 2.0 * beyond);
        (smooth * amount * 255.0 + 0.5) as u32
    };
    (0..=STEPS).map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::picture;
    use protocol::Colour;

    #[test]
    fn the_middle_stays_and_the_corners_are_the_darkest() {
        let given = picture(41, &[[200, 200, 200, 77]; 41 * 21]);
        let vignette = Vignette {
            amount: 1.0,
            color: Colour::BLACK,
        };
        let result = vignette.apply(given).unwrap();
        let at = |x: usize, y: usize| result.as_pixels()[y * 41 + x];
        assert_eq!(at(20, 10), [200, 200, 200, 77]);
        assert!(at(0, 0)[0] < 20 && at(0, 0)[3] == 77, "{:?}", at(0, 0));
        assert_eq!(at(0, 0), at(40, 20));
        assert!(at(0, 0)[0] < at(0, 10)[0] && at(0, 10)[0] < 200);
    }
}
