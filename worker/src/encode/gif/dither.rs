//! Colours to the indices of a chosen few, pixel by pixel in rows, with or without a pattern
//! that makes up for those that lack.
//!
//! Source of the diffusion: R. Floyd, L. Steinberg, "An adaptive algorithm for spatial grey
//! scale", 1976; of the pattern: B. Bayer, "An optimum method for two-level rendition of
//! continuous-tone pictures", 1973.

use protocol::Dither;

use crate::picture::Area;

use super::nearest::Nearest;
use super::palette::Colour;

/// Chooses indices; asked once for every pixel of an area, row by row.
pub(super) struct Ditherer {
    dither: Dither,
    area: Area,
    /// Height of the pattern: the distance of neighbouring colours.
    amplitude: i32,
    /// Errors to come, × 16, of this row and the next, with a pixel to spare on both sides.
    errors: [Vec<[i32; 3]>; 2],
}

impl Ditherer {
    pub(super) fn new(dither: Dither, area: Area, nearest: &Nearest) -> Self {
        let row = match dither {
            Dither::Diffusion => vec![[0; 3]; area.width + 2],
            Dither::None | Dither::Ordered => Vec::new(),
        };
        Self {
            dither,
            area,
            // All channels are moved at once.
            amplitude: match dither {
                Dither::Ordered => (nearest.spacing() / 3_f64.sqrt()).ceil() as i32,
                Dither::None | Dither::Diffusion => 0,
            },
            errors: [row.clone(), row],
        }
    }

    /// The entry ([`Nearest::entry`]) for `colour` at the place `at` of the area; `None` where
    /// nothing is drawn.
    pub(super) fn index(
        &mut self,
        at: usize,
        colour: Option<Colour>,
        nearest: &mut Nearest,
    ) -> Option<u8> {
        let (x, y) = (at % self.area.width, at / self.area.width);
        if x == 0 && self.dither == Dither::Diffusion {
            self.errors.swap(0, 1);
            self.errors[1].fill([0; 3]);
        }
        let colour = colour?;
        Some(match self.dither {
            Dither::None => nearest.entry(colour),
            Dither::Ordered => {
                // By the place on the canvas, so that the pattern stands still.
                let level = bayer(self.area.left + x, self.area.top + y);
                let shift = (2 * level - 63) * self.amplitude / 128;
                nearest.entry(colour.map(|channel| clamped(i32::from(channel) + shift)))
            }
            Dither::Diffusion => self.diffuse(x, colour, nearest),
        })
    }

    fn diffuse(&mut self, x: usize, colour: Colour, nearest: &mut Nearest) -> u8 {
        let owed = self.errors[0][x + 1];
        let wanted = [0, 1, 2].map(|c| clamped(i32::from(colour[c]) + (owed[c] + 8) / 16));
        let index = nearest.entry(wanted);
        let chosen = nearest.colours()[usize::from(index) - 1];
        let [row, below] = &mut self.errors;
        for c in 0..3 {
            let error = i32::from(wanted[c]) - i32::from(chosen[c]);
            row[x + 2][c] += 7 * error;
            below[x][c] += 3 * error;
            below[x + 1][c] += 5 * error;
            below[x + 2][c] += error;
        }
        index
    }
}

fn clamped(channel: i32) -> u8 {
    channel.clamp(0, 255) as u8
}

/// 0 to 63, spread so that neighbours differ: the bits of x ^ y and y, interleaved backwards.
fn bayer(x: usize, y: usize) -> i32 {
    let (mixed, y) = (x ^ y, y);
    let bit = |value: usize, bit: usize| (value >> bit & 1) as i32;
    (0..3).fold(0, |level, i| level << 2 | bit(mixed, i) << 1 | bit(y, i))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dithered(dither: Dither) -> Vec<u8> {
        let area = Area {
            left: 0,
            top: 0,
            width: 64,
            height: 64,
        };
        let black_and_white = [[0; 3], [255; 3]];
        let mut nearest = Nearest::new(black_and_white.to_vec(), true);
        let mut ditherer = Ditherer::new(dither, area, &nearest);
        let grey = Some([96; 3]);
        (0..64 * 64)
            .map(|at| {
                let index = ditherer.index(at, grey, &mut nearest).unwrap();
                nearest.colours()[usize::from(index) - 1][0]
            })
            .collect()
    }

    #[test]
    fn dithering_keeps_the_mean_and_none_does_not() {
        let mean = |dither| {
            let pixels = dithered(dither);
            pixels.iter().map(|&p| f64::from(p)).sum::<f64>() / pixels.len() as f64
        };
        assert!((mean(Dither::Diffusion) - 96.0).abs() < 4.0);
        assert!((mean(Dither::Ordered) - 96.0).abs() < 4.0);
        assert!(mean(Dither::None) < 1.0);
    }

    #[test]
    fn the_pattern_has_every_level_once() {
        let mut levels: Vec<_> = (0..64).map(|at| bayer(at % 8, at / 8)).collect();
        levels.sort_unstable();
        assert_eq!(levels, (0..64).collect::<Vec<_>>());
    }
}
