//! Clouds: noise without visible grid, for flames, frost and old paper.

use super::random::Random;
use super::rounding::floor;

/// Random values on a grid that repeats.
pub(super) struct Grain {
    values: Vec<f32>,
}

/// A power of two, so that repeating is a mask.
const SIDE: usize = 64;

impl Grain {
    pub(super) fn new(seed: u32) -> Self {
        let mut random = Random::new(seed);
        let values = (0..SIDE * SIDE).map(|_| random.unit() as f32).collect();
        Self { values }
    }

    /// 0 to 1, smooth between the values of the grid.
    pub(super) fn smooth(&self, x: f64, y: f64) -> f64 {
        self.level(y).at(x)
    }

    /// The values at that height.
    pub(super) fn level(&self, y: f64) -> Level<'_> {
        let top = floor(y);
        let row = |y: i64| {
            let rows = self.values.as_chunks::<SIDE>().0;
            &rows[wrapped(y)]
        };
        Level {
            upper: row(top),
            lower: row(top.wrapping_add(1)),
            share: ease(y - top as f64),
        }
    }

    /// 0 to 1, four sizes on one another, each half of the one before, at that height.
    pub(super) fn cloud(&self, y: f64) -> Cloud<'_> {
        Cloud(SIZES.map(|(scale, weight)| self.level(y * scale - weight)))
    }
}

/// How much finer the parts of a cloud are, and how much they weigh.
const SIZES: [(f64, f64); 4] = [(1.0, 8.0), (2.0, 4.0), (4.0, 2.0), (8.0, 1.0)];

/// See [`Grain::level`].
pub(super) struct Level<'a> {
    upper: &'a [f32; SIDE],
    lower: &'a [f32; SIDE],
    /// How much of the lower one is to be seen.
    share: f32,
}

impl Level<'_> {
    /// The value at that place.
    pub(super) fn at(&self, x: f64) -> f64 {
        let left = floor(x);
        let share = ease(x - left as f64);
        let (one, two) = (wrapped(left), wrapped(left.wrapping_add(1)));
        let along = |row: &[f32; SIDE]| row[one] * (1.0 - share) + row[two] * share;
        f64::from(along(self.upper) * (1.0 - self.share) + along(self.lower) * self.share)
    }
}

/// See [`Grain::cloud`].
pub(super) struct Cloud<'a>([Level<'a>; SIZES.len()]);

impl Cloud<'_> {
    /// The value at that place.
    pub(super) fn at(&self, x: f64) -> f64 {
        let parts = self.0.iter().zip(SIZES);
        let sum: f64 = parts
            .map(|(level, (scale, weight))| level.at(x * scale + weight) * weight)
            .sum();
        sum / 15.0
    }
}

fn wrapped(at: i64) -> usize {
    at as usize & (SIDE - 1)
}

fn ease(at: f64) -> f32 {
    (at * at * (3.0 - 2.0 * at)) as f32
}
