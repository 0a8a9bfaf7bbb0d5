//! Clouds: noise without visible grid, for flames, frost and old paper.

use super::random::Random;

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
        let (left, top) = (x.floor(), y.floor());
        let ease = |at: f64| (at * at * (3.0 - 2.0 * at)) as f32;
        let (fx, fy) = (ease(x - left), ease(y - top));
        let wrapped = |at: i64| at as usize & (SIDE - 1);
        let (left, top) = (left as i64, top as i64);
        let (one, two) = (wrapped(left), wrapped(left + 1));
        let row = |y: i64| {
            let row = &self.values[wrapped(y) * SIDE..][..SIDE];
            row[one] * (1.0 - fx) + row[two] * fx
        };
        f64::from(row(top) * (1.0 - fy) + row(top + 1) * fy)
    }

    /// 0 to 1, four sizes on one another, each half of the one before.
    pub(super) fn cloud(&self, x: f64, y: f64) -> f64 {
        let sizes = [(1.0, 8.0), (2.0, 4.0), (4.0, 2.0), (8.0, 1.0)];
        let sum: f64 = sizes
            .iter()
            .map(|(scale, weight)| self.smooth(x * scale + weight, y * scale - weight) * weight)
            .sum();
        sum / 15.0
    }
}
