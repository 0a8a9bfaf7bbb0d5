//! Dissolve: pixel after pixel goes, then comes back.

use protocol::Dissolve;

use super::generated::Script;
use crate::operations::grain::Grain;
use crate::operations::random::Random;
use crate::picture::{CHANNELS, Picture};

impl Script for Dissolve {
    const FRAMES: u32 = 32;
    const DELAY_CS: u16 = 6;

    fn frame(&self, picture: &Picture, number: u32) -> Picture {
        let half = Self::FRAMES / 2;
        let gone = f64::from(number.min(Self::FRAMES - number)) / f64::from(half);
        let gone = gone * 1.2 - 0.1;
        let mut random = Random::new(self.seed);
        let grain = Grain::new(self.seed);
        let scale = 8.0 / f64::from(picture.size.width.max(picture.size.height));
        let nothing = if self.transparent {
            [0; CHANNELS]
        } else {
            [255; CHANNELS]
        };
        let mut result = picture.clone();
        for (y, row) in result.rows_mut().enumerate() {
            let pixels = row.as_chunks_mut::<CHANNELS>().0;
            let places = (0..pixels.len()).map(|x| x as f64 * scale);
            let clouds = grain.cloud(y as f64 * scale).along(places);
            for (pixel, cloud) in pixels.iter_mut().zip(clouds) {
                if (cloud - 0.5) * 1.2 + 0.5 + (random.unit() - 0.5) * 0.3 < gone {
                    *pixel = nothing;
                }
            }
        }
        result
    }
}
