//! The Gaussian on one plane. A wide one is applied to means of the samples and interpolated
//! again: nothing that the Gaussian keeps is lost by either, and what both soften is taken off
//! the Gaussian, so that the variance is right.

use crate::planes::Plane;

/// From here on means of two by two samples are blurred.
const HALVES_FROM_SIGMA: f64 = 5.0;
/// The kernel is cut at this many standard deviations: 0.3 % of it lie beyond.
const KERNEL_SIGMAS: f64 = 3.0;
/// Bits of fraction of values on the way: so the sum of two is below 2¹⁶.
const FRACTION: u32 = 6;
/// Values that are summed up together.
const LANES: usize = 32;

/// By how much a plane may be decoded smaller that is to be blurred by `sigma`, samples.
pub(super) fn shrink_allowed(sigma: f64) -> u32 {
    let mut by = 1;
    while by < 8 && sigma / f64::from(by) >= HALVES_FROM_SIGMA {
        by *= 2;
    }
    by
}

/// How far from a sample, at most, another one lies that its blurred value depends on, for planes
/// at full size. Beside it matters only where in squares of [`coarser`] samples it lies.
pub(crate) fn reach(sigma: f64) -> usize {
    let by = coarser(sigma);
    // What the kernel reaches, rounded up to whole means; as much for their own extent, and twice
    // that for interpolation.
    (sigma * KERNEL_SIGMAS).ceil() as usize + 4 * by
}

/// How many samples across and down are taken together.
fn coarser(sigma: f64) -> usize {
    let mut by = 1;
    while sigma / by as f64 >= HALVES_FROM_SIGMA {
        by *= 2;
    }
    by
}

/// A plane that has been decoded `by` times smaller, blurred by `sigma`, in samples of the full
/// one across and down, and brought to its full `size`.
pub(crate) fn blurred(
    mut plane: Plane,
    mut by: usize,
    size: (usize, usize),
    sigma: (f64, f64),
) -> Plane {
    let mut coarser = coarser(sigma.0.min(sigma.1) / by as f64);
    by *= coarser;
    let [across, down] = [sigma.0, sigma.1].map(|sigma| kernel(left_of(sigma, by)));
    if by == 1 {
        convolve(&mut plane, &across, &down);
        return plane;
    }
    // Who interpolates beside the sides wants to know what lies beyond them.
    plane = widened(&plane, coarser);
    while coarser > 1 {
        plane = halved(&plane);
        coarser /= 2;
    }
    convolve(&mut plane, &across, &down);
    while by > 1 {
        by /= 2;
        let size = (size.0.div_ceil(by), size.1.div_ceil(by));
        plane = doubled(&plane, size, usize::from(by > 1));
    }
    plane
}

/// So many samples more beyond each side, and up to a multiple of that; sides go on as they end.
fn widened(plane: &Plane, by: usize) -> Plane {
    let side = |own: usize| own.next_multiple_of(by) + 2 * by;
    let mut result = Plane::blank(side(plane.width), side(plane.height));
    let last = plane.width - 1;
    for (y, target) in result.rows_mut().enumerate() {
        let row = plane.row(y.saturating_sub(by));
        target[..by].fill(row[0]);
        target[by..by + row.len()].copy_from_slice(row);
        target[by + row.len()..].fill(row[last]);
    }
    result
}

/// What is left to do of `sigma`, in samples that are means of `by` and will be interpolated.
fn left_of(sigma: f64, by: usize) -> f64 {
    let whole = by as f64;
    let means = (whole * whole - 1.0) / 12.0;
    // Three quarters of the nearer sample and one of the other, at each doubling.
    let doublings = std::iter::successors(Some(by), |by| Some(by / 2)).take_while(|by| *by > 1);
    let interpolation: f64 = doublings.map(|by| (by * by) as f64 * 3.0 / 16.0).sum();
    ((sigma * sigma - means - interpolation).max(0.0)).sqrt() / whole
}

/// Weights from the middle outwards, which the other half mirrors; their sum is 2¹⁶ less the
/// middle, which is counted twice.
fn kernel(sigma: f64) -> Vec<u16> {
    let radius = (sigma * KERNEL_SIGMAS).ceil().max(1.0) as usize;
    let bell = |at: usize| (-0.5 * (at as f64 / sigma.max(1e-3)).powi(2)).exp();
    let sum = bell(0) + 2.0 * (1..=radius).map(bell).sum::<f64>();
    // The middle is met from both sides.
    let half = |at: usize| if at == 0 { bell(0) / 2.0 } else { bell(at) };
    let mut weights: Vec<u16> = (0..=radius)
        .map(|at| (half(at) / sum * 65_536.0).round() as u16)
        .collect();
    let total: i32 = weights.iter().map(|&weight| i32::from(weight)).sum();
    if let Some(middle) = weights.first_mut() {
        *middle = (i32::from(*middle) + 32_768 - total) as u16;
    }
    weights
}

