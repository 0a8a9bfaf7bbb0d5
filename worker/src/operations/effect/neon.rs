//! Neon: edges as glowing tubes in the dark.

use protocol::{Colour, Neon};

use crate::operations::colours::hue;
use crate::operations::compose;
use crate::operations::plane::{Plane, steepness};
use crate::operations::{Effect, detail};
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

/// What is left of the picture between the tubes, in 256ths.
const REST: u32 = 34;

impl Effect for Neon {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let longer = f64::from(picture.size.width.max(picture.size.height));
        let mut soft = picture.clone();
        detail::gaussian(&mut soft, (longer / 500.0).max(0.8));
        let tubes = tubes(&soft, self.color);
        let mut glow = tubes.clone();
        detail::gaussian(&mut glow, (longer / 90.0).max(1.5));
        let lit = tubes.as_pixels().iter().zip(glow.as_pixels());
        for (pixel, (tube, glow)) in picture.as_pixels_mut().iter_mut().zip(lit) {
            for ((channel, tube), glow) in pixel.iter_mut().zip(&tube[..3]).zip(glow) {
                let rest = (u32::from(*channel) * REST) >> 8;
                *channel = (rest + u32::from(*tube) + u32::from(*glow) * 2).min(255) as u8;
            }
        }
        Ok(picture)
    }
}

/// Coloured edges on black; without a colour, all hues across the picture.
fn tubes(soft: &Picture, colour: Option<Colour>) -> Picture {
    let plane = Plane::of(soft);
    let mut tubes = compose::filled(soft.size, Colour::BLACK);
    let sum = (soft.size.width + soft.size.height) as usize;
    let hues: Vec<[u8; 3]> = (0..sum)
        .map(|at| match colour {
            Some(Colour([r, g, b, _])) => [r, g, b],
            None => hue(180.0 + at as f64 * 300.0 / sum as f64),
        })
        .collect();
    for (y, row) in tubes.rows_mut().enumerate() {
        for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
            let edge = ((steepness(plane.at(x, y)) - 25.0) / 150.0).clamp(0.0, 1.0);
            // The brightest parts of a tube are nearly white.
            let white = edge * edge * 90.0;
            for (channel, hue) in pixel.iter_mut().zip(hues[x + y]) {
                *channel = (f32::from(hue) * edge + white) as u8;
            }
        }
    }
    tubes
}
