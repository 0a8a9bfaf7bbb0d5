//! The cosine transform of a block of samples, quantised. On floats, which every processor
//! multiplies four or eight at a time; what is left of a sample after rounding is the same.
//!
//! Source: Y. Arai, T. Agui, M. Nakajima, "A fast DCT-SQ scheme for images", 1988, for the way
//! down; across, sums and differences of opposite samples by a matrix.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::tables::{Steps, ZIGZAG};

/// Frequencies across as the transform leaves them: the even ones first.
const ACROSS: [usize; 8] = [0, 2, 4, 6, 1, 3, 5, 7];

/// Where a coefficient that the transform left at a place stands in the file.
pub(super) const ORDER: [u8; 64] = {
    let mut order = [0; 64];
    let mut at = 0;
    while at < 64 {
        let (down, across) = (ZIGZAG[at] as usize / 8, ZIGZAG[at] as usize % 8);
        let place = if across % 2 == 0 {
            across / 2
        } else {
            4 + across / 2
        };
        order[down * 8 + place] = at as u8;
        at += 1;
    }
    order
};

/// The other way round.
pub(super) const PLACE: [u8; 64] = {
    let mut places = [0; 64];
    let mut at = 0;
    while at < 64 {
        places[ORDER[at] as usize] = at as u8;
        at += 1;
    }
    places
};

/// Eight rows of eight samples, less 128.
pub(super) type Block = [[f32; 8]; 8];
/// Quantised, in the order that the transform leaves.
pub(super) type Coefficients = [[i16; 8]; 8];

/// The transform for one quantisation table.
pub(super) struct Transform {
    /// What each result is multiplied by.
    factors: [[f32; 8]; 8],
    /// By distance from the left: even and odd frequencies.
    even: [[f32; 4]; 4],
    odd: [[f32; 4]; 4],
}

impl Transform {
    pub(super) fn new(steps: &Steps) -> Self {
        let wave = |at: usize, frequency: usize| {
            let norm = if frequency == 0 {
                FRAC_1_SQRT_2 / 2.0
            } else {
                0.5
            };
            (norm * ((2 * at + 1) as f64 * frequency as f64 * PI / 16.0).cos()) as f32
        };
        // What the fast way down leaves too much.
        let down = |frequency: usize| match frequency {
            0 => 1.0 / 8_f64.sqrt(),
            _ => 1.0 / (4.0 * (frequency as f64 * PI / 16.0).cos()),
        };
        let factor = |row: usize, place: usize| {
            let step = steps[row * 8 + ACROSS[place]];
            (down(row) / f64::from(step)) as f32
        };
        let half = |first: usize| {
            std::array::from_fn(|at| std::array::from_fn(|lane| wave(at, ACROSS[first + lane])))
        };
        Self {
            factors: std::array::from_fn(|row| std::array::from_fn(|place| factor(row, place))),
            even: half(0),
            odd: half(4),
        }
    }

    #[inline(always)]
    pub(super) fn quantised(&self, block: &Block) -> Coefficients {
        let rows = downwards(block);
        let mut result = [[0; 8]; 8];
        for ((row, factors), result) in rows.iter().zip(&self.factors).zip(&mut result) {
            let (mut even, mut odd) = ([0.0_f32; 4], [0.0_f32; 4]);
            for at in 0..4 {
                let (sum, difference) = (row[at] + row[7 - at], row[at] - row[7 - at]);
                for lane in 0..4 {
                    even[lane] += sum * self.even[at][lane];
                    odd[lane] += difference * self.odd[at][lane];
                }
            }
            let mut scaled = [0.0; 8];
            for lane in 0..4 {
                scaled[lane] = even[lane] * factors[lane];
                scaled[4 + lane] = odd[lane] * factors[4 + lane];
            }
            for (result, scaled) in result.iter_mut().zip(scaled) {
                *result = rounded(scaled);
            }
        }
        result
    }
}

/// To the nearest whole number, of values below 2²².
#[inline(always)]
fn rounded(value: f32) -> i16 {
    // From here on floats are whole numbers, and their lowest bits the number itself.
    const WHOLE: f32 = 12_582_912.0;
    (value + WHOLE).to_bits().wrapping_sub(WHOLE.to_bits()) as i16
}

#[inline(always)]
fn add(a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
    std::array::from_fn(|lane| a[lane] + b[lane])
}

#[inline(always)]
fn sub(a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
    std::array::from_fn(|lane| a[lane] - b[lane])
}

#[inline(always)]
fn mul(a: [f32; 8], factor: f32) -> [f32; 8] {
    a.map(|value| value * factor)
}

/// All columns at once, each frequency too large by a factor of its own.
#[inline(always)]
fn downwards([a, b, c, d, e, f, g, h]: &Block) -> Block {
    const ROOT: f32 = std::f32::consts::FRAC_1_SQRT_2;
    let (s0, d0) = (add(*a, *h), sub(*a, *h));
    let (s1, d1) = (add(*b, *g), sub(*b, *g));
    let (s2, d2) = (add(*c, *f), sub(*c, *f));
    let (s3, d3) = (add(*d, *e), sub(*d, *e));
    // Even frequencies.
    let (outer, outer_difference) = (add(s0, s3), sub(s0, s3));
    let (inner, inner_difference) = (add(s1, s2), sub(s1, s2));
    let turned = mul(add(inner_difference, outer_difference), ROOT);
    // Odd frequencies.
    let (p, q, r) = (add(d3, d2), add(d2, d1), add(d1, d0));
    let common = mul(sub(p, r), 0.382_683_43);
    let low = add(mul(p, 0.541_196_1), common);
    let high = add(mul(r, 1.306_563), common);
    let middle = mul(q, ROOT);
    let (plus, minus) = (add(d0, middle), sub(d0, middle));
    [
        add(outer, inner),
        add(plus, high),
        add(outer_difference, turned),
        sub(minus, low),
        sub(outer, inner),
        add(minus, low),
        sub(outer_difference, turned),
        sub(plus, high),
    ]
}
