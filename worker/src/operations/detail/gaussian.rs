//! The Gaussian behind `blur` with a sigma: separable, edges clamped, on premultiplied colours
//! so that transparent pixels lend none. Small sigmas use the kernel itself; large ones three
//! running means, whose cost does not depend on sigma.
//!
//! Source: P. Gwosdek et al., "Theoretical Foundations of Gaussian Convolution by Extended Box
//! Filtering", SSVM 2011: means whose outermost two values have a part of the weight, so that
//! the variance is that of the Gaussian for every sigma.

use crate::picture::{CHANNELS, Picture};

/// From here on three means are closer to the Gaussian than eight bits can show.
const MEANS_FROM_SIGMA: f64 = 3.0;
/// The kernel is cut at this many sigmas: 0.3 % of it lie beyond.
const KERNEL_SIGMAS: f64 = 3.0;
/// Running means in a row.
const MEANS: usize = 3;
/// Columns that are filtered together on the way down: one cache line of pixels.
const STRIP: usize = 16;

/// `L` values that are filtered side by side.
type Lanes<const L: usize> = [f32; L];

/// A one-dimensional filter of odd width and sum 1.
enum Kernel {
    /// Weights from the middle outwards; the other half mirrors them.
    Weights(Vec<f32>),
    /// `passes` running means over 2 × radius + 1 values, and `edge` of one more on each side.
    Means {
        passes: usize,
        radius: usize,
        edge: f32,
    },
}

/// Blurs in place; `sigma` in px.
pub(in crate::operations) fn blur(picture: &mut Picture, sigma: f64) {
    filter(picture, &Kernel::new(sigma));
}

/// The mean of a square of 2 × radius + 1 px, in place; at most 500.
pub(in crate::operations) fn mean(picture: &mut Picture, radius: u32) {
    let kernel = Kernel::Means {
        passes: 1,
        radius: radius as usize,
        edge: 0.0,
    };
    filter(picture, &kernel);
}

/// Between the two directions colours stay premultiplied, in eight bits: the second direction
/// averages over the rounding of the first.
fn filter(picture: &mut Picture, kernel: &Kernel) {
    let width = picture.size.width as usize;
    let height = picture.size.height as usize;
    let mut line = Line::<CHANNELS>::new(width, kernel);
    for row in picture.rows_mut() {
        let pixels = row.as_chunks_mut().0;
        for (value, pixel) in line.inner().iter_mut().zip(pixels.iter()) {
            *value = premultiplied(*pixel);
        }
        line.filter(kernel);
        for (pixel, value) in pixels.iter_mut().zip(line.inner()) {
            *pixel = value.map(|channel| (channel + 0.5) as u8);
        }
    }
    let mut line = Line::<{ STRIP * CHANNELS }>::new(height, kernel);
    for left in (0..width).step_by(STRIP) {
        let columns = left..(left + STRIP).min(width);
        for (values, row) in line.inner().iter_mut().zip(picture.rows()) {
            let bytes = &row[columns.start * CHANNELS..columns.end * CHANNELS];
            for (value, &byte) in values.iter_mut().zip(bytes) {
                *value = f32::from(byte);
            }
        }
        line.filter(kernel);
        for (values, row) in line.inner().iter().zip(picture.rows_mut()) {
            let pixels = row.as_chunks_mut().0;
            for (pixel, value) in pixels[columns.clone()].iter_mut().zip(values.as_chunks().0) {
                *pixel = straight(*value);
            }
        }
    }
}

fn premultiplied([r, g, b, a]: [u8; CHANNELS]) -> Lanes<CHANNELS> {
    let alpha = f32::from(a) / 255.0;
    [
        f32::from(r) * alpha,
        f32::from(g) * alpha,
        f32::from(b) * alpha,
        f32::from(a),
    ]
}

fn straight([r, g, b, a]: Lanes<CHANNELS>) -> [u8; CHANNELS] {
    if a < 0.5 {
        return [0; CHANNELS];
    }
    let scale = 255.0 / a;
    // A cast from float to integer saturates.
    [r * scale, g * scale, b * scale, a].map(|channel| (channel + 0.5) as u8)
}

