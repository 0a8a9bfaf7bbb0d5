//! Filtered rows to rows of the canvas: each as is fastest for its filter.

use super::wave::{LINES, Wave};
use crate::picture::{CHANNELS, Picture};

/// How the bytes of a row were foretold; what is stored is the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    None,
    Sub,
    Up,
    Average,
    Paeth,
}

impl Filter {
    fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::None,
            1 => Self::Sub,
            2 => Self::Up,
            3 => Self::Average,
            4 => Self::Paeth,
            _ => return None,
        })
    }
}

/// A row as it is stored, of pixels of `N` bytes.
#[derive(Clone, Copy)]
pub(super) struct Line<'a, const N: usize> {
    pub(super) filter: Filter,
    pub(super) pixels: &'a [[u8; N]],
}

impl<'a, const N: usize> Line<'a, N> {
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (&filter, bytes) = bytes.split_first()?;
        Some(Self {
            filter: Filter::from_byte(filter)?,
            pixels: bytes.as_chunks().0,
        })
    }
}

/// What is drawn on, top to bottom.
pub(super) struct Canvas<'a> {
    /// The last row that is done, or what stands for one above the first.
    above: &'a [[u8; CHANNELS]],
    /// The rows that are not.
    rest: &'a mut [[u8; CHANNELS]],
    wave: Wave,
}

impl<'a> Canvas<'a> {
    /// `nothing` is a row of zeros.
    pub(super) fn new(nothing: &'a [[u8; CHANNELS]], picture: &'a mut Picture) -> Self {
        Self {
            above: nothing,
            rest: picture.as_pixels_mut(),
            wave: Wave::new(),
        }
    }

    /// Draws whole rows of pixels of `N` bytes, each behind its filter.
    pub(super) fn draw<const N: usize>(&mut self, mut filtered: &[u8]) -> Option<()> {
        let width = self.above.len();
        let row_bytes = 1 + width * N;
        while let Some(&first) = filtered.first() {
            // What waits for nothing is done alone; all else comes together, whatever it is.
            let waits = !matches!(Filter::from_byte(first)?, Filter::None | Filter::Up);
            let count = match waits {
                true => (filtered.len() / row_bytes).min(LINES),
                false => 1,
            };
            let (lines, later) = filtered.split_at_checked(count * row_bytes)?;
            let (rows, rest) =
                std::mem::take(&mut self.rest).split_at_mut_checked(count * width)?;
            match waits {
                true => self.wave.run::<N>(lines, self.above, rows)?,
                false => alone(Line::<N>::read(lines)?, self.above, rows),
            }
            let rows: &'a [[u8; CHANNELS]] = rows;
            self.above = rows.rchunks_exact(width).next()?;
            (self.rest, filtered) = (rest, later);
        }
        Some(())
    }
}

/// A row whose pixels do not depend on each other.
fn alone<const N: usize>(line: Line<'_, N>, above: &[[u8; CHANNELS]], row: &mut [[u8; CHANNELS]]) {
    match line.filter {
        Filter::Up => {
            for ((pixel, above), stored) in row.iter_mut().zip(above).zip(line.pixels) {
                let stored = wide(stored);
                let sum = std::array::from_fn(|at| above[at].wrapping_add(stored[at]));
                *pixel = opaque::<N>(sum);
            }
        }
        _ => {
            for (pixel, stored) in row.iter_mut().zip(line.pixels) {
                *pixel = opaque::<N>(wide(stored));
            }
        }
    }
}

/// A pixel of `N` bytes, grey or coloured, with alpha or without, as one of four.
#[inline(always)]
pub(super) fn wide<const N: usize>(pixel: &[u8; N]) -> [u8; CHANNELS] {
    let byte = |at: usize| pixel.get(at).copied().unwrap_or_default();
    match N {
        1 | 2 => [byte(0), byte(0), byte(0), byte(1)],
        _ => [byte(0), byte(1), byte(2), byte(3)],
    }
}

/// A pixel that had `N` bytes: without alpha it hides what lies behind it.
#[inline(always)]
pub(super) fn opaque<const N: usize>([red, green, blue, alpha]: [u8; CHANNELS]) -> [u8; CHANNELS] {
    let has_alpha = matches!(N, 2 | 4);
    [red, green, blue, if has_alpha { alpha } else { u8::MAX }]
}
