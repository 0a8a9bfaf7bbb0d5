//! Resampling filters, as weights over the samples that count for each new one.
//!
//! Source: the usual definitions, with the widths that fast_image_resize, which does the same to
//! pixels, gives them.

use std::f64::consts::PI;

use protocol::Filter;

/// Bits of fraction of the weights.
pub(super) const FRACTION: u32 = 14;

/// What one new sample is made of.
pub(super) struct Weights {
    pub(super) start: usize,
    /// Their sum is 2^[`FRACTION`].
    pub(super) weights: Vec<i16>,
}

/// The weights of `count` new samples that lie in steps of `step` behind `start`, of `own` old.
pub(super) fn weights(
    filter: Filter,
    own: usize,
    count: usize,
    start: f64,
    step: f64,
) -> Vec<Weights> {
    let (radius, curve) = curve(filter);
    let scale = step.max(1.0);
    let reach = radius * scale;
    let of = |at: usize| {
        let middle = start + (at as f64 + 0.5) * step;
        let first = ((middle - reach).floor().max(0.0) as usize).min(own - 1);
        let end = ((middle + reach).ceil() as usize).clamp(first + 1, own);
        let exact: Vec<f64> = (first..end)
            .map(|old| curve((old as f64 + 0.5 - middle) / scale))
            .collect();
        rounded(first, &exact)
    };
    (0..count).map(of).collect()
}

/// Weights of sum one, in whole numbers; what rounding leaves goes to the greatest.
fn rounded(start: usize, exact: &[f64]) -> Weights {
    let one = 1 << FRACTION;
    let sum: f64 = exact.iter().sum();
    let mut weights: Vec<i16> = exact
        .iter()
        .map(|weight| (weight / sum * f64::from(one)).round() as i16)
        .collect();
    let total: i32 = weights.iter().map(|&weight| i32::from(weight)).sum();
    if let Some(greatest) = weights.iter_mut().max() {
        *greatest = (i32::from(*greatest) + one - total) as i16;
    }
    Weights { start, weights }
}

pub(crate) type Curve = fn(f64) -> f64;

/// How far a filter reaches, and its value at a distance, both in samples of the smaller picture.
pub(crate) fn curve(filter: Filter) -> (f64, Curve) {
    match filter {
        Filter::Nearest | Filter::Box => (0.5, |x| f64::from(u8::from(x > -0.5 && x <= 0.5))),
        Filter::Bilinear => (1.0, |x| (1.0 - x.abs()).max(0.0)),
        Filter::Hamming => (1.0, |x| match x.abs() {
            x if x < 1.0 => sinc(x) * (0.54 + 0.46 * (PI * x).cos()),
            _ => 0.0,
        }),
        Filter::CatmullRom => (2.0, |x| cubic(x, 0.0, 0.5)),
        Filter::Mitchell => (2.0, |x| cubic(x, 1.0 / 3.0, 1.0 / 3.0)),
        Filter::Lanczos3 => (LANCZOS_LOBES, lanczos3),
    }
}

/// How far [`lanczos3`] reaches.
pub(crate) const LANCZOS_LOBES: f64 = 3.0;

/// The series of sin(a) ÷ a in a².
const SINE: [f64; 6] = [
    1.0,
    -1.0 / 6.0,
    1.0 / 120.0,
    -1.0 / 5040.0,
    1.0 / 362_880.0,
    -1.0 / 39_916_800.0,
];

/// Lanczos's windowed sinc: sinc(x) × sinc(x ÷ 3), at most 10⁻⁶ off; weights have 14 bits.
///
/// Every frame of an animation asks for thousands of values, and sines were a tenth of making it
/// smaller. One is enough, because sin 3t = 3 sin t − 4 sin³ t, and few terms of its series are.
pub(crate) fn lanczos3(x: f64) -> f64 {
    let x = x.abs();
    if x >= LANCZOS_LOBES {
        return 0.0;
    }
    if x == 0.0 {
        return 1.0;
    }
    let turn = x / LANCZOS_LOBES;
    let angle = PI * turn.min(1.0 - turn);
    let square = angle * angle;
    let sine = angle * SINE.iter().rfold(0.0, |sum, term| sum * square + term);
    let sine_squared = sine * sine;
    sine_squared * (9.0 - 12.0 * sine_squared) / (PI * PI * x * x)
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

/// Mitchell and Netravali's family.
fn cubic(x: f64, b: f64, c: f64) -> f64 {
    match x.abs() {
        x if x < 1.0 => {
            ((12.0 - 9.0 * b - 6.0 * c) * x.powi(3)
                + (-18.0 + 12.0 * b + 6.0 * c) * x.powi(2)
                + 6.0
                - 2.0 * b)
                / 6.0
        }
        x if x < 2.0 => {
            ((-b - 6.0 * c) * x.powi(3)
                + (6.0 * b + 30.0 * c) * x.powi(2)
                + (-12.0 * b - 48.0 * c) * x
                + 8.0 * b
                + 24.0 * c)
                / 6.0
        }
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_short_sine_is_as_good_as_two() {
        for step in -3500..=3500 {
            let x = f64::from(step) / 1000.0;
            let exact = match x.abs() < 3.0 {
                true => sinc(x) * sinc(x / 3.0),
                false => 0.0,
            };
            assert!((lanczos3(x) - exact).abs() < 1e-6, "{x}");
        }
    }
}
