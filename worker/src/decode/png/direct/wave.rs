//! Eight rows at once. A pixel waits for the one to its left, and undoing one row is a single
//! chain of such waits; but a row may follow the one above it a little behind, so that eight
//! chains go side by side, sixteen bytes to a register. Whatever the rows' filters are: what a
//! filter does not look at is zero to it.
//!
//! A step is one pixel of each row. The steps of a strip are laid out first (*weave*), then
//! followed, then taken apart (*part*). Shapes of loops and arrays are those from which the
//! compiler makes vectors of 16 bytes without being told: measure after every change.

use super::unfilter::{Filter, Line, opaque, wide};
use crate::picture::CHANNELS;

/// Rows that are undone at once.
pub(super) const LINES: usize = 2 * FOUR;
/// Of them, those whose pixels fill a register.
const FOUR: usize = 4;
/// Pixels that a row is behind the one above it. With one, a step would wait for the shuffle
/// that brings what is above, besides what is to the left.
const LAG: usize = 2;
/// Steps that are laid out at a time: with the rows, they stay in the nearest cache.
const STRIP: usize = 256;

type Lanes = [u8; FOUR * CHANNELS];

/// A pixel of each of eight rows, and of the row above them (in the first lane).
#[derive(Clone, Copy)]
struct Step {
    top: Lanes,
    rows: [Lanes; 2],
}

const EMPTY: Step = Step {
    top: [0; FOUR * CHANNELS],
    rows: [[0; FOUR * CHANNELS]; 2],
};

pub(super) struct Wave {
    strip: Vec<Step>,
}

impl Wave {
    pub(super) fn new() -> Self {
        Self {
            strip: vec![EMPTY; STRIP],
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
        let mut fours = [Four::new(&read[..FOUR]), Four::new(&read[FOUR..])];
        // Left of a row there are zeros, which stay zeros; what is right of it, or in a row that
        // is not there, nobody looks at.
        self.strip[..LAG * LINES].fill(EMPTY);
        let end = width + LAG * (LINES - 1);
        for start in (0..end).step_by(STRIP) {
            let count = STRIP.min(end - start);
            let steps = &mut self.strip[..count];
            for (step, &[a, b, c, d]) in
                steps.iter_mut().zip(above.get(start..).unwrap_or_default())
            {
                step.top[..CHANNELS].copy_from_slice(&[a, b, c, d]);
            }
            for (at, line) in read.iter().enumerate() {
                if let Some(line) = line {
                    weave(steps, start, at, line.pixels);
                }
            }
            follow(steps, &mut fours);
            for (at, row) in rows.chunks_exact_mut(width).enumerate() {
                part::<N>(steps, start, at, row);
            }
        }
        Some(())
    }
}

/// The steps of a strip that have pixels of row `at`, and which pixel the first of them has.
fn span(start: usize, at: usize) -> (usize, usize) {
    let behind = LAG * at;
    (behind.saturating_sub(start), start.saturating_sub(behind))
}

#[inline(never)]
fn weave<const N: usize>(steps: &mut [Step], start: usize, at: usize, row: &[[u8; N]]) {
    let (skipped, first) = span(start, at);
    let (four, lane) = (at / FOUR, at % FOUR * CHANNELS);
    let steps = steps.iter_mut().skip(skipped);
    for (step, pixel) in steps.zip(row.get(first..).unwrap_or_default()) {
        step.rows[four][lane..lane + CHANNELS].copy_from_slice(&wide(pixel));
    }
}

#[inline(never)]
fn part<const N: usize>(steps: &[Step], start: usize, at: usize, row: &mut [[u8; CHANNELS]]) {
    let (skipped, first) = span(start, at);
    let (four, lane) = (at / FOUR, at % FOUR * CHANNELS);
    let steps = steps.iter().skip(skipped);
    for (step, pixel) in steps.zip(row.get_mut(first..).unwrap_or_default()) {
        pixel.copy_from_slice(&step.rows[four][lane..lane + CHANNELS]);
        *pixel = opaque::<N>(*pixel);
    }
}

/// Four rows on their way: what they look at, and what they looked at last.
#[derive(Clone, Copy)]
struct Four {
    masks: Masks,
    /// The pixels to the left, and those left of them.
    left: Lanes,
    second: Lanes,
    /// The pixels above the ones to the left.
    corner: Lanes,
}

impl Four {
    fn new<const N: usize>(lines: &[Option<Line<'_, N>>]) -> Self {
        let mask = |looked: fn(Filter) -> bool| {
            std::array::from_fn(|at| {
                let filter = lines.get(at / CHANNELS).copied().flatten();
                match filter.is_some_and(|line| looked(line.filter)) {
                    true => u8::MAX,
                    false => 0,
                }
            })
        };
        Self {
            masks: Masks {
                left: mask(|filter| matches!(filter, Filter::Sub | Filter::Paeth)),
                above: mask(|filter| matches!(filter, Filter::Up | Filter::Paeth)),
                corner: mask(|filter| filter == Filter::Paeth),
                mean: mask(|filter| filter == Filter::Average),
            },
            left: EMPTY.top,
            second: EMPTY.top,
            corner: EMPTY.top,
        }
    }

    /// One pixel of each row: what is stored becomes what it stands for.
    #[inline(always)]
    fn step(&mut self, lanes: &mut Lanes, above: Lanes) {
        let (left, corner) = (self.left, self.corner);
        self.second = left;
        self.left = undone(*lanes, left, above, corner, &self.masks);
        self.corner = above;
        *lanes = self.left;
    }
}

/// What of its neighbours a row takes part in, by the filter of Paeth or as a mean: all bits or
/// none.
#[derive(Clone, Copy)]
struct Masks {
    left: Lanes,
    above: Lanes,
    corner: Lanes,
    mean: Lanes,
}

#[inline(never)]
fn follow(steps: &mut [Step], fours: &mut [Four; 2]) {
    let [mut upper, mut lower] = *fours;
    for Step { top, rows } in steps {
        let [first, second] = rows;
        let above_lower = shifted(&upper.second, &lower.second);
        let above_upper = std::array::from_fn(|at| match at.checked_sub(CHANNELS) {
            None => top[at],
            Some(before) => upper.second[before],
        });
        upper.step(first, above_upper);
        lower.step(second, above_lower);
    }
    *fours = [upper, lower];
}

/// The last lane of `before`, then all of `lanes` but the last.
#[inline(always)]
fn shifted(before: &Lanes, lanes: &Lanes) -> Lanes {
    const LAST: usize = (FOUR - 1) * CHANNELS;
    std::array::from_fn(|at| match at.checked_sub(CHANNELS) {
        None => before[LAST + at],
        Some(back) => lanes[back],
    })
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
