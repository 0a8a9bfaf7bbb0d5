//! Night: dark, blue and pale, darkest at the edges; but for lights, which glow.

use protocol::Night;

use crate::operations::colours::{Curve, Matrix, between, div255, luma};
use crate::operations::{Effect, detail};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

/// Moonlight: half grey, much blue.
const MOON: [[f64; 4]; 3] = [
    [0.22, 0.16, 0.04, -10.0],
    [0.12, 0.34, 0.08, -6.0],
    [0.12, 0.40, 0.30, 8.0],
];
/// The light of lamps.
const WARM: [u32; 3] = [255, 196, 112];
/// From which brightness on something is taken for a lamp.
const LAMP: u8 = 200;

impl Effect for Night {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let size = picture.size;
        let longer = f64::from(size.width.max(size.height));
        // Shadows first: night is not only less light, but more contrast.
        let contrast = Curve::new(|value| (value / 255.0).powf(1.25) * 255.0);
        let moon = Matrix::new(MOON);
        let mut dark = Picture::blank(Size::new(size.width, 1));
        let mut glow = lamps(&picture);
        detail::gaussian(&mut glow, (longer / 45.0).max(1.0));
        let share = (self.amount * 255.0 + 0.5) as u32;
        let middle = (f64::from(size.width) / 2.0, f64::from(size.height) / 2.0);
        let across: Vec<f64> = (0..size.width)
            .map(|x| ((f64::from(x) + 0.5) / middle.0 - 1.0).powi(2))
            .collect();
        for (y, (row, glow)) in picture.rows_mut().zip(glow.rows()).enumerate() {
            dark.pixels.copy_from_slice(row);
            contrast.apply(&mut dark);
            moon.apply(&mut dark);
            let down = ((y as f64 + 0.5) / middle.1 - 1.0).powi(2);
            let others = dark.as_pixels().iter();
            let others = others.zip(glow.as_chunks::<CHANNELS>().0).zip(&across);
            for (pixel, ((dark, glow), across)) in
                row.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(others)
            {
                let edge = 255 - ((across + down) * 62.0) as u32;
                let lamp = lamp(*pixel);
                for channel in 0..3 {
                    let moonlit = div255(u32::from(dark[channel]) * edge) as u8;
                    let warm = div255(u32::from(pixel[channel]) * WARM[channel]) as u8;
                    let lit = between(moonlit, warm, lamp);
                    let lit = lit.saturating_add(glow[channel]);
                    pixel[channel] = between(pixel[channel], lit, share);
                }
            }
        }
        Ok(picture)
    }
}

/// How much of a lamp a pixel is.
fn lamp(pixel: [u8; CHANNELS]) -> u32 {
    let over = u32::from(luma(pixel).saturating_sub(LAMP));
    (over * over * 255 / 1500).min(200)
}

/// Nothing but the lamps, dimmed, on black.
fn lamps(picture: &Picture) -> Picture {
    let mut lamps = picture.clone();
    for pixel in lamps.as_pixels_mut() {
        let light = lamp(*pixel) * u32::from(pixel[3]) / 255 * 2 / 5;
        let [r, g, b] = WARM.map(|warm| div255(warm * light) as u8);
        *pixel = [r, g, b, 255];
    }
    lamps
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, pattern, picture};

    #[test]
    fn what_is_dim_gets_dark_and_blue_and_lamps_stay_bright() {
        let given = picture(2, &[[120, 120, 120, 255], [255, 255, 255, 255]]);
        let result = done("night", given);
        let [dim, lamp] = [result.as_pixels()[0], result.as_pixels()[1]];
        assert!(dim[2] > dim[0] && dim[2] < 110, "{dim:?}");
        assert!(lamp[0] > 180, "{lamp:?}");
    }

    #[test]
    fn none_of_it_changes_nothing() {
        let given = pattern(9, 7);
        assert_eq!(done("night:0", given.clone()), given);
    }
}
