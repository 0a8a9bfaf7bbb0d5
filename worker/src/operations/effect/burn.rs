//! Burn: flames that rise from the bottom, and their light on the picture.

use protocol::Burn;

use crate::operations::Effect;
use crate::operations::colours::Matrix;
use crate::operations::compose::over;
use crate::operations::grain::Grain;
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

/// The light of a fire.
const LIGHT: [[f64; 4]; 3] = [
    [0.75, 0.22, 0.02, 14.0],
    [0.12, 0.52, 0.02, -4.0],
    [0.02, 0.06, 0.34, -14.0],
];
/// Colours of a flame, from its outside to its heart.
const FLAME: [(f64, [f64; 4]); 5] = [
    (0.0, [90.0, 10.0, 0.0, 0.0]),
    (0.25, [200.0, 38.0, 4.0, 150.0]),
    (0.5, [250.0, 120.0, 16.0, 225.0]),
    (0.8, [255.0, 205.0, 60.0, 250.0]),
    (1.0, [255.0, 246.0, 190.0, 255.0]),
];

impl Effect for Burn {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        Matrix::new(LIGHT).apply(&mut picture);
        let grain = Grain::new(self.seed);
        let (width, height) = (
            f64::from(picture.size.width),
            f64::from(picture.size.height),
        );
        let scale = 7.0 / width.max(height * 0.7);
        let flames: Vec<[u8; CHANNELS]> = (0..=255)
            .map(|heat| flame(f64::from(heat) / 255.0))
            .collect();
        for (y, row) in picture.rows_mut().enumerate() {
            let low = (y as f64 + 0.5) / height;
            let at_y = y as f64 * scale;
            // Tongues are drawn out upwards, and sway.
            let sway = grain.smooth(at_y * 0.9, 7.3) * 0.9;
            let pixels = row.as_chunks_mut::<CHANNELS>().0;
            let places = (0..pixels.len()).map(|x| (x as f64 * scale + sway) * 1.3);
            let tongues = grain.cloud(at_y * 0.55).along(places);
            for (pixel, tongue) in pixels.iter_mut().zip(tongues) {
                if pixel[3] == 0 {
                    continue;
                }
                let heat = low * low * 1.5 + (tongue - 0.5) * 2.1 - 0.28;
                let [r, g, b, strength] = flames[(heat.clamp(0.0, 1.0) * 255.0) as usize];
                let alpha = u32::from(strength) * u32::from(pixel[3]) / 255;
                let lit = over([pixel[0], pixel[1], pixel[2], 255], [r, g, b, alpha as u8]);
                *pixel = [lit[0], lit[1], lit[2], pixel[3]];
            }
        }
        Ok(picture)
    }
}

fn flame(heat: f64) -> [u8; CHANNELS] {
    let after = FLAME
        .iter()
        .position(|(at, _)| *at >= heat)
        .unwrap_or(0)
        .max(1);
    let ((from, one), (to, two)) = (FLAME[after - 1], FLAME[after]);
    let share = (heat - from) / (to - from);
    std::array::from_fn(|channel| (one[channel] + (two[channel] - one[channel]) * share) as u8)
}
