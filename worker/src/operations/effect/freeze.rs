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
        let scale = 6.0 / shorter;
        for (y, row) in picture.rows_mut().enumerate() {
            let y = y as f64 + 0.5;
            for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
                let x = x as f64 + 0.5;
                let to_edge = x.min(width - x).min(y).min(height - y) / shorter;
                let frost = frost(&grain, x * scale, y * scale);
                let share = ((0.6 - to_edge * 3.3) + (frost - 0.5) * 1.1).clamp(0.0, 0.94);
                let crystal = 205.0 + frost * 50.0;
                let colour = [crystal * 0.93, crystal * 0.98, crystal.max(238.0)];
                for (channel, ice) in pixel.iter_mut().zip(colour) {
                    *channel = between(*channel, ice as u8, (share * 255.0) as u32);
                }
            }
        }
        Ok(picture)
    }
}

/// Needles: ridges of clouds whose places are themselves moved by clouds.
fn frost(grain: &Grain, x: f64, y: f64) -> f64 {
    let bend = grain.cloud(x * 0.8, y * 0.8) * 2.0;
    let ridge = |value: f64| 1.0 - (value * 2.0 - 1.0).abs();
    let coarse = ridge(grain.smooth(x * 3.0 + bend, y * 3.0 - bend));
    let fine = ridge(grain.smooth(x * 13.0 - y * 5.0 + bend, y * 13.0 + x * 5.0));
    coarse * coarse * 0.4 + fine * fine * 0.6
}
