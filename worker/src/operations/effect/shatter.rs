//! Shatter: a mirror broken by one hit: cracks run from it to all sides, others join them, and
//! each shard shows the picture a little moved, turned and lit; a few have fallen out.

use protocol::Shatter;

use crate::operations::Effect;
use crate::operations::colours::between;
use crate::operations::random::Random;
use crate::operations::sample::{Outside, place, sample};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

/// Cracks from the hit outwards.
const SPOKES: usize = 17;
/// Where cracks join neighbouring spokes, of the way to the farthest corner; the first is the
/// hole.
const RINGS: [f64; 5] = [0.035, 0.12, 0.25, 0.45, 0.72];
const SHARDS: usize = RINGS.len() + 1;
/// Steps of a full turn in which the sector of a place is looked up.
const TURN: usize = 1024;

impl Effect for Shatter {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let mirror = Mirror::new(picture.size, self.seed);
        let mut result = Picture::blank(picture.size);
        let line = (f64::from(picture.size.width.max(picture.size.height)) / 330.0).max(0.7);
        for (y, row) in result.rows_mut().enumerate() {
            let dy = y as f64 + 0.5 - mirror.hit.1;
            for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
                let dx = x as f64 + 0.5 - mirror.hit.0;
                let (shard, to_edge, lit) = mirror.at(dx, dy);
                let from_x = dx * shard.cos - dy * shard.sin + shard.x + mirror.hit.0;
                let from_y = dx * shard.sin + dy * shard.cos + shard.y + mirror.hit.1;
                let seen = sample(&picture, place(from_x, from_y), Outside::Edge);
                // A dark crack, and light that breaks in the edge beside it.
                let crack = (1.3 - to_edge / line).clamp(0.0, 1.0);
                let glint = (1.0 - (to_edge / line - 2.0).abs()).clamp(0.0, 1.0) * lit;
                let mut colour = [seen[0], seen[1], seen[2]];
                for channel in &mut colour {
                    let value = (f64::from(*channel) * shard.light + shard.shine) as u8;
                    let value = between(value, 250, (glint * 190.0) as u32);
                    *channel = between(value, 12, (crack * 225.0) as u32);
                }
                *pixel = [colour[0], colour[1], colour[2], seen[3]];
            }
        }
        Ok(result)
    }
}

/// What is done to the picture in a shard.
#[derive(Clone, Copy)]
struct Shard {
    x: f64,
    y: f64,
    sin: f64,
    cos: f64,
    light: f64,
    shine: f64,
}

/// What lies between two spokes.
struct Sector {
    /// The direction of the spoke at which it begins.
    from: (f64, f64),
    /// The cracks across: their directions to the outside, and how far off they are.
    across: [((f64, f64), f64); RINGS.len()],
    shards: [Shard; SHARDS],
    /// How much light the spoke catches.
    lit: f64,
}

struct Mirror {
    hit: (f64, f64),
    sectors: Vec<Sector>,
    /// For each step of a turn, the last sector that begins before it.
    lookup: [u8; TURN],
}

impl Mirror {
    fn new(size: Size, seed: u32) -> Self {
        let mut random = Random::new(seed);
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        let hit = (
            width * (0.36 + 0.28 * random.unit()),
            height * (0.36 + 0.28 * random.unit()),
        );
        let reach = hit.0.max(width - hit.0).hypot(hit.1.max(height - hit.1));
        let room = 1.0 / SPOKES as f64;
        let turns: Vec<f64> = (0..SPOKES)
            .map(|at| (at as f64 + random.unit() * 0.8) * room)
            .collect();
        // Neighbouring sectors meet at the same points of a spoke, but for some cracks that end
        // there.
        let mut ends = || RINGS.map(|ring| ring * reach * (0.75 + 0.5 * random.unit()));
        let ends: Vec<[f64; RINGS.len()]> = (0..SPOKES).map(|_| ends()).collect();
        let direction = |turn: f64| {
            let (sin, cos) = (turn * std::f64::consts::TAU).sin_cos();
            (cos, sin)
        };
        let sectors = (0..SPOKES)
            .map(|at| {
                let next = (at + 1) % SPOKES;
                let (from, to) = (direction(turns[at]), direction(turns[next]));
                let jump = if random.below(3) == 0 { 1.25 } else { 1.0 };
                let across = std::array::from_fn(|ring| {
                    let (one, two) = (ends[at][ring] * jump, ends[next][ring]);
                    chord((from.0 * one, from.1 * one), (to.0 * two, to.1 * two))
                });
                let shards = std::array::from_fn(|ring| shard(&mut random, ring, reach));
                let lit = random.unit();
                Sector {
                    from,
                    across,
                    shards,
                    lit,
                }
            })
            .collect();
        let lookup = std::array::from_fn(|step| {
            let turn = step as f64 / TURN as f64;
            let begun = turns.iter().rposition(|from| *from <= turn);
            begun.unwrap_or(SPOKES - 1) as u8
        });
        Self {
            hit,
            sectors,
            lookup,
        }
    }

