//! What pixels above and to the left foretell of a block.
//!
//! Source: RFC 6386, section 12.

use super::modes::{Mode, SmallMode};

/// What is taken for pixels above the picture, and to its left.
pub(super) const ABOVE: u8 = 127;
pub(super) const LEFT: u8 = 129;

/// Foretells a block of `SIDE` × `SIDE` from the row above it, the first of `rows`, and the pixels
/// to its left: the block begins at the pixel `SIDE` of each row.
pub(super) fn whole<const SIDE: usize, const WIDTH: usize>(
    rows: &mut [[u8; WIDTH]],
    mode: Mode,
    has_above: bool,
    has_left: bool,
) {
    let Some(([above], rows)) = rows.split_first_chunk_mut::<1>() else {
        return;
    };
    let (corner, above) = (above[SIDE - 1], &above[SIDE..][..SIDE]);
    let rows = &mut rows[..SIDE];
    match mode {
        Mode::Dc => {
            let mean = mean::<SIDE, WIDTH>(has_above.then_some(above), has_left.then_some(&*rows));
            rows.iter_mut()
                .for_each(|row| row[SIDE..][..SIDE].fill(mean));
        }
        Mode::Vertical => {
            let rows = rows.iter_mut();
            rows.for_each(|row| row[SIDE..][..SIDE].copy_from_slice(above));
        }
        Mode::Horizontal => rows.iter_mut().for_each(|row| {
            let left = row[SIDE - 1];
            row[SIDE..][..SIDE].fill(left);
        }),
        Mode::TrueMotion => rows.iter_mut().for_each(|row| {
            let step = i16::from(row[SIDE - 1]) - i16::from(corner);
            for (pixel, above) in row[SIDE..][..SIDE].iter_mut().zip(above) {
                *pixel = (i16::from(*above) + step).clamp(0, 255) as u8;
            }
        }),
    }
}

/// The mean of what there is of the row above and of the pixels to the left.
fn mean<const SIDE: usize, const WIDTH: usize>(
    above: Option<&[u8]>,
    rows: Option<&[[u8; WIDTH]]>,
) -> u8 {
    let above = above.map(|above| above.iter().map(|pixel| u32::from(*pixel)).sum::<u32>());
    let left = rows.map(|rows| rows.iter().map(|row| u32::from(row[SIDE - 1])).sum::<u32>());
    let side = SIDE as u32;
    match (above, left) {
        (Some(above), Some(left)) => ((above + left + side) / (2 * side)) as u8,
        (Some(sum), None) | (None, Some(sum)) => ((sum + side / 2) / side) as u8,
        (None, None) => 128,
    }
}

/// Foretells a block of 4 × 4 at the pixel `left` of rows of which the first is the one above.
pub(super) fn small<const WIDTH: usize>(rows: &mut [[u8; WIDTH]; 5], left: usize, mode: SmallMode) {
    // The pixels around: those to the left, the lowest first, the corner, and those above.
    let mut around = [0; 13];
    for (pixel, row) in around.iter_mut().zip(rows.iter().rev()) {
        *pixel = row[left - 1];
    }
    around[5..].copy_from_slice(&rows[0][left..left + 8]);
    let foretold = small_of(&around, mode);
    for (row, foretold) in rows[1..].iter_mut().zip(&foretold) {
        row[left..left + 4].copy_from_slice(foretold);
    }
}

#[rustfmt::skip]
fn small_of(around: &[u8; 13], mode: SmallMode) -> [[u8; 4]; 4] {
    let pixel = |at: usize| u16::from(around[at]);
    // Means of two that follow each other, and of three around one.
    let two = |at: usize| ((pixel(at) + pixel(at + 1) + 1) >> 1) as u8;
    let weighed = |a: u16, b: u16, c: u16| ((a + 2 * b + c + 2) >> 2) as u8;
    let three = |at: usize| weighed(pixel(at - 1), pixel(at), pixel(at + 1));
    // The last above, and the lowest to the left, stand for those behind them.
    let last_above = weighed(pixel(11), pixel(12), pixel(12));
    let (lowest, lowest_mean) = (around[0], weighed(pixel(1), pixel(0), pixel(0)));
    match mode {
        SmallMode::Dc => {
            let sum: u16 = (0..4).chain(5..9).map(pixel).sum();
            [[((sum + 4) >> 3) as u8; 4]; 4]
        }
        SmallMode::TrueMotion => std::array::from_fn(|y| {
            let step = i16::from(around[3 - y]) - i16::from(around[4]);
            std::array::from_fn(|x| (i16::from(around[5 + x]) + step).clamp(0, 255) as u8)
        }),
        SmallMode::Vertical => [std::array::from_fn(|x| three(5 + x)); 4],
        SmallMode::Horizontal => [[three(3); 4], [three(2); 4], [three(1); 4], [lowest_mean; 4]],
        SmallMode::LeftDown => {
            let means: [u8; 7] = std::array::from_fn(|at| if at < 6 { three(6 + at) } else { last_above });
            std::array::from_fn(|y| std::array::from_fn(|x| means[x + y]))
        }
        SmallMode::RightDown => {
            let means: [u8; 7] = std::array::from_fn(|at| three(1 + at));
            std::array::from_fn(|y| std::array::from_fn(|x| means[3 + x - y]))
        }
        SmallMode::VerticalRight => [
            [two(4), two(5), two(6), two(7)],
            [three(4), three(5), three(6), three(7)],
            [three(3), two(4), two(5), two(6)],
            [three(2), three(4), three(5), three(6)],
        ],
        SmallMode::VerticalLeft => [
            [two(5), two(6), two(7), two(8)],
            [three(6), three(7), three(8), three(9)],
            [two(6), two(7), two(8), three(10)],
            [three(7), three(8), three(9), three(11)],
        ],
        SmallMode::HorizontalDown => [
            [two(3), three(4), three(5), three(6)],
            [two(2), three(3), two(3), three(4)],
            [two(1), three(2), two(2), three(3)],
            [two(0), three(1), two(1), three(2)],
        ],
        SmallMode::HorizontalUp => [
            [two(2), three(2), two(1), three(1)],
            [two(1), three(1), two(0), lowest_mean],
            [two(0), lowest_mean, lowest, lowest],
            [lowest; 4],
        ],
    }
}
