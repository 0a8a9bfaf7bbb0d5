//! Shatter: a broken mirror: shards around the place where it was hit, each a little moved and
//! turned, with bright edges.

use protocol::Shatter;

use crate::operations::Effect;
use crate::operations::colours::between;
use crate::operations::random::Random;
use crate::operations::sample::{Outside, place, sample};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

impl Effect for Shatter {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let shards = shards(picture.size, self.seed);
        let mut result = Picture::blank(picture.size);
        let line = (f64::from(picture.size.width.max(picture.size.height)) / 420.0).max(0.8);
        for (y, row) in result.rows_mut().enumerate() {
            for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
                let (x, y) = (x as f64 + 0.5, y as f64 + 0.5);
                let (shard, to_edge) = nearest(&shards, x, y);
                let (from_x, from_y) = shard.shows(x, y);
                let seen = sample(&picture, place(from_x, from_y), Outside::Edge);
                let glint = (1.0 - to_edge / line).clamp(0.0, 1.0) * 0.85;
                let mut lit = [seen[0], seen[1], seen[2]];
                for channel in &mut lit {
                    let value = f64::from(*channel) * shard.light;
                    *channel = between(value as u8, 246, (glint * 255.0) as u32);
                }
                *pixel = [lit[0], lit[1], lit[2], seen[3]];
            }
        }
        Ok(result)
    }
}

/// What lies nearer to its middle than to that of any other.
struct Shard {
    x: f64,
    y: f64,
    move_x: f64,
    move_y: f64,
    sin: f64,
    cos: f64,
    light: f64,
}

impl Shard {
    /// What of the picture is seen at a place.
    fn shows(&self, x: f64, y: f64) -> (f64, f64) {
        let (dx, dy) = (x - self.x, y - self.y);
        (
            self.x + dx * self.cos - dy * self.sin + self.move_x,
            self.y + dx * self.sin + dy * self.cos + self.move_y,
        )
    }
}

/// Rings around the hit, the wider the farther off.
fn shards(size: Size, seed: u32) -> Vec<Shard> {
    let mut random = Random::new(seed);
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let (hit_x, hit_y) = (
        width * (0.4 + 0.2 * random.unit()),
        height * (0.4 + 0.2 * random.unit()),
    );
    let reach = width.hypot(height) * 0.62;
    let mut shards = Vec::new();
    for (ring, count) in [(0.05, 6), (0.14, 9), (0.3, 10), (0.55, 11), (0.95, 12)] {
        let turn = random.unit();
        for at in 0..count {
            let angle = (f64::from(at) + turn + random.unit() * 0.7) / f64::from(count)
                * std::f64::consts::TAU;
            let distance = reach * ring * (0.8 + 0.4 * random.unit());
            let (sin, cos) = ((random.unit() - 0.5) * 0.16_f64).sin_cos();
            let far = reach * 0.035;
            shards.push(Shard {
                x: hit_x + angle.cos() * distance,
                y: hit_y + angle.sin() * distance,
                move_x: (random.unit() - 0.5) * far,
                move_y: (random.unit() - 0.5) * far,
                sin,
                cos,
                light: 0.84 + random.unit() * 0.26,
            });
        }
    }
    shards
}

/// The shard at a place, and how far it is to the edge of it.
fn nearest(shards: &[Shard], x: f64, y: f64) -> (&Shard, f64) {
    let distance = |shard: &Shard| (shard.x - x).powi(2) + (shard.y - y).powi(2);
    let (mut best, mut second) = ((&shards[0], f64::MAX), (&shards[0], f64::MAX));
    for shard in shards {
        let distance = distance(shard);
        if distance < best.1 {
            (best, second) = ((shard, distance), best);
        } else if distance < second.1 {
            second = (shard, distance);
        }
    }
    let apart = (best.0.x - second.0.x)
        .hypot(best.0.y - second.0.y)
        .max(1e-6);
    (best.0, (second.1 - best.1) / (2.0 * apart))
}