    /// The shard at a place as seen from the hit, how far it is to the edge of it, px, and how
    /// much light that catches.
    fn at(&self, x: f64, y: f64) -> (Shard, f64, f64) {
        let turn = (y.atan2(x) / std::f64::consts::TAU).rem_euclid(1.0);
        let mut at = usize::from(self.lookup[(turn * TURN as f64) as usize % TURN]);
        let off = |at: usize| {
            let (dx, dy) = self.sectors[at % SPOKES].from;
            dx * y - dy * x
        };
        // The spoke may lie within the step.
        if off(at + 1) > 0.0 {
            at = (at + 1) % SPOKES;
        }
        let sector = &self.sectors[at];
        let near_to = |at: usize| {
            let (dx, dy) = self.sectors[at % SPOKES].from;
            // Behind the hit there is nothing of a spoke.
            if dx * x + dy * y > 0.0 {
                off(at).abs()
            } else {
                f64::MAX
            }
        };
        let mut to_edge = near_to(at).min(near_to(at + 1));
        let mut ring = 0;
        for ((dx, dy), far) in &sector.across {
            let beyond = dx * x + dy * y - far;
            to_edge = to_edge.min(beyond.abs());
            ring += usize::from(beyond > 0.0);
        }
        (sector.shards[ring], to_edge, sector.lit)
    }
}

/// The line through two points: its direction to the outside, and how far off it is.
fn chord(one: (f64, f64), two: (f64, f64)) -> ((f64, f64), f64) {
    let (dx, dy) = (two.0 - one.0, two.1 - one.1);
    let length = dx.hypot(dy).max(1e-9);
    let outside = (dy / length, -dx / length);
    (outside, outside.0 * one.0 + outside.1 * one.1)
}

fn shard(random: &mut Random, ring: usize, reach: f64) -> Shard {
    let even = |random: &mut Random| random.unit() * 2.0 - 1.0;
    let far = reach * 0.03;
    let (sin, cos) = (even(random) * 0.1 / (ring as f64 + 1.0).sqrt()).sin_cos();
    // The hole, and what has fallen out beside it.
    let gone = ring == 0 || (ring < 4 && random.below(14) == 0);
    Shard {
        x: even(random) * far,
        y: even(random) * far,
        sin,
        cos,
        light: if gone {
            0.12
        } else {
            0.82 + random.unit() * 0.2
        },
        shine: if gone {
            0.0
        } else {
            (random.unit() * 1.6 - 0.8).max(0.0) * 42.0
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::done;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn there_are_dark_cracks_and_most_of_the_picture_is_seen() {
        let given = compose::filled(Size::new(300, 240), Colour([150, 150, 150, 255]));
        let result = done("shatter:3", given);
        let share = |dark: bool| {
            let pixels = result.as_pixels().iter();
            pixels.filter(|pixel| (pixel[0] < 80) == dark).count() as f64 / 72_000.0
        };
        assert!((0.03..0.35).contains(&share(true)), "{}", share(true));
    }

    #[test]
    fn another_seed_breaks_it_otherwise() {
        let given = compose::filled(Size::new(60, 60), Colour([150, 150, 150, 255]));
        assert_ne!(done("shatter:3", given.clone()), done("shatter:4", given));
    }
}
