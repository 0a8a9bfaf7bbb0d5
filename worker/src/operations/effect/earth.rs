//! Earth: the picture as a globe in space.

use protocol::Earth;

use crate::operations::Effect;
use crate::operations::colours::between;
use crate::operations::grain::{Cloud, Grain};
use crate::operations::mask::shape::Shape;
use crate::operations::random::Random;
use crate::operations::sample::{Outside, place, sample};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

/// Radius of the globe, of half the side.
const RADIUS: f64 = 0.82;
/// Where the light comes from: left, above, before.
const SUN: [f64; 3] = [-0.44, -0.42, 0.79];

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
        let weather = Grain::new(11);
        for (y, row) in result.rows_mut().enumerate() {
            let down = (y as f64 + 0.5 - half) / radius;
            let latitude = Latitude::new(&weather, down);
            for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
                let across = (x as f64 + 0.5 - half) / radius;
                let off = (across * across + down * down).sqrt();
                if off < 1.0 {
                    let ground = ground(&picture, &latitude, across);
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

/// A row of the globe.
struct Latitude<'a> {
    down: f64,
    /// From the north pole (0) to the south pole (1).
    north: f64,
    /// Streaks of clouds.
    clouds: Cloud<'a>,
}

impl<'a> Latitude<'a> {
    fn new(weather: &'a Grain, down: f64) -> Self {
        let north = down.asin() / std::f64::consts::PI + 0.5;
        Self {
            down,
            north,
            clouds: weather.cloud(north * 13.0),
        }
    }
}

/// What is seen of the globe, lit; the whole picture is on the side that is seen.
fn ground(picture: &Picture, latitude: &Latitude, across: f64) -> [u8; 3] {
    let down = latitude.down;
    let front = (1.0 - across * across - down * down).max(0.0).sqrt();
    let longitude = across.atan2(front) / std::f64::consts::PI + 0.5;
    let (width, height) = (
        f64::from(picture.size.width),
        f64::from(picture.size.height),
    );
    let [r, g, b, a] = sample(
        picture,
        place(longitude * width, latitude.north * height),
        Outside::Edge,
    );
    let light = (across * SUN[0] + down * SUN[1] + front * SUN[2]).max(0.0);
    let light = 0.2 + 1.02 * light;
    let air = (1.0 - front).powi(3) * 0.75;
    let cloud = latitude.clouds.at(longitude * 7.0 + 3.0);
    let cloud = ((cloud - 0.54) * 4.5).clamp(0.0, 0.78);
    let sea = [20.0, 60.0, 120.0];
    let alpha = f64::from(a) / 255.0;
    let mut lit = [r, g, b].map(f64::from);
    for ((channel, sea), air_colour) in lit.iter_mut().zip(sea).zip([130.0, 180.0, 255.0]) {
        let solid = *channel * alpha + sea * (1.0 - alpha);
        let clouded = solid + (250.0 - solid) * cloud;
        *channel = (clouded * (1.0 - air) + air_colour * air) * light;
    }
    lit.map(|channel| channel as u8)
}

/// Space, with stars.
fn sky(size: Size) -> Picture {
    let mut sky = Picture::blank(size);
    sky.as_pixels_mut().fill([6, 7, 16, 255]);
    let mut random = Random::new(5);
    let side = size.width;
    let unit = f64::from(side) / 512.0;
    for _ in 0..260 {
        let mut star = Shape::default();
        let at = (
            random.unit() * f64::from(side),
            random.unit() * f64::from(side),
        );
        // Most are small.
        let radius = (0.5 + 1.3 * random.unit().powi(5)) * unit;
        star.ellipse(at, (radius, radius));
        let light = 90 + random.below(165) as u8;
        let warm = random.below(40) as u8;
        star.fill(
            &mut sky,
            [
                light,
                light - warm / 2,
                light.saturating_add(14) - warm,
                255,
            ],
        );
    }
    sky
}
