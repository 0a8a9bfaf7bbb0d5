//! Clouds: noise without visible grid, for flames, frost and old paper.

use super::random::Random;
use super::rounding::{floor, low_bits};

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
        let rows = self.values.as_chunks::<SIDE>().0;
        Level {
            upper: &rows[wrapped(top)],
            lower: &rows[wrapped(top + 1.0)],
            share: ease(y - top),
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
        let (column, share) = column(x);
        self.between(column, share)
    }

    fn between(&self, column: usize, share: f32) -> f64 {
        let next = (column + 1) % SIDE;
        let along = |row: &[f32; SIDE]| row[column] * (1.0 - share) + row[next] * share;
        f64::from(along(self.upper) * (1.0 - self.share) + along(self.lower) * self.share)
    }
}

/// See [`Grain::cloud`].
pub(super) struct Cloud<'a>([Level<'a>; SIZES.len()]);

/// Places that are looked up together.
const TOGETHER: usize = 64;

impl Cloud<'_> {
    /// The value at that place.
    pub(super) fn at(&self, x: f64) -> f64 {
        let mut value = [0.0];
        self.add_up::<1>(&[x], &mut value);
        value[0]
    }

    /// The values at these places. Less for each than one by one: where a place lies in the grid is
    /// found for many side by side.
    pub(super) fn along(&self, places: impl Iterator<Item = f64>) -> Vec<f64> {
        let places: Vec<f64> = places.collect();
        let mut values = vec![0.0; places.len()];
        for (values, places) in values.chunks_mut(TOGETHER).zip(places.chunks(TOGETHER)) {
            self.add_up::<TOGETHER>(places, values);
        }
        values
    }

    /// At most so many at once.
    fn add_up<const MOST: usize>(&self, places: &[f64], values: &mut [f64]) {
        let mut found = [(0, 0.0); MOST];
        for (level, (scale, weight)) in self.0.iter().zip(SIZES) {
            for (found, x) in found.iter_mut().zip(places) {
                *found = column(x * scale + weight);
            }
            for (value, (column, share)) in values.iter_mut().zip(found) {
                *value += level.between(column, share) * weight;
            }
        }
        values.iter_mut().for_each(|value| *value /= 15.0);
    }
}

/// The column to the left of a place, and how much of the next one is to be seen.
fn column(x: f64) -> (usize, f32) {
    let left = floor(x);
    (wrapped(left), ease(x - left))
}

fn wrapped(whole: f64) -> usize {
    low_bits(whole) as usize & (SIDE - 1)
}

fn ease(at: f64) -> f32 {
    (at * at * (3.0 - 2.0 * at)) as f32
}