impl Kernel {
    fn new(sigma: f64) -> Self {
        if sigma >= MEANS_FROM_SIGMA {
            return Self::means(sigma);
        }
        let radius = (sigma * KERNEL_SIGMAS).ceil() as usize;
        let bell = |at: usize| (-0.5 * (at as f64 / sigma).powi(2)).exp();
        let sum = bell(0) + 2.0 * (1..=radius).map(bell).sum::<f64>();
        Self::Weights((0..=radius).map(|at| (bell(at) / sum) as f32).collect())
    }

    /// Gwosdek, equations 9 and 10.
    fn means(sigma: f64) -> Self {
        let variance = sigma * sigma / MEANS as f64;
        let radius = ((12.0 * variance + 1.0).sqrt() / 2.0 - 0.5).floor();
        let edge = (2.0 * radius + 1.0) * (radius * (radius + 1.0) - 3.0 * variance)
            / (6.0 * (variance - (radius + 1.0).powi(2)));
        Self::Means {
            passes: MEANS,
            radius: radius as usize,
            edge: edge as f32,
        }
    }
}

/// One row, or one strip of columns, of a picture, and room to filter it.
struct Line<const L: usize> {
    values: Vec<Lanes<L>>,
    /// Values on each side that repeat the outermost one of the picture. The means would
    /// otherwise clamp what they have already blurred, which shows along the edges.
    margin: usize,
    spare: Vec<Lanes<L>>,
}

impl<const L: usize> Line<L> {
    fn new(length: usize, kernel: &Kernel) -> Self {
        let margin = match kernel {
            Kernel::Weights(_) => 0,
            Kernel::Means { passes, radius, .. } => (radius + 1) * passes,
        };
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

    fn filter(&mut self, kernel: &Kernel) {
        let margin = self.margin;
        if let [first, ..] = *self.inner()
            && let [.., last] = *self.inner()
        {
            let end = self.values.len() - margin;
            self.values[..margin].fill(first);
            self.values[end..].fill(last);
        }
        match kernel {
            Kernel::Weights(weights) => self.convolve(weights),
            Kernel::Means {
                passes,
                radius,
                edge,
            } => {
                for _ in 0..*passes {
                    self.mean(*radius, *edge);
                }
            }
        }
    }

    fn convolve(&mut self, weights: &[f32]) {
        let last = self.values.len().saturating_sub(1);
        for (at, result) in self.spare.iter_mut().enumerate() {
            let mut sum = [0.0; L];
            for (distance, weight) in weights.iter().enumerate() {
                let before = &self.values[at.saturating_sub(distance)];
                let after = &self.values[(at + distance).min(last)];
                // The middle is met from both sides.
                let weight = if distance == 0 { weight / 2.0 } else { *weight };
                for ((sum, before), after) in sum.iter_mut().zip(before).zip(after) {
                    *sum += (before + after) * weight;
                }
            }
            *result = sum;
        }
        std::mem::swap(&mut self.values, &mut self.spare);
    }

    /// Running mean. Sums are whole numbers, in 64ths of a value, because a running sum of
    /// floats drifts: at most 255 × 64 × 1001 < 2²⁴, so the way through a float is exact too.
    fn mean(&mut self, radius: usize, edge: f32) {
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
        let scale = 1.0 / ((2 * radius + 1) as f32 + 2.0 * edge);
        for (at, result) in self.spare.iter_mut().enumerate() {
            let before = &self.values[at.saturating_sub(radius + 1)];
            let leaving = &self.values[at.saturating_sub(radius)];
            let entering = &self.values[(at + radius + 1).min(last)];
            let ends = before.iter().zip(entering);
            for ((result, sum), (before, after)) in result.iter_mut().zip(&sum).zip(ends) {
                *result = (*sum as f32 / FINE + (before + after) * edge) * scale;
            }
            for ((sum, entering), leaving) in sum.iter_mut().zip(entering).zip(leaving) {
                *sum += fine(entering) - fine(leaving);
            }
        }
        std::mem::swap(&mut self.values, &mut self.spare);
    }
}

#[cfg(test)]
mod tests;
