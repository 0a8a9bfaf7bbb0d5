//! Earth: the picture as a globe in space.

use protocol::Earth;

use crate::operations::Effect;
use crate::operations::colours::between;
use crate::operations::random::Random;
use crate::operations::sample::{Outside, place, sample};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

/// Radius of the globe, of half the side.
const RADIUS: f64 = 0.82;
/// Where the light comes from: left, above, before.
const SUN: [f64; 3] = [-0.48, -0.5, 0.72];

impl Effect for Earth {
    fn result_size(&self, size: Size) -> Size {
        let side = size.width.min(size.height);
        Size::new(side, side)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = self.result_size(picture.size);
        let mut result = sky(size);
        let half = f64::from(size.width) / 2.0;
        let radius = half * RADIUS;
        for (y, row) in result.rows_mut().enumerate() {
            let down = (y as f64 + 0.5 - half) / radius;
            for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
                let across = (x as f64 + 0.5 - half) / radius;
                let off = across.hypot(down);
                if off < 1.0 {
                    let ground = ground(&picture, across, down);
                    let edge = ((1.0 - off) * radius).min(1.0);
                    for (channel, ground) in pixel.iter_mut().zip(ground) {
                        *channel = between(*channel, ground, (edge * 255.0) as u32);
                    }
                } else {
                    let air = (1.0 - (off - 1.0) / 0.12).max(0.0);
                    let day = (0.55 + 0.45 * (across * SUN[0] + down * SUN[1])).max(0.0);
                    let share = (air * air * day * 210.0) as u32;
                    for (channel, blue) in pixel.iter_mut().zip([96, 164, 255]) {
                        *channel = between(*channel, blue, share);
                    }
                }
            }
        }
        Ok(result)
    }
}

/// What is seen of the globe, lit; the whole picture is on the side that is seen.
fn ground(picture: &Picture, across: f64, down: f64) -> [u8; 3] {
    let front = (1.0 - across * across - down * down).max(0.0).sqrt();
    let latitude = down.asin() / std::f64::consts::PI + 0.5;
    let longitude = across.atan2(front) / std::f64::consts::PI + 0.5;
    let (width, height) = (
        f64::from(picture.size.width),
        f64::from(picture.size.height),
    );
    let [r, g, b, a] = sample(
        picture,
        place(longitude * width, latitude * height),
        Outside::Edge,
    );
    let light = (across * SUN[0] + down * SUN[1] + front * SUN[2]).max(0.0);
    let light = 0.1 + 1.05 * light;
    let air = (1.0 - front).powi(3) * 0.7;
    let sea = [20.0, 60.0, 120.0];
    let alpha = f64::from(a) / 255.0;
    let mut lit = [r, g, b].map(f64::from);
    for ((channel, sea), air_colour) in lit.iter_mut().zip(sea).zip([130.0, 180.0, 255.0]) {
        let solid = *channel * alpha + sea * (1.0 - alpha);
        *channel = (solid * (1.0 - air) + air_colour * air) * light;
    }
    lit.map(|channel| channel as u8)
}

/// Space, with stars.
fn sky(size: Size) -> Picture {
    let mut sky = Picture::blank(size);
    sky.as_pixels_mut().fill([6, 7, 16, 255]);
    let mut random = Random::new(5);
    let side = size.width;
    for _ in 0..side * side / 900 {
        let at = random.below(side) as usize + random.below(side) as usize * side as usize;
        let light = 60 + random.below(190) as u8;
        sky.as_pixels_mut()[at] = [light, light, light.saturating_add(14), 255];
    }
    sky
}
