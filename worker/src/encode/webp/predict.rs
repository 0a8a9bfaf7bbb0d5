//! What the pixels around foretell of a plane, tile by tile in whichever way leaves least.
//!
//! Five of the format's fourteen ways: with those that look one pixel to a side a slope is foretold
//! in any direction, and the others, which average, leave more of planes with few steps.
//!
//! Source: as in [`prefix`](super::prefix), section 4.1.

use std::ops::Range;

/// Pixels of a tile's side, as a power of two.
pub(super) const TILE_BITS: u32 = 4;
const TILE: usize = 1 << TILE_BITS;

/// A plane as what is left of it.
pub(super) struct Predicted {
    /// Of each pixel.
    pub(super) left: Vec<u8>,
    /// Of each tile the number of the way.
    pub(super) ways: Vec<u8>,
    /// Tiles of a row.
    pub(super) across: usize,
}

/// Which pixel foretells, with the format's numbers.
#[derive(Debug, Clone, Copy)]
enum Way {
    Left = 1,
    Above = 2,
    AboveRight = 3,
    AboveLeft = 4,
    /// Left and above, less what is above left.
    Gradient = 12,
}

const WAYS: [Way; 5] = [
    Way::Left,
    Way::Above,
    Way::AboveRight,
    Way::AboveLeft,
    Way::Gradient,
];

/// A part of a row and its neighbours, pixel by pixel.
#[derive(Clone, Copy)]
struct Stretch<'a> {
    pixels: &'a [u8],
    left: &'a [u8],
    above: &'a [u8],
    above_right: &'a [u8],
    above_left: &'a [u8],
}

impl Predicted {
    /// Of rows of `width`.
    pub(super) fn new(plane: &[u8], width: usize) -> Self {
        let mut left = vec![0; plane.len()];
        border(plane, width, &mut left);
        let height = plane.len() / width;
        let mut ways = Vec::new();
        for top in (0..height).step_by(TILE) {
            // What is in the first row or column is foretold in one way only.
            let rows = top.max(1)..height.min(top + TILE);
            for from in (0..width).step_by(TILE) {
                let columns = from.max(1)..width.min(from + TILE);
                let stretch = |y: usize| Stretch::of(plane, width, y, &columns);
                let cost = |way: &Way| -> u32 { rows.clone().map(|y| way.cost(stretch(y))).sum() };
                let way = WAYS.into_iter().min_by_key(cost).unwrap_or(Way::Left);
                for y in rows.clone() {
                    let place = y * width + columns.start..y * width + columns.end;
                    way.write(stretch(y), &mut left[place]);
                }
                ways.push(way as u8);
            }
        }
        Self {
            left,
            ways,
            across: width.div_ceil(TILE),
        }
    }
}

/// The first row is foretold by the pixel to the left, the first column by the one above.
fn border(plane: &[u8], width: usize, left: &mut [u8]) {
    let mut before = 0;
    for (left, pixel) in left.iter_mut().zip(plane).take(width) {
        *left = pixel.wrapping_sub(before);
        before = *pixel;
    }
    let columns = left.iter_mut().zip(plane).step_by(width);
    let above = plane.iter().step_by(width);
    for ((left, pixel), above) in columns.skip(1).zip(above) {
        *left = pixel.wrapping_sub(*above);
    }
}

impl<'a> Stretch<'a> {
    /// Of a row and columns that are not the first ones.
    fn of(plane: &'a [u8], width: usize, y: usize, columns: &Range<usize>) -> Self {
        let at = y * width + columns.start;
        let from = |at: usize| &plane[at..at + columns.len()];
        Self {
            pixels: from(at),
            left: from(at - 1),
            above: from(at - width),
            // Of the last column it is the first pixel of the row, as the format wants it.
            above_right: from(at - width + 1),
            above_left: from(at - width - 1),
        }
    }
}

impl Way {
    /// Writes down what is left of a stretch. One loop for each way.
    fn write(self, of: Stretch<'_>, left: &mut [u8]) {
        let foretold = match self {
            Self::Left => of.left,
            Self::Above => of.above,
            Self::AboveRight => of.above_right,
            Self::AboveLeft => of.above_left,
            Self::Gradient => return gradient(of, left),
        };
        let pairs = of.pixels.iter().zip(foretold);
        for (left, (pixel, foretold)) in left.iter_mut().zip(pairs) {
            *left = pixel.wrapping_sub(*foretold);
        }
    }

    /// How much is left.
    fn cost(self, of: Stretch<'_>) -> u32 {
        let mut left = [0; TILE];
        self.write(of, &mut left);
        let sizes = left.map(|left| u32::from((left as i8).unsigned_abs()));
        sizes.iter().sum()
    }
}

fn gradient(of: Stretch<'_>, left: &mut [u8]) {
    let around = of.left.iter().zip(of.above).zip(of.above_left);
    let pixels = of.pixels.iter().zip(around);
    for (rest, (pixel, ((left, above), corner))) in left.iter_mut().zip(pixels) {
        let slope = i16::from(*left) + i16::from(*above) - i16::from(*corner);
        *rest = pixel.wrapping_sub(slope.clamp(0, 255) as u8);
    }
}
