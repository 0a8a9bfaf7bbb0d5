//! Eight rows at once. A pixel waits for the one to its left, so that undoing one row is a single
//! chain of waits; but a row may follow the one above it at a short distance, and eight chains go
//! side by side, four pixels to a register. Whatever the rows' filters are: what a filter does
//! not look at is zero to it.
//!
//! A step is one pixel of each row. Those of a strip are laid out in memory (*weave*), followed
//! one by one, and taken apart (*part*). What is above four pixels is read from there as one
//! piece, and so compilers make vectors of 16 bytes of it without being told.

use super::unfilter::{Filter, Line, opaque, wide};
use crate::picture::CHANNELS;

/// Rows that are undone at once.
pub(super) const LINES: usize = 2 * FOUR;
/// Of them, those whose pixels fill a register.
const FOUR: usize = 4;
/// Pixels that a row is behind the one above it: until what is written can be read again in
/// pieces of other bounds, a processor takes longer than one step.
const LAG: usize = 3;
/// Steps that are laid out at a time: with the rows, they stay in the nearest cache.
const STRIP: usize = 256;
// No row begins after the first strip.
const _: () = assert!(LAG * LINES < STRIP);

/// A pixel of the row above, and one of each of eight rows.
type Step = [[u8; CHANNELS]; 1 + LINES];
const STEP_BYTES: usize = (1 + LINES) * CHANNELS;
const NOTHING: Step = [[0; CHANNELS]; 1 + LINES];
/// A step, and those that the rows are behind.
const WINDOW_BYTES: usize = (LAG + 1) * STEP_BYTES;

/// Four pixels, each in a row of its own.
type Lanes = [u8; LANES];
const LANES: usize = FOUR * CHANNELS;

pub(super) struct Wave {
    /// The last steps of the strip before, then a strip.
    steps: Vec<Step>,
}

impl Wave {
    pub(super) fn new() -> Self {
        Self {
            steps: vec![NOTHING; LAG + STRIP],
        }
    }

    /// Undoes up to eight `lines` of pixels of `N` bytes, each behind its filter, into `rows`.
    pub(super) fn run<const N: usize>(
        &mut self,
        lines: &[u8],
        above: &[[u8; CHANNELS]],
        rows: &mut [[u8; CHANNELS]],
    ) -> Option<()> {
        let width = above.len();
        let mut read = [None; LINES];
        for (line, bytes) in read.iter_mut().zip(lines.chunks_exact(1 + width * N)) {
            *line = Some(Line::<N>::read(bytes)?);
        }
        let (upper, lower) = read.split_at(FOUR);
        let mut fours = [Four::new(upper), Four::new(lower)];
        // Left of a row there are zeros, and stay zeros when they are followed. What is right of
        // a row, or in one that is not there, nobody looks at.
        self.steps[..LAG + LAG * LINES].fill(NOTHING);
        let end = width + LAG * LINES;
        for start in (0..end).step_by(STRIP) {
            let count = STRIP.min(end - start);
            let (_, strip) = self.steps.split_at_mut(LAG);
            weave(strip, start, 0, above);
            for (line, at) in read.iter().flatten().zip(1..) {
                weave(strip, start, at, line.pixels);
            }
            follow(self.steps.get_mut(..LAG + count)?, &mut fours);
            let (_, strip) = self.steps.split_at(LAG);
            for (row, at) in rows.chunks_exact_mut(width).zip(1..) {
                part::<N>(strip, start, at, row);
            }
            self.steps.copy_within(STRIP.., 0);
        }
        Some(())
    }
}

/// How many steps of a strip come before those of row `at`, and which pixel is the first.
fn place(start: usize, at: usize) -> (usize, usize) {
    let behind = LAG * at;
    (behind.saturating_sub(start), start.saturating_sub(behind))
}

/// Lays out what of a row belongs to the strip that begins with step `start`.
fn weave<const N: usize>(strip: &mut [Step], start: usize, at: usize, row: &[[u8; N]]) {
    let (skipped, first) = place(start, at);
    let strip = strip.get_mut(skipped..).unwrap_or_default().iter_mut();
    for (step, pixel) in strip.zip(row.get(first..).unwrap_or_default()) {
        step[at] = wide(pixel);
    }
}

/// The way back, of pixels that had `N` bytes.
fn part<const N: usize>(strip: &[Step], start: usize, at: usize, row: &mut [[u8; CHANNELS]]) {
    let (skipped, first) = place(start, at);
    let strip = strip.get(skipped..).unwrap_or_default().iter();
    for (step, pixel) in strip.zip(row.get_mut(first..).unwrap_or_default()) {
        *pixel = opaque::<N>(step[at]);
    }
}

