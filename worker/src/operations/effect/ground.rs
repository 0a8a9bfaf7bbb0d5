//! Ground: the picture laid flat on the ground, below a wide sky; the counterpart of floor,
//! whose tiles have no end.

use protocol::Ground;

use crate::operations::Effect;
use crate::operations::colours::between;
use crate::operations::grain::Grain;
use crate::operations::sample::{Outside, place, sample};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

/// Height of the horizon, of the picture's.
const HORIZON: f64 = 0.36;
/// Where the picture's far and near edge lie, from the horizon (0) to the lower edge (1).
const FAR: f64 = 0.2;
const NEAR: f64 = 0.95;
/// Width of its near edge, of the whole width.
const WIDTH: f64 = 0.92;
/// Samples across and down of one pixel at most: far lines hold many of the picture's.
const SAMPLES_MAX: f64 = 8.0;
const HAZE: [u8; 3] = [236, 222, 202];
const ZENITH: [u8; 3] = [62, 122, 196];
const SAND: [u8; 3] = [196, 164, 118];

impl Effect for Ground {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let mut result = Picture::blank(picture.size);
        let (width, height) = (
            f64::from(picture.size.width),
            f64::from(picture.size.height),
        );
        let horizon = height * HORIZON;
        let grain = Grain::new(29);
        for (y, row) in result.rows_mut().enumerate() {
            let pixels = row.as_chunks_mut::<CHANNELS>().0;
            let below = (y as f64 + 0.5 - horizon) / (height - horizon);
            if below <= 0.0 {
                sky(pixels, &grain, -below * (height - horizon) / horizon);
                continue;
            }
            let line = Line::new(picture.size, below);
            let fog = (1.0 - below / 0.5).max(0.0).powi(3);
            let across = |x: usize| (x as f64 + 0.5) / width - 0.5;
            let sand = sand(
                &grain,
                (0..pixels.len()).map(|x| across(x) / below),
                1.0 / below,
            );
            for (x, (pixel, mut colour)) in pixels.iter_mut().zip(sand).enumerate() {
                let across = across(x);
                let [r, g, b, a] = line.seen(&picture, across);
                for (channel, painted) in colour.iter_mut().zip([r, g, b]) {
                    *channel = between(*channel, painted, a.into());
                }
                let haze = (fog * 200.0) as u32;
                let hazed = |channel: usize| between(colour[channel], HAZE[channel], haze);
                *pixel = [hazed(0), hazed(1), hazed(2), 255];
            }
        }
        Ok(result)
    }
}

/// A row of the ground: how the picture lies in it.
struct Line {
    size: Size,
    /// How wide the picture is there, of the whole width.
    wide: f64,
    /// From the picture's top (0) to its bottom (1), at the row's upper and lower end.
    rows: [f64; 2],
    samples: [u32; 2],
}

impl Line {
    fn new(size: Size, below: f64) -> Self {
        // Depth is the reciprocal of the height below the horizon.
        let depth = |below: f64| (1.0 / FAR - 1.0 / below.max(1e-6)) / (1.0 / FAR - 1.0 / NEAR);
        let half = 0.5 / (f64::from(size.height) * (1.0 - HORIZON));
        let rows = [depth(below - half), depth(below + half)];
        let wide = WIDTH * below / NEAR;
        let count = |pixels: f64| pixels.ceil().clamp(1.0, SAMPLES_MAX) as u32;
        let samples = [
            count(1.0 / wide),
            count((rows[1] - rows[0]) * f64::from(size.height)),
        ];
        Self {
            size,
            wide,
            rows,
            samples,
        }
    }

    /// What of the picture is seen in that column, -0.5 to 0.5; transparent beside it.
    fn seen(&self, picture: &Picture, across: f64) -> [u8; CHANNELS] {
        let (width, height) = (f64::from(self.size.width), f64::from(self.size.height));
        let at = across / self.wide + 0.5;
        let reach = 1.0 / self.wide / width;
        if at < -reach || at > 1.0 + reach || self.rows[1] < 0.0 || self.rows[0] > 1.0 {
            return [0; CHANNELS];
        }
        let [columns, rows] = self.samples;
        // Colours times alpha, so that what is transparent lends none.
        let mut sums = [0_u32; CHANNELS];
        for row in 0..rows {
            let share = (f64::from(row) + 0.5) / f64::from(rows);
            let y = (self.rows[0] + (self.rows[1] - self.rows[0]) * share) * height;
            for column in 0..columns {
                let off = (f64::from(column) + 0.5) / f64::from(columns) - 0.5;
                let x = (at + off * reach) * width;
                let [r, g, b, a] = sample(picture, place(x, y), Outside::CLEAR).map(u32::from);
                for (sum, value) in sums.iter_mut().zip([r * a, g * a, b * a, a]) {
                    *sum += value;
                }
            }
        }
        let [r, g, b, alpha] = sums;
        let mean = |sum: u32| ((sum + alpha / 2) / alpha.max(1)) as u8;
        [mean(r), mean(g), mean(b), (alpha / (rows * columns)) as u8]
    }
}

/// A row of sand, finer the farther off.
fn sand(
    grain: &Grain,
    across: impl Iterator<Item = f64> + Clone,
    depth: f64,
) -> impl Iterator<Item = [u8; 3]> {
    let dunes = grain
        .cloud(depth * 1.5)
        .along(across.clone().map(|across| across * 1.5 + 5.0));
    let fine = grain.level(depth * 90.0);
    dunes.into_iter().zip(across).map(move |(dune, across)| {
        let light = 0.72 + 0.42 * dune + (fine.at(across * 90.0) - 0.5) * 0.16;
        SAND.map(|channel| (f64::from(channel) * light) as u8)
    })
}

/// A row of sky with thin clouds, from the horizon (0) to the zenith (1).
fn sky(pixels: &mut [[u8; CHANNELS]], grain: &Grain, up: f64) {
    let share = (up.clamp(0.0, 1.0).powf(0.7) * 255.0) as u32;
    let base = [0, 1, 2].map(|channel: usize| between(HAZE[channel], ZENITH[channel], share));
    let width = pixels.len() as f64;
    // Clouds lie in a plane as well, above.
    let depth = 1.0 / (up + 0.16);
    let across = (0..pixels.len()).map(|x| (x as f64 + 0.5) / width - 0.5);
    let clouds = across.map(|across| across * depth * 1.6 + 3.0);
    let clouds = grain.cloud(depth * 2.0).along(clouds);
    for (pixel, cloud) in pixels.iter_mut().zip(clouds) {
        let white = ((cloud - 0.5) * 3.2).clamp(0.0, 0.85) * 255.0;
        let [r, g, b] = base.map(|channel| between(channel, 250, white as u32));
        *pixel = [r, g, b, 255];
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::done;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn the_picture_lies_below_the_horizon_and_is_wider_the_nearer() {
        let green = Colour([0, 255, 0, 255]);
        let result = done("ground", compose::filled(Size::new(200, 150), green));
        let greens = |y: usize| {
            let row = &result.as_pixels()[y * 200..][..200];
            row.iter()
                .filter(|[r, g, b, _]| *g > 200 && *r < 150 && *b < 150)
                .count()
        };
        assert_eq!((greens(20), greens(149)), (0, 0));
        assert!(greens(90) > 40 && greens(140) > greens(110) && greens(110) > greens(90));
        assert!(result.as_pixels().iter().all(|pixel| pixel[3] == 255));
    }
}
