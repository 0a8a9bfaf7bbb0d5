//! Jail: steel bars in front of the picture, which throw shadows on it.

use protocol::Jail;

use crate::operations::Effect;
use crate::operations::colours::{Curve, between};
use crate::operations::compose::mix;
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

/// Upright bars of a square picture.
const BARS: f64 = 7.0;
/// Of the room between two bars, what a bar takes.
const THICKNESS: f64 = 0.24;
/// Where the beams lie that hold them, of the height.
const BEAMS: [f64; 2] = [0.11, 0.89];

impl Effect for Jail {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        Curve::new(|value| value * 0.82).apply(&mut picture);
        let (width, height) = (
            f64::from(picture.size.width),
            f64::from(picture.size.height),
        );
        // As far apart in wide pictures as in high ones.
        let bars = (BARS * width / width.min(height * 1.2)).round();
        let room = width / bars;
        let thick = room * THICKNESS;
        let across: Vec<Part> = (0..picture.size.width)
            .map(|x| part((f64::from(x) + 0.5).rem_euclid(room) - room / 2.0, thick))
            .collect();
        for (y, row) in picture.rows_mut().enumerate() {
            let y = y as f64 + 0.5;
            let beams = BEAMS.map(|at| part(y - height * at, thick * 1.5));
            for (pixel, bar) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(&across) {
                // From the back to the front; bars throw shadows on beams too.
                for beam in &beams {
                    beam.lay(pixel);
                }
                bar.lay(pixel);
            }
        }
        Ok(picture)
    }
}

/// What a bar does to a pixel.
#[derive(Clone, Copy)]
struct Part {
    /// How much of it the bar covers, and in which light.
    covered: u32,
    steel: u8,
    /// How dark its shadow is there.
    shadow: u32,
}

impl Part {
    fn lay(self, pixel: &mut [u8; CHANNELS]) {
        if self.shadow > 0 {
            for channel in &mut pixel[..3] {
                *channel = between(*channel, 0, self.shadow);
            }
        }
        if self.covered > 0 {
            let steel = [self.steel, self.steel, self.steel.saturating_add(8), 255];
            *pixel = mix(*pixel, steel, self.covered);
        }
    }
}

/// A round bar of that thickness, lit from one side, seen so far from its middle.
fn part(from_middle: f64, thickness: f64) -> Part {
    let at = from_middle / (thickness / 2.0);
    let round = (1.0 - at * at).max(0.0).sqrt();
    let shine = (1.0 - (at + 0.34).abs() * 2.0).max(0.0);
    let rim = (1.0 - (at - 0.8).abs() * 5.0).max(0.0);
    let steel = 16.0 + 74.0 * round + 138.0 * shine * shine + 20.0 * rim;
    let covered = (thickness / 2.0 - from_middle.abs() + 0.5).clamp(0.0, 1.0);
    // To the right of the bar, and below a beam.
    let behind = ((at - 1.0) / 1.3).clamp(0.0, 1.0);
    let shadow = if at > 0.0 {
        (1.0 - behind).powi(2) * 165.0
    } else {
        0.0
    };
    Part {
        covered: (covered * 255.0 + 0.5) as u32,
        steel: steel as u8,
        shadow: shadow as u32,
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::done;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn between_the_bars_the_picture_is_seen() {
        let given = compose::filled(Size::new(210, 210), Colour([0, 200, 0, 255]));
        let result = done("jail", given);
        let row = &result.as_pixels()[105 * 210..][..210];
        let green = row.iter().filter(|[r, g, ..]| *r == 0 && *g > 60).count();
        let steel = row.iter().filter(|[r, g, b, _]| r == g && g < b).count();
        assert!(green > 100 && steel > 40, "{green} {steel}");
    }
}