/// Undoes step after step. Alone, so that nothing around it keeps it from becoming vectors.
#[inline(never)]
fn follow(steps: &mut [Step], fours: &mut [Four; 2]) {
    let [mut upper, mut lower] = *fours;
    let mut steps = steps.as_flattened_mut().as_flattened_mut();
    while let Some(window) = steps.first_chunk_mut::<WINDOW_BYTES>() {
        let (above, now) = window.split_at_mut(LAG * STEP_BYTES);
        let first = &mut now[CHANNELS..][..LANES];
        first.copy_from_slice(&upper.step(lanes(first), lanes(&above[..LANES])));
        let second = &mut now[CHANNELS + LANES..];
        second.copy_from_slice(&lower.step(lanes(second), lanes(&above[LANES..][..LANES])));
        steps = &mut steps[STEP_BYTES..];
    }
    *fours = [upper, lower];
}

/// As many bytes as there are lanes. (Made one by one, they would be fetched one by one.)
#[inline(always)]
fn lanes(bytes: &[u8]) -> Lanes {
    let mut lanes = [0; LANES];
    lanes.copy_from_slice(bytes);
    lanes
}

/// Four rows on their way: what they take part in, and what they looked at last.
#[derive(Clone, Copy)]
struct Four {
    masks: Masks,
    left: Lanes,
    /// What was above, which is now above what is to the left.
    corner: Lanes,
}

/// What of its neighbours a row looks at, by the filter of Paeth or for a mean: all bits or none.
#[derive(Clone, Copy)]
struct Masks {
    left: Lanes,
    above: Lanes,
    corner: Lanes,
    mean: Lanes,
}

impl Four {
    fn new<const N: usize>(lines: &[Option<Line<'_, N>>]) -> Self {
        let mask = |filters: &[Filter]| {
            std::array::from_fn(|at| {
                let line = lines.get(at / CHANNELS).copied().flatten();
                match line.is_some_and(|line| filters.contains(&line.filter)) {
                    true => u8::MAX,
                    false => 0,
                }
            })
        };
        // The two that look at one neighbour are that of Paeth without the others.
        Self {
            masks: Masks {
                left: mask(&[Filter::Sub, Filter::Paeth]),
                above: mask(&[Filter::Up, Filter::Paeth]),
                corner: mask(&[Filter::Paeth]),
                mean: mask(&[Filter::Average]),
            },
            left: [0; LANES],
            corner: [0; LANES],
        }
    }

    /// What one pixel of each row stands for.
    #[inline(always)]
    fn step(&mut self, stored: Lanes, above: Lanes) -> Lanes {
        self.left = undone(stored, self.left, above, self.corner, &self.masks);
        self.corner = above;
        self.left
    }
}

/// The filter of Paeth, or a mean. Of what is left (a), above (b) and in the corner (c), Paeth
/// took what is nearest to a + b - c: with `low` and `high` the lesser and the greater of a and
/// b, that is `high` if twice the way down from c to `low` is no longer than the way up to
/// `high`, `low` if it is the other way round, and c else. Ways that do not exist are 0, and all
/// of this fits into bytes that saturate.
#[inline(always)]
fn undone(stored: Lanes, left: Lanes, above: Lanes, corner: Lanes, masks: &Masks) -> Lanes {
    let a = each(left, masks.left, |x, mask| x & mask);
    let b = each(above, masks.above, |x, mask| x & mask);
    let c = each(corner, masks.corner, |x, mask| x & mask);
    let down = each(c, each(a, b, u8::min), u8::saturating_sub);
    let up = each(each(a, b, u8::max), c, u8::saturating_sub);
    let shorter = |way: u8, other: u8| {
        if way.saturating_add(way) <= other {
            u8::MAX
        } else {
            0
        }
    };
    let goes_up = each(down, up, shorter);
    let goes_down = each(up, down, shorter);
    let mean = each(left, above, |a, b| (a & b) + ((a ^ b) >> 1));
    let mean = each(mean, masks.mean, |x, mask| x & mask);
    let rest = each(each(stored, c, u8::wrapping_add), mean, u8::wrapping_add);
    let with = each(
        rest,
        each(up, goes_up, |x, mask| x & mask),
        u8::wrapping_add,
    );
    each(
        with,
        each(down, goes_down, |x, mask| x & mask),
        u8::wrapping_sub,
    )
}

#[inline(always)]
fn each(a: Lanes, b: Lanes, of: impl Fn(u8, u8) -> u8) -> Lanes {
    std::array::from_fn(|at| of(a[at], b[at]))
}

#[cfg(test)]
mod tests {
    use super::super::tests::paeth;
    use super::*;

    #[test]
    fn the_filter_of_paeth_is_the_standards_for_all_bytes() {
        let masks = Masks {
            left: [u8::MAX; 16],
            above: [u8::MAX; 16],
            corner: [u8::MAX; 16],
            mean: [0; 16],
        };
        for (a, b) in (0..=255).flat_map(|a| (0..=255).map(move |b| (a, b))) {
            for first in (0..=255).step_by(16) {
                let corner = std::array::from_fn(|at| first + at as u8);
                let found = undone([0; 16], [a; 16], [b; 16], corner, &masks);
                let expected = corner.map(|c| paeth(a.into(), b.into(), c.into()) as u8);
                assert_eq!(found, expected, "left {a}, above {b}, corners from {first}");
            }
        }
    }
}
