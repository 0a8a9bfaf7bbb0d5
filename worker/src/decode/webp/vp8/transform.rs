//! Coefficients added to what was foretold.
//!
//! Source: RFC 6386, section 14.4.

use super::tokens::Block;

/// √2 · sin(π/8), and √2 · cos(π/8) - 1, with 16 bits of fraction.
const SINE: i64 = 35_468;
const COSINE_LESS_ONE: i64 = 20_091;

/// Adds `block` to the four pixels from `left` on of each of four rows. Of `length` coefficients any
/// may not be 0.
#[inline]
pub(super) fn add<const WIDTH: usize>(
    block: &Block,
    length: u8,
    rows: &mut [[u8; WIDTH]; 4],
    left: usize,
) {
    match length {
        0 => {}
        1 => {
            let value = (block[0] + 4) >> 3;
            add_values(&[value; 16], rows, left);
        }
        _ => add_values(&inverse(block), rows, left),
    }
}

#[inline]
fn add_values<const WIDTH: usize>(values: &[i32; 16], rows: &mut [[u8; WIDTH]; 4], left: usize) {
    for (row, values) in rows.iter_mut().zip(values.as_chunks::<4>().0) {
        if let Some(pixels) = row[left..].first_chunk_mut::<4>() {
            for (pixel, value) in pixels.iter_mut().zip(values) {
                *pixel = (i32::from(*pixel) + value).clamp(0, 255) as u8;
            }
        }
    }
}

/// The inverse DCT. Values of files that are sound fit in 16 bits, those of others in these.
#[inline]
fn inverse(block: &Block) -> [i32; 16] {
    let mut half = [0; 16];
    for x in 0..4 {
        let column = [0, 4, 8, 12].map(|row| i64::from(block[row + x]));
        for (row, value) in butterfly(column).into_iter().enumerate() {
            half[4 * row + x] = value as i32;
        }
    }
    let mut values = [0; 16];
    for (values, half) in values
        .as_chunks_mut::<4>()
        .0
        .iter_mut()
        .zip(half.as_chunks::<4>().0)
    {
        *values = butterfly(half.map(i64::from)).map(|value| ((value + 4) >> 3) as i32);
    }
    values
}

#[inline(always)]
fn butterfly([first, second, third, fourth]: [i64; 4]) -> [i64; 4] {
    let sine = |value: i64| (value * SINE) >> 16;
    let cosine = |value: i64| value + ((value * COSINE_LESS_ONE) >> 16);
    let (sum, difference) = (first + third, first - third);
    let inner = sine(second) - cosine(fourth);
    let outer = cosine(second) + sine(fourth);
    [
        sum + outer,
        difference + inner,
        difference - inner,
        sum - outer,
    ]
}
