//! Rain: drops that fall, again and again, over a darkened picture.

use protocol::Rain;

use super::generated::Script;
use crate::operations::colours::{Matrix, between};
use crate::operations::random::Random;
use crate::picture::Picture;

/// The light of a wet day.
const WET: [[f64; 4]; 3] = [
    [0.58, 0.14, 0.05, 0.0],
    [0.08, 0.66, 0.08, 2.0],
    [0.08, 0.16, 0.66, 12.0],
];

impl Script for Rain {
    const FRAMES: u32 = 16;
    const DELAY_CS: u16 = 5;

    fn frame(&self, picture: &Picture, number: u32) -> Picture {
        let mut wet = picture.clone();
        Matrix::new(WET).apply(&mut wet);
        let mut random = Random::new(self.seed);
        let (width, height) = (f64::from(wet.size.width), f64::from(wet.size.height));
        let drops = (width * height / 900.0) as u32 + 1;
        for _ in 0..drops {
            // The near ones are longer, faster and brighter.
            let near = 0.3 + 0.7 * random.unit();
            let length = height * 0.09 * near;
            // A whole number of times through the picture, so that the end meets the beginning.
            let times = if near > 0.65 { 2.0 } else { 1.0 };
            let fallen = random.unit() + times * f64::from(number) / f64::from(Self::FRAMES);
            let top = fallen.fract() * (height + length) - length;
            let left = random.unit() * (width + height * 0.15) - height * 0.15;
            streak(&mut wet, (left, top), length, (near * 120.0) as u32);
        }
        wet
    }
}

/// A line that leans a little, fainter towards its top.
fn streak(picture: &mut Picture, (left, top): (f64, f64), length: f64, light: u32) {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    for step in 0..length.ceil() as u32 {
        let down = f64::from(step);
        let (x, y) = (left + (top + down) * 0.15, top + down);
        if x < 0.0 || y < 0.0 || x as usize >= width || y as usize >= height {
            continue;
        }
        let share = (f64::from(light) * down / length) as u32;
        let pixel = &mut picture.as_pixels_mut()[y as usize * width + x as usize];
        for channel in &mut pixel[..3] {
            *channel = between(*channel, 225, share);
        }
    }
}
