//! Chroma as fine as luma, by interpolation between its nearest samples: where both sides are halved four of them, by
//! weights of 9, 3, 3 and 1. Samples of chroma lie in the middle of those of luma that they stand for.

use crate::planes::Plane;

/// Makes rows of chroma as long as those of luma.
pub(super) struct Upsampler {
    /// Whether there is one sample for two columns of luma, and for two rows.
    halved: (bool, bool),
    /// Fourfold, between two rows: three parts of the nearer and one of the other.
    mixed: Vec<u16>,
    row: Vec<u8>,
}

impl Upsampler {
    /// For chroma of `width` samples beside luma of `luma_width`.
    pub(super) fn new(width: usize, luma_width: usize, halved: (bool, bool)) -> Self {
        Self {
            halved,
            mixed: vec![0; width],
            row: vec![0; luma_width],
        }
    }

    /// What is beside the row `y` of luma.
    pub(super) fn row<'a>(&'a mut self, plane: &'a Plane, y: usize) -> &'a [u8] {
        let (near, far) = match (self.halved.1, y % 2) {
            (false, _) => (y, y),
            (true, 0) => (y / 2, (y / 2).saturating_sub(1)),
            (true, _) => (y / 2, y / 2 + 1),
        };
        if self.halved == (false, false) {
            return plane.row(y);
        }
        let pairs = plane.row(near).iter().zip(plane.row(far));
        for (mixed, (near, far)) in self.mixed.iter_mut().zip(pairs) {
            *mixed = 3 * u16::from(*near) + u16::from(*far);
        }
        if self.halved.0 {
            widen(&self.mixed, &mut self.row);
        } else {
            for (sample, mixed) in self.row.iter_mut().zip(&self.mixed) {
                *sample = ((mixed + 2) >> 2) as u8;
            }
        }
        &self.row
    }
}

/// Interpolates between samples: three parts of the nearer and one of the other. The first and the last
/// stand for those beyond.
fn widen(mixed: &[u16], row: &mut [u8]) {
    let between = |near: u16, far: u16| ((3 * near + far + 8) >> 4) as u8;
    let (Some(first), Some(last)) = (mixed.first(), mixed.last()) else {
        return;
    };
    let Some((start, rest)) = row.split_first_mut() else {
        return;
    };
    *start = between(*first, *first);
    let (pairs, end) = rest.as_chunks_mut::<2>();
    for (pair, (left, right)) in pairs.iter_mut().zip(mixed.iter().zip(&mixed[1..])) {
        *pair = [between(*left, *right), between(*right, *left)];
    }
    if let [end] = end {
        *end = between(*last, *last);
    }
}
