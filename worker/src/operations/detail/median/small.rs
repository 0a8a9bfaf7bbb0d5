//! The median of a small square, for many values side by side: of half of them and one more, neither
//! the least nor the greatest can be the one in the middle. Both are forgotten, the next value takes their
//! place, and so on until one is left. What is needed for that is the lesser and the greater of two, which
//! every processor has for sixteen bytes at once.
//!
//! Source: M. McGuire, "A Fast, Small-Radius GPU Median Filter", ShaderX6, 2008.

use crate::picture::{CHANNELS, Picture};

/// From this radius on histograms cost less.
pub(super) const RADIUS_END: usize = 4;
/// Bytes that are filtered side by side.
const WIDE: usize = 64;
/// Most values that are compared at once: half of the largest square and one more.
const HELD_MAX: usize = (2 * RADIUS_END - 1).pow(2) / 2 + 2;

type Lanes = [u8; WIDE];

/// The median of each channel by itself, alpha as well: no pixel may be without colour.
pub(super) fn filter(picture: &mut Picture, radius: usize) {
    let (height, stride) = (picture.size.height as usize, picture.size.stride());
    let side = 2 * radius + 1;
    let row = |y: usize| y.min(height - 1) * stride..(y.min(height - 1) + 1) * stride;
    let mut rows = Rows {
        lines: vec![Vec::new(); side],
        radius,
    };
    // As if the row before the first were done.
    for y in 0..side {
        rows.enter(y, &picture.pixels[row(y.saturating_sub(radius + 1))]);
    }
    for y in 0..height {
        rows.enter(y + side, &picture.pixels[row(y + radius)]);
        for (at, results) in picture.pixels[row(y)].chunks_mut(WIDE).enumerate() {
            let middle = rows.middle(at * WIDE);
            results.copy_from_slice(&middle[..results.len()]);
        }
    }
}

/// As many rows as the square is high, each with its outermost pixels repeated.
struct Rows {
    lines: Vec<Vec<u8>>,
    radius: usize,
}

impl Rows {
    /// The next row takes the place of the first.
    fn enter(&mut self, number: usize, row: &[u8]) {
        let count = self.lines.len();
        let line = &mut self.lines[number % count];
        let pixels = row.as_chunks::<CHANNELS>().0;
        line.clear();
        let repeated = |pixel: Option<&[u8; CHANNELS]>| {
            std::iter::repeat_n(pixel.copied().unwrap_or_default(), self.radius).flatten()
        };
        line.extend(repeated(pixels.first()));
        line.extend_from_slice(row);
        line.extend(repeated(pixels.last()));
        // What is read beyond the end is never seen.
        line.resize(line.len() + WIDE, 0);
    }

    /// The medians of the bytes of a row from there on.
    fn middle(&self, at: usize) -> Lanes {
        let side = self.lines.len();
        let count = side * side;
        let held = count / 2 + 2;
        let value = |number: usize| -> Lanes {
            let from = at + number % side * CHANNELS;
            let line = &self.lines[number / side];
            *line[from..].first_chunk().unwrap_or(&[0; WIDE])
        };
        let mut values = [[0; WIDE]; HELD_MAX];
        for (number, lanes) in values[..held].iter_mut().enumerate() {
            *lanes = value(number);
        }
        let mut values = &mut values[..held];
        for number in held..count {
            part(values);
            // The least goes, and the greatest makes way for the next.
            values = &mut values[1..];
            if let Some(last) = values.last_mut() {
                *last = value(number);
            }
        }
        part(values);
        values[1]
    }
}

/// Moves the least to the front and the greatest to the end.
// As a call of its own, which it is not in every build, it makes a median cost a third more.
#[inline(always)]
fn part(values: &mut [Lanes]) {
    let count = values.len();
    for at in 0..count / 2 {
        exchange(values, at, count - 1 - at);
    }
    for at in 1..count.div_ceil(2) {
        exchange(values, 0, at);
    }
    for at in count / 2..count - 1 {
        exchange(values, at, count - 1);
    }
}

/// The lesser values to the one place and the greater to the other.
fn exchange(values: &mut [Lanes], one: usize, other: usize) {
    let (before, after) = (values[one], values[other]);
    values[one] = std::array::from_fn(|at| before[at].min(after[at]));
    values[other] = std::array::from_fn(|at| before[at].max(after[at]));
}