/// Across and down, in place; sides go on as they end. Of what the rows are across no more is kept than the
/// way down needs at once, which stays in the cache.
fn convolve(plane: &mut Plane, across: &[u16], down: &[u16]) {
    let (width, height) = (plane.width, plane.height);
    let stride = width.next_multiple_of(LANES);
    let below = down.len() - 1;
    let kept = (2 * below + 1).min(height);
    let mut rows = vec![0_u16; stride * kept];
    let mut line = vec![0_u16; stride + 2 * (across.len() - 1)];
    let mut around = vec![(0, 0); down.len()];
    for bottom in 0..height + below {
        if bottom < height {
            let target = &mut rows[bottom % kept * stride..][..stride];
            convolve_row(plane.row(bottom), across, &mut line, target);
        }
        let Some(y) = bottom.checked_sub(below) else {
            continue;
        };
        let start = |y: usize| y.min(height - 1) % kept * stride;
        for (k, around) in around.iter_mut().enumerate() {
            *around = (start(y.saturating_sub(k)), start(y + k));
        }
        for (at, target) in plane.row_mut(y).chunks_mut(LANES).enumerate() {
            let from = at * LANES;
            let values = sum(down, |k| {
                (&rows[around[k].0 + from..], &rows[around[k].1 + from..])
            });
            let mut rounded = [0; LANES];
            for (sample, value) in rounded.iter_mut().zip(values) {
                *sample = ((value + (1 << (FRACTION - 1))) >> FRACTION) as u8;
            }
            target.copy_from_slice(&rounded[..target.len()]);
        }
    }
}

/// One row across; `line` has room for it and what lies beyond its ends.
fn convolve_row(row: &[u8], across: &[u16], line: &mut [u16], target: &mut [u16]) {
    let margin = across.len() - 1;
    for (value, sample) in line[margin..].iter_mut().zip(row) {
        *value = u16::from(*sample) << FRACTION;
    }
    let end = margin + row.len();
    let (first, last) = (line[margin], line[end - 1]);
    line[..margin].fill(first);
    line[end..].fill(last);
    for (at, target) in target.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let middle = margin + at * LANES;
        *target = sum(across, |k| (&line[middle - k..], &line[middle + k..]));
    }
}

/// The weighted sum of values at a distance on either side. Products lose their fraction, a half
/// on average, which is added before.
#[inline(always)]
fn sum<'a>(weights: &[u16], at: impl Fn(usize) -> (&'a [u16], &'a [u16])) -> [u16; LANES] {
    let mut sums = [weights.len() as u16 / 2; LANES];
    for (distance, &weight) in weights.iter().enumerate() {
        let (before, after) = at(distance);
        let (Some(before), Some(after)) =
            (before.first_chunk::<LANES>(), after.first_chunk::<LANES>())
        else {
            return sums;
        };
        for lane in 0..LANES {
            let both = u32::from(before[lane] + after[lane]);
            sums[lane] += ((both * u32::from(weight)) >> 16) as u16;
        }
    }
    sums
}

/// Means of two by two, of even sides.
fn halved(plane: &Plane) -> Plane {
    let mut result = Plane::blank(plane.width / 2, plane.height / 2);
    for (y, target) in result.rows_mut().enumerate() {
        let (upper, lower) = (plane.row(2 * y), plane.row(2 * y + 1));
        let pairs = upper
            .as_chunks::<2>()
            .0
            .iter()
            .zip(lower.as_chunks::<2>().0);
        for (mean, (a, b)) in target.iter_mut().zip(pairs) {
            let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
            *mean = ((sum + 2) >> 2) as u8;
        }
    }
    result
}

/// Twice as large: three parts of the nearer sample and one of the next, in either direction.
/// `plane` has one sample more beyond each side, and the result so many as are asked for.
fn doubled(plane: &Plane, size: (usize, usize), beyond: usize) -> Plane {
    let mut result = Plane::blank(size.0 + 2 * beyond, size.1 + 2 * beyond);
    let mut line = vec![0_u16; plane.width];
    let mut pairs = vec![[0_u8; 2]; plane.width.saturating_sub(2)];
    if beyond > 0 {
        pairs.resize(plane.width, [0; 2]);
    }
    for (y, target) in result.rows_mut().enumerate() {
        // Counted from one sample beyond the side.
        let y = y + 2 - beyond;
        let next = if y.is_multiple_of(2) {
            y / 2 - 1
        } else {
            y / 2 + 1
        };
        let samples = plane.row(y / 2).iter().zip(plane.row(next));
        for (value, (near, next)) in line.iter_mut().zip(samples) {
            *value = 3 * u16::from(*near) + u16::from(*next);
        }
        let between = line.iter().zip(&line[1..]).zip(&line[2..]);
        for (pair, ((before, at), after)) in pairs[beyond..].iter_mut().zip(between) {
            let near = 3 * at + 8;
            *pair = [((near + before) >> 4) as u8, ((near + after) >> 4) as u8];
        }
        if beyond > 0 {
            let of = |at: usize, next: usize| ((3 * line[at] + line[next] + 8) >> 4) as u8;
            let last = plane.width - 1;
            pairs[0][1] = of(0, 1);
            pairs[last][0] = of(last, last - 1);
        }
        let length = target.len();
        target.copy_from_slice(&pairs.as_flattened()[beyond..][..length]);
    }
    result
}

#[cfg(test)]
mod tests;
