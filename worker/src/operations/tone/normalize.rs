//! Normalize: levels whose black and white are found in the first frame, by luma, so that
//! neither the colours shift nor an animation flickers.

use protocol::{Levels, Normalize};

use crate::operations::colours::luma;
use crate::operations::{Effect, Prepare};
use crate::picture::Picture;
use crate::refused::Refused;

impl Prepare for Normalize {
    fn prepare<'a>(&'a self, first: &Picture) -> Box<dyn Effect + 'a> {
        let mut counts = [0_u64; 256];
        for pixel in first.as_pixels().iter().filter(|pixel| pixel[3] > 0) {
            counts[usize::from(luma(*pixel))] += 1;
        }
        let total: u64 = counts.iter().sum();
        let lost = (total as f64 * self.clip / 100.0) as u64;
        let levels = counts.iter().enumerate();
        let black = beyond(levels.clone(), lost).unwrap_or(0);
        let white = beyond(levels.rev(), lost).unwrap_or(255);
        // A picture of one tone stays as it is.
        let (black, white) = if black < white {
            (black, white)
        } else {
            (0, 255)
        };
        Box::new(Stretch(Levels {
            black: black as u32,
            white: white as u32,
            gamma: 1.0,
        }))
    }
}

/// The first level with which more than `lost` pixels have been met.
fn beyond<'a>(levels: impl Iterator<Item = (usize, &'a u64)>, lost: u64) -> Option<usize> {
    let sums = levels.scan(0, |sum, (level, count)| {
        *sum += count;
        Some((level, *sum))
    });
    let mut enough = sums.filter(|(_, sum)| *sum > lost);
    enough.next().map(|(level, _)| level)
}

/// What [`Normalize`] has decided.
struct Stretch(Levels);

impl Effect for Stretch {
    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        self.0.apply(picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::picture;

    fn grey(values: &[u8]) -> Picture {
        let pixels: Vec<_> = values.iter().map(|v| [*v, *v, *v, 255]).collect();
        picture(values.len() as u32, &pixels)
    }

    #[test]
    fn the_first_frame_decides_for_all() {
        let normalize = Normalize { clip: 0.0 };
        let effect = normalize.prepare(&grey(&[50, 100, 150]));
        assert_eq!(
            effect.apply(grey(&[50, 100, 150])),
            Ok(grey(&[0, 128, 255]))
        );
        assert_eq!(effect.apply(grey(&[0, 75, 200])), Ok(grey(&[0, 64, 255])));
    }

    #[test]
    fn a_share_of_the_pixels_may_be_lost_at_each_end() {
        let mut values = [100; 100];
        (values[0], values[99], values[50]) = (0, 255, 200);
        let first = grey(&values);
        let effect = Normalize { clip: 1.0 };
        let effect = effect.prepare(&first);
        let result = effect.apply(first).unwrap();
        assert_eq!((result.pixels[4], result.pixels[50 * 4]), (0, 255));
    }

    #[test]
    fn one_tone_and_the_colours_of_what_is_transparent_decide_nothing() {
        let given = picture(2, &[[90, 90, 90, 255], [255, 0, 0, 0]]);
        let effect = Normalize { clip: 1.0 };
        assert_eq!(effect.prepare(&given).apply(given.clone()), Ok(given));
    }
}
