//! Freeze: cold light, and frost that grows in from the edges.

use protocol::Freeze;

use crate::operations::Effect;
use crate::operations::colours::{Matrix, between};
use crate::operations::grain::Grain;
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

/// The light of a cold day.
const COLD: [[f64; 4]; 3] = [
    [0.48, 0.22, 0.10, 8.0],
    [0.12, 0.66, 0.16, 18.0],
    [0.10, 0.26, 0.66, 44.0],
];

impl Effect for Freeze {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        Matrix::new(COLD).apply(&mut picture);
        let grain = Grain::new(self.seed);
        let (width, height) = (
            f64::from(picture.size.width),
            f64::from(picture.size.height),
        );
        let shorter = width.min(height);
        let scale = 5.0 / shorter;
        for (y, row) in picture.rows_mut().enumerate() {
            let y = y as f64 + 0.5;
            let near_y = y.min(height - y);
            for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
                let x = x as f64 + 0.5;
                let near_x = x.min(width - x);
                // Round in the corners, where it is coldest.
                let to_edge =
                    near_x.min(near_y) / shorter - 0.006 / (near_x.max(near_y) / shorter + 0.06);
                let cold = 1.05 - to_edge * 6.0;
                if cold < -0.75 {
                    continue;
                }
                let frost = frost(&grain, x * scale, y * scale);
                let share = ((cold + (frost - 0.5) * 2.0) * 0.85).clamp(0.0, 0.95);
                let crystal = 176.0 + frost * 84.0;
                let colour = [crystal * 0.9, crystal * 0.97, (crystal * 1.04).max(226.0)];
                for (channel, ice) in pixel.iter_mut().zip(colour) {
                    *channel = between(*channel, ice as u8, (share * 255.0) as u32);
                }
            }
        }
        Ok(picture)
    }
}

/// Feathers: ridges in three directions, each bent by clouds, and the sharpest of them.
fn frost(grain: &Grain, x: f64, y: f64) -> f64 {
    let bend = grain.smooth(x * 1.1, y * 1.1) * 1.6 + grain.smooth(x * 2.9, y * 2.9) * 0.5;
    let ridge = |x: f64, y: f64| 1.0 - (grain.smooth(x, y) * 2.0 - 1.0).abs();
    let one = ridge(x * 9.0 + y * 5.2 + bend * 3.0, (y * 9.0 - x * 5.2) * 0.28);
    let two = ridge(
        x * 9.0 - y * 5.2 - bend * 3.0,
        (y * 9.0 + x * 5.2) * 0.28 + 9.0,
    );
    let three = ridge(y * 10.4 + bend * 4.0, x * 2.9 + 23.0);
    let sharp = one.max(two).max(three);
    let coarse = ridge(x * 2.1 + bend, y * 2.1 - bend);
    sharp.powi(6) * 0.62 + coarse * coarse * 0.38
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::done;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn frost_is_at_the_edges_and_not_in_the_middle() {
        let given = compose::filled(Size::new(200, 200), Colour([60, 60, 60, 255]));
        let result = done("freeze", given);
        let mean = |rows: std::ops::Range<usize>| {
            let count = rows.len() * 200;
            let pixels = &result.as_pixels()[rows.start * 200..rows.end * 200];
            pixels
                .iter()
                .map(|pixel| usize::from(pixel[0]))
                .sum::<usize>()
                / count
        };
        assert!(mean(0..8) > 130, "{}", mean(0..8));
        assert_eq!(
            result.as_pixels()[100 * 200 + 100],
            result.as_pixels()[101 * 200 + 101]
        );
    }
}
