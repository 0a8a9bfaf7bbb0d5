//! Halftone: the tone of each pixel against a screen of round dots; black on white, or cyan,
//! magenta, yellow and black, whose grids are turned against each other as printers do. Alpha
//! stays.

use protocol::Halftone;

use super::gaussian;
use crate::operations::Effect;
use crate::operations::colours::{div255, luma};
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

/// Turns of the grids of cyan, magenta and yellow against that of black, degrees.
const TURNS: [f64; 3] = [-30.0, 30.0, -45.0];
/// Steps of one wave of the screen.
const STEPS: usize = 256;

impl Effect for Halftone {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let soften = (self.size / 6.0) as u32;
        if soften > 0 {
            gaussian::mean(&mut picture, soften);
        }
        let screen = Screen::new(self.size);
        let grid = |turn: f64| Grid::new(self.size, self.degrees + turn);
        if self.color {
            colours(&mut picture, &screen, &TURNS.map(grid), &grid(0.0));
        } else {
            let grid = grid(0.0);
            for (y, row) in picture.rows_mut().enumerate() {
                for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
                    let white = 255 - screen.ink(255 - luma(*pixel), grid.phase(x, y));
                    *pixel = [white, white, white, pixel[3]];
                }
            }
        }
        Ok(picture)
    }
}

fn colours(picture: &mut Picture, screen: &Screen, grids: &[Grid; 3], black: &Grid) {
    for (y, row) in picture.rows_mut().enumerate() {
        for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
            let [r, g, b, alpha] = *pixel;
            // Half of the grey is left to the black ink.
            let grey = (255 - r.max(g).max(b)) / 2;
            let paper = 255 - u32::from(screen.ink(grey, black.phase(x, y)));
            let channel = |channel: u8, grid: &Grid| {
                // What the colour has to let through where the black ink does not lie.
                let light = u32::from(channel) * 255 / (255 - u32::from(grey));
                let ink = screen.ink(255 - light as u8, grid.phase(x, y));
                div255((255 - u32::from(ink)) * paper) as u8
            };
            let [cyan, magenta, yellow] = grids;
            *pixel = [
                channel(r, cyan),
                channel(g, magenta),
                channel(b, yellow),
                alpha,
            ];
        }
    }
}

/// A turned grid, in 2⁻²⁴ths of a wave per px.
struct Grid {
    across: i64,
    down: i64,
}

impl Grid {
    fn new(size: f64, degrees: f64) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let fine = |waves: f64| (waves / size * 16_777_216.0).round() as i64;
        Self {
            across: fine(cos),
            down: fine(sin),
        }
    }

    /// Where in the two waves a pixel lies.
    fn phase(&self, x: usize, y: usize) -> (usize, usize) {
        let (x, y) = (x as i64, y as i64);
        let step = |at: i64| (at >> 16) as usize % STEPS;
        (
            step(x * self.across + y * self.down),
            step(y * self.across - x * self.down),
        )
    }
}

/// At which tone a place of a dot is inked.
struct Screen {
    wave: [f32; STEPS],
    /// Of each height of the two waves, 0 to 4 in 64ths, the share of places that are higher.
    shares: [f32; 257],
    /// How fast ink ends at the edge of a dot.
    sharpness: f32,
}

impl Screen {
    fn new(size: f64) -> Self {
        let step = std::f64::consts::TAU / STEPS as f64;
        let wave = std::array::from_fn(|at| (1.0 + (at as f64 * step).cos()) as f32);
        let mut counts = [0_u32; 257];
        for one in wave {
            wave.iter()
                .for_each(|other: &f32| counts[Self::height(one + other)] += 1);
        }
        let mut higher = 0;
        let mut shares = [0.0; 257];
        for (share, count) in shares.iter_mut().zip(counts).rev() {
            // From the middle of the step on, so that no tone is favoured.
            *share = (higher as f32 + count as f32 / 2.0) / (STEPS * STEPS) as f32;
            higher += count;
        }
        Self {
            wave,
            shares,
            sharpness: (size * 0.5) as f32,
        }
    }

    fn height(sum: f32) -> usize {
        ((sum * 64.0 + 0.5) as usize).min(256)
    }

    /// How much ink of that darkness is seen at a place: as much of a dot is inked as it is
    /// dark.
    fn ink(&self, darkness: u8, (across, down): (usize, usize)) -> u8 {
        let share = self.shares[Self::height(self.wave[across] + self.wave[down])];
        let tone = f32::from(darkness) / 255.0;
        let covered = match darkness {
            0 => 0.0,
            255 => 1.0,
            _ => (tone - share) * self.sharpness + 0.5,
        };
        (covered * 255.0 + 0.5) as u8
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::done;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn as_much_is_inked_as_the_tone_is_dark() {
        for tone in [0, 40, 128, 200, 255_u8] {
            let given = compose::filled(Size::new(240, 240), Colour([tone, tone, tone, 255]));
            for text in ["halftone:12", "halftone:12:0:true"] {
                let result = done(text, given.clone());
                let sum: u64 = result
                    .as_pixels()
                    .iter()
                    .map(|pixel| u64::from(pixel[1]))
                    .sum();
                let mean = sum as f64 / (240.0 * 240.0);
                assert!(
                    (mean - f64::from(tone)).abs() < 8.0,
                    "{text}: {mean}, not {tone}"
                );
            }
        }
    }

    #[test]
    fn there_are_dots() {
        let given = compose::filled(Size::new(60, 60), Colour([128, 128, 128, 255]));
        let result = done("halftone:12", given);
        let extreme = result
            .as_pixels()
            .iter()
            .filter(|pixel| !(30..225).contains(&pixel[0]));
        assert!(extreme.count() > 60 * 60 / 2);
    }
}
