//! A resize of one plane: rows first, because that leaves fewer of them, then columns. The last
//! sample of chroma may lie half outside of the picture.

use protocol::Filter;

use super::filter::{FRACTION, Weights, weights};
use crate::operations::Scaling;
use crate::planes::Plane;

/// A plane of a picture that was decoded `by` times smaller and has `ratio` pixels to a sample,
/// across and down.
pub(super) fn resized(
    plane: &Plane,
    scaling: &Scaling,
    ratio: (usize, usize),
    by: u32,
    filter: Filter,
) -> Plane {
    let along = |own: usize, kept: (f64, f64), side: u32, ratio: usize| {
        let count = (side as usize).div_ceil(ratio);
        let pixels_per_sample = ratio as f64 * f64::from(by);
        // New pixels to a new sample are as many as old ones to an old.
        let step = kept.1 / f64::from(side) / f64::from(by);
        weights(filter, own, count, kept.0 / pixels_per_sample, step)
    };
    let across = along(plane.width, scaling.x, scaling.size.width, ratio.0);
    let down = along(plane.height, scaling.y, scaling.size.height, ratio.1);
    columns(&rows(plane, &down), &across)
}

fn rows(plane: &Plane, down: &[Weights]) -> Plane {
    let mut result = Plane::blank(plane.width, down.len());
    let mut sums = vec![0_i32; plane.width];
    for (target, Weights { start, weights }) in result.rows_mut().zip(down) {
        sums.fill(1 << (FRACTION - 1));
        for (y, &weight) in (*start..).zip(weights) {
            for (sum, &sample) in sums.iter_mut().zip(plane.row(y)) {
                *sum += i32::from(sample) * i32::from(weight);
            }
        }
        for (sample, &sum) in target.iter_mut().zip(&sums) {
            *sample = byte(sum);
        }
    }
    result
}

fn columns(plane: &Plane, across: &[Weights]) -> Plane {
    let mut result = Plane::blank(across.len(), plane.height);
    for (row, target) in plane.rows().zip(result.rows_mut()) {
        for (sample, Weights { start, weights }) in target.iter_mut().zip(across) {
            let samples = row.get(*start..).unwrap_or_default().iter().zip(weights);
            let products = samples.map(|(&sample, &weight)| i32::from(sample) * i32::from(weight));
            *sample = byte(products.sum::<i32>() + (1 << (FRACTION - 1)));
        }
    }
    result
}

fn byte(sum: i32) -> u8 {
    (sum >> FRACTION).clamp(0, 255) as u8
}
