//! Night: dark, blue and pale, but for lights.

use protocol::Night;

use crate::operations::Effect;
use crate::operations::colours::{Matrix, between, luma};
use crate::picture::Picture;
use crate::refused::Refused;

/// Moonlight: half grey, much blue.
const MOON: [[f64; 4]; 3] = [
    [0.20, 0.14, 0.04, -6.0],
    [0.10, 0.30, 0.06, -4.0],
    [0.14, 0.30, 0.28, 10.0],
];

impl Effect for Night {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let mut dark = picture.clone();
        Matrix::towards(MOON, self.amount).apply(&mut dark);
        for (pixel, dark) in picture.as_pixels_mut().iter_mut().zip(dark.as_pixels()) {
            // What is bright is taken for a lamp.
            let lit = u32::from(luma(*pixel).saturating_sub(185));
            let share = lit * lit * 255 / (70 * 70) * 3 / 4;
            let lamp = [
                pixel[0],
                (u32::from(pixel[1]) * 225 / 255) as u8,
                (u32::from(pixel[2]) * 160 / 255) as u8,
            ];
            for ((channel, dark), lamp) in pixel.iter_mut().zip(dark).zip(lamp) {
                *channel = between(*dark, lamp, share.min(255));
            }
        }
        Ok(picture)
    }
}
