//! The summed-up coefficients of a block to its samples: 1, 2, 4 or 8 on a side. On floats, which
//! every processor multiplies four at a time.
//!
//! Source: ITU-T T.81, A.3.3.

use std::f64::consts::PI;

use super::block::ZIGZAG;
use crate::decode::samples::nearest_byte;

/// Bits of fraction of the sums.
pub(super) const FRACTION: u32 = 12;

/// A cosine of each frequency, at the middle of each sample of the left half.
pub(super) type Waves = [[f32; 4]; 8];

/// For so many samples on a side.
pub(super) fn waves(side: usize) -> Waves {
    let wave = |frequency: usize, at: usize| {
        let angle = (2 * at + 1) as f64 * frequency as f64 * PI / (2 * side) as f64;
        angle.cos() as f32
    };
    std::array::from_fn(|frequency| std::array::from_fn(|at| wave(frequency, at)))
}

/// The only sample of a block.
pub(super) fn byte(sum: i32) -> u8 {
    let middle = (128 << FRACTION) + (1 << (FRACTION - 1));
    (sum.wrapping_add(middle) >> FRACTION).clamp(0, 255) as u8
}

/// Writes two by two samples to `target`, where rows are `stride` apart; `None` if it is too short.
#[inline(always)]
pub(super) fn two(sums: &[i32; 4], target: &mut [u8], stride: usize) -> Option<()> {
    let [mean, across, down, both] = *sums;
    let add = i32::wrapping_add;
    let sub = i32::wrapping_sub;
    let (left, right) = (add(mean, across), sub(mean, across));
    let (lean, back) = (add(down, both), sub(down, both));
    let (upper, lower) = target.split_at_mut_checked(stride)?;
    upper
        .get_mut(..2)?
        .copy_from_slice(&[byte(add(left, lean)), byte(add(right, back))]);
    lower
        .get_mut(..2)?
        .copy_from_slice(&[byte(sub(left, lean)), byte(sub(right, back))]);
    Some(())
}

/// As [`two`], four by four.
#[inline(always)]
pub(super) fn four(
    sums: &[i32; 16],
    waves: &Waves,
    target: &mut [u8],
    stride: usize,
) -> Option<()> {
    let rows = sums.as_chunks::<4>().0;
    let row = |at: usize| rows[at].map(|sum| sum as f32);
    let (a, b, c, d) = (row(0), row(1), row(2), row(3));
    let mut down = [[0.0; 4]; 4];
    for at in 0..2 {
        for lane in 0..4 {
            let even = a[lane] + c[lane] * waves[2][at];
            let odd = b[lane] * waves[1][at] + d[lane] * waves[3][at];
            down[at][lane] = even + odd;
            down[3 - at][lane] = even - odd;
        }
    }
    for (row, [a, b, c, d]) in target.chunks_mut(stride).zip(down) {
        let even = [a + c * waves[2][0], a + c * waves[2][1]];
        let odd = [
            b * waves[1][0] + d * waves[3][0],
            b * waves[1][1] + d * waves[3][1],
        ];
        let samples = [
            even[0] + odd[0],
            even[1] + odd[1],
            even[1] - odd[1],
            even[0] - odd[0],
        ];
        write(row.first_chunk_mut()?, &samples);
    }
    Some(())
}

/// Highest frequency among the first coefficients of a file, in either direction.
const REACH: [u8; 64] = {
    let mut reach = [0; 64];
    let (mut at, mut most) = (0, 0);
    while at < 64 {
        let (down, across) = (ZIGZAG[at] / 8, ZIGZAG[at] % 8);
        let higher = if down > across { down } else { across };
        most = if higher > most { higher } else { most };
        reach[at] = most;
        at += 1;
    }
    reach
};

/// As [`two`], eight by eight; `reached` is the last coefficient of the file that is there.
#[inline(always)]
pub(super) fn eight(
    sums: &[i32; 64],
    waves: &Waves,
    reached: usize,
    target: &mut [u8],
    stride: usize,
) -> Option<()> {
    let rows = sums.as_chunks::<8>().0;
    if reached == 0 {
        let sample = byte(sums[0]);
        for row in target.chunks_mut(stride).take(8) {
            row.get_mut(..8)?.fill(sample);
        }
        return Some(());
    }
    let frequencies = usize::from(REACH[reached & 63]) + 1;
    let (mut even, mut odd) = ([[0.0_f32; 8]; 4], [[0.0_f32; 8]; 4]);
    for (frequency, row) in rows.iter().enumerate().take(frequencies) {
        let half = if frequency % 2 == 0 {
            &mut even
        } else {
            &mut odd
        };
        let mut floats = [0.0_f32; 8];
        for (float, sum) in floats.iter_mut().zip(row) {
            *float = *sum as f32;
        }
        for (half, wave) in half.iter_mut().zip(waves[frequency]) {
            for lane in 0..8 {
                half[lane] += floats[lane] * wave;
            }
        }
    }
    for (at, row) in target.chunks_mut(stride).enumerate().take(8) {
        let mut down = [0.0; 8];
        for lane in 0..8 {
            down[lane] = match at {
                0..4 => even[at][lane] + odd[at][lane],
                _ => even[(7 - at) & 3][lane] - odd[(7 - at) & 3][lane],
            };
        }
        let (mut even, mut odd) = ([0.0; 4], [0.0; 4]);
        for frequency in (0..frequencies).step_by(2) {
            for lane in 0..4 {
                even[lane] += down[frequency & 7] * waves[frequency & 7][lane];
                odd[lane] += down[(frequency + 1) & 7] * waves[(frequency + 1) & 7][lane];
            }
        }
        let mut samples = [0.0; 8];
        for lane in 0..4 {
            samples[lane] = even[lane] + odd[lane];
            samples[7 - lane] = even[lane] - odd[lane];
        }
        write(row.first_chunk_mut()?, &samples);
    }
    Some(())
}

/// Sums as samples. A loop, because the compiler leaves a map over an array a call.
#[inline(always)]
fn write<const N: usize>(row: &mut [u8; N], sums: &[f32; N]) {
    for (sample, sum) in row.iter_mut().zip(sums) {
        *sample = rounded(*sum);
    }
}

/// A sum as a sample.
#[inline(always)]
fn rounded(sum: f32) -> u8 {
    nearest_byte(sum * (1.0 / (1 << FRACTION) as f32) + 128.0)
}
