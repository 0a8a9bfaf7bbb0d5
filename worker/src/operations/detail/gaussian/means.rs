//! Running means over squares: their cost does not depend on the radius. Edges are clamped, and
//! colours premultiplied, so that transparent pixels lend none.

use super::{premultiplied, straight};
use crate::picture::{CHANNELS, Picture};

/// Columns that are filtered together on the way down: one cache line of pixels.
const STRIP: usize = 16;

/// `L` values that are filtered side by side.
type Lanes<const L: usize> = [f32; L];

/// The mean of a square of 2 × radius + 1 px, in place; at most 500. Between the two directions
/// colours stay premultiplied, in eight bits: the second direction averages over the rounding of
/// the first.
pub(in crate::operations) fn mean(picture: &mut Picture, radius: u32) {
    let radius = radius as usize;
    let width = picture.size.width as usize;
    let height = picture.size.height as usize;
    let mut line = Line::<CHANNELS>::new(width, radius + 1);
    for row in picture.rows_mut() {
        let pixels = row.as_chunks_mut().0;
        for (value, pixel) in line.inner().iter_mut().zip(pixels.iter()) {
            *value = premultiplied(*pixel);
        }
        line.filter(radius);
        for (pixel, value) in pixels.iter_mut().zip(line.inner()) {
            *pixel = value.map(|channel| (channel + 0.5) as u8);
        }
    }
    let mut line = Line::<{ STRIP * CHANNELS }>::new(height, radius + 1);
    for left in (0..width).step_by(STRIP) {
        let columns = left..(left + STRIP).min(width);
        for (values, row) in line.inner().iter_mut().zip(picture.rows()) {
            let bytes = &row[columns.start * CHANNELS..columns.end * CHANNELS];
            for (value, &byte) in values.iter_mut().zip(bytes) {
                *value = f32::from(byte);
            }
        }
        line.filter(radius);
        for (values, row) in line.inner().iter().zip(picture.rows_mut()) {
            let pixels = row.as_chunks_mut().0;
            for (pixel, value) in pixels[columns.clone()].iter_mut().zip(values.as_chunks().0) {
                *pixel = straight(*value);
            }
        }
    }
}

/// One row, or one strip of columns, of a picture, and room to filter it.
struct Line<const L: usize> {
    values: Vec<Lanes<L>>,
    /// Values on each side that repeat the outermost one of the picture.
    margin: usize,
    spare: Vec<Lanes<L>>,
}

impl<const L: usize> Line<L> {
    fn new(length: usize, margin: usize) -> Self {
        let blank = vec![[0.0; L]; length + 2 * margin];
        Self {
            values: blank.clone(),
            margin,
            spare: blank,
        }
    }

    /// The values of the picture, without the margins.
    fn inner(&mut self) -> &mut [Lanes<L>] {
        let end = self.values.len() - self.margin;
        &mut self.values[self.margin..end]
    }

    fn filter(&mut self, radius: usize) {
        let margin = self.margin;
        if let [first, ..] = *self.inner()
            && let [.., last] = *self.inner()
        {
            let end = self.values.len() - margin;
            self.values[..margin].fill(first);
            self.values[end..].fill(last);
        }
        self.mean(radius);
    }

    /// Running mean. Sums are whole numbers, in 64ths of a value, because a running sum of
    /// floats drifts: at most 255 × 64 × 1001 < 2²⁴, so the way through a float is exact too.
    fn mean(&mut self, radius: usize) {
        const FINE: f32 = 64.0;
        let last = self.values.len().saturating_sub(1);
        let Some(first) = self.values.first() else {
            return;
        };
        let fine = |value: &f32| (value * FINE + 0.5) as i32;
        let mut sum = [0_i32; L];
        for (sum, value) in sum.iter_mut().zip(first) {
            *sum = fine(value) * radius as i32;
        }
        for at in 0..=radius {
            for (sum, value) in sum.iter_mut().zip(&self.values[at.min(last)]) {
                *sum += fine(value);
            }
        }
        let scale = 1.0 / (FINE * (2 * radius + 1) as f32);
        for (at, result) in self.spare.iter_mut().enumerate() {
            let leaving = &self.values[at.saturating_sub(radius)];
            let entering = &self.values[(at + radius + 1).min(last)];
            for (result, sum) in result.iter_mut().zip(&sum) {
                *result = *sum as f32 * scale;
            }
            for ((sum, entering), leaving) in sum.iter_mut().zip(entering).zip(leaving) {
                *sum += fine(entering) - fine(leaving);
            }
        }
        std::mem::swap(&mut self.values, &mut self.spare);
    }
}
