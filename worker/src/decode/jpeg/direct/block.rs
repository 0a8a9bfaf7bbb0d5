//! One block: its coefficients are summed up, as they are read, to those of a smaller block, and
//! that is turned into samples. The smaller samples are the means of the full ones: the mean of
//! a cosine is a slower cosine with a factor, so that each coefficient just counts for another.
//!
//! Source: ITU-T T.81, A.3.3 and F.2.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::bits::Reader;
use super::samples::{FRACTION, Waves, byte, eight, four, two, waves};
use super::tables::{AcCodes, Codes, END, value};

/// Place of each coefficient in the block, row by row, in the order of the file.
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Furthest that a DC value can be from the middle, with room for encoders that overshoot.
pub(super) const DC_MAX: i32 = 4096;

/// The last coefficient that counts for two samples on a side. Finer ones bring them no closer to
/// what a good filter makes of the picture: measured, and slightly the other way.
const LAST_OF_TWO: usize = 6;

/// How a block of one component becomes samples.
pub(super) struct Recipe {
    /// Samples on a side: 8, 4, 2 or 1.
    pub(super) side: usize,
    /// By place in the file: what a coefficient counts for, and how much.
    targets: [u8; 64],
    weights: [i32; 64],
    waves: Waves,
}

impl Recipe {
    /// For the quantisation table of a file.
    pub(super) fn new(side: usize, quantisation: &[u16; 64]) -> Self {
        let mut recipe = Self {
            side,
            targets: [0; 64],
            weights: [0; 64],
            waves: waves(side),
        };
        let folded: [(usize, f64); 8] = std::array::from_fn(|frequency| folded(frequency, side));
        for (at, place) in ZIGZAG.iter().enumerate() {
            let (down, across) = (
                folded[usize::from(place / 8)],
                folded[usize::from(place % 8)],
            );
            let weight = down.1 * across.1 * f64::from(quantisation[at]);
            recipe.targets[at] = (down.0 * side + across.0) as u8;
            recipe.weights[at] = (weight * f64::from(1 << FRACTION)).round() as i32;
        }
        recipe
    }

    /// Reads a block and writes its samples to `target`, where rows are `stride` apart.
    /// `dc` is the value of the block before. `None` if the file is not sound there.
    #[inline(always)]
    pub(super) fn block(
        &self,
        reader: &mut Reader<'_>,
        (dc_codes, ac_codes): (&Codes, &AcCodes),
        dc: &mut i32,
        target: &mut [u8],
        stride: usize,
    ) -> Option<()> {
        match self.side {
            1 => {
                let (sums, _) = self.sums::<1, 0>(reader, dc_codes, ac_codes, dc)?;
                *target.first_mut()? = byte(sums[0]);
                Some(())
            }
            2 => {
                let (sums, _) = self.sums::<4, LAST_OF_TWO>(reader, dc_codes, ac_codes, dc)?;
                two(&sums, target, stride)
            }
            4 => {
                let (sums, _) = self.sums::<16, 63>(reader, dc_codes, ac_codes, dc)?;
                four(&sums, &self.waves, target, stride)
            }
            _ => {
                let (sums, reached) = self.sums::<64, 63>(reader, dc_codes, ac_codes, dc)?;
                eight(&sums, &self.waves, reached, target, stride)
            }
        }
    }

    /// Reads a block of which no sample is wanted. See [`Recipe::block`].
    #[inline(always)]
    pub(super) fn pass(
        &self,
        reader: &mut Reader<'_>,
        (dc_codes, ac_codes): (&Codes, &AcCodes),
        dc: &mut i32,
    ) -> Option<()> {
        let only_first = self.sums::<1, 0>(reader, dc_codes, ac_codes, dc);
        only_first.map(drop)
    }

    /// Writes the samples of a block of which `values`, in the order of the file, are known; those that are
    /// not 0 are named by the bits of `set`. See [`Recipe::block`].
    pub(super) fn known(
        &self,
        values: &[i16; 64],
        set: u64,
        target: &mut [u8],
        stride: usize,
    ) -> Option<()> {
        match self.side {
            1 => {
                *target.first_mut()? = byte(self.added::<1>(values, set & 1)[0]);
                Some(())
            }
            2 => {
                let counted = set & ((2 << LAST_OF_TWO) - 1);
                two(&self.added::<4>(values, counted), target, stride)
            }
            4 => four(&self.added::<16>(values, set), &self.waves, target, stride),
            _ => {
                let reached = (set | 1).ilog2() as usize;
                let sums = self.added::<64>(values, set);
                eight(&sums, &self.waves, reached, target, stride)
            }
        }
    }

    #[inline(always)]
    fn added<const N: usize>(&self, values: &[i16; 64], mut set: u64) -> [i32; N] {
        let mut sums = [0_i32; N];
        while set != 0 {
            let at = set.trailing_zeros() as usize & 63;
            let sum = &mut sums[usize::from(self.targets[at]) & (N - 1)];
            *sum = sum.wrapping_add(i32::from(values[at]).wrapping_mul(self.weights[at]));
            set &= set - 1;
        }
        sums
    }

    /// Reads a block: its `N` sums, to which the coefficients up to `LAST` count, and the last of
    /// those that is there.
    #[inline(always)]
    fn sums<const N: usize, const LAST: usize>(
        &self,
        reader: &mut Reader<'_>,
        dc_codes: &Codes,
        ac_codes: &AcCodes,
        dc: &mut i32,
    ) -> Option<([i32; N], usize)> {
        let mut sums = [0; N];
        reader.fill();
        let (size, length) = dc_codes.symbol(reader.bits)?;
        reader.drop(length);
        if size > 0 {
            *dc += value(reader.bits, size.into());
            reader.drop(size.into());
        }
        if dc.abs() > DC_MAX {
            return None;
        }
        sums[0] = dc.wrapping_mul(self.weights[0]);
        let reached = self.coefficients::<N, LAST>(reader, ac_codes, &mut sums)?;
        Some((sums, reached))
    }

    /// Adds up the AC coefficients that count, and passes the others. The last one that is there.
    #[inline(always)]
    fn coefficients<const N: usize, const LAST: usize>(
        &self,
        reader: &mut Reader<'_>,
        codes: &AcCodes,
        sums: &mut [i32; N],
    ) -> Option<usize> {
        let mut at = 0;
        while at < LAST {
            reader.fill_if_low();
            let coefficient = match codes.short(reader.bits) {
                Some((value, step, bits)) => {
                    reader.drop(bits);
                    if step == END {
                        return Some(at);
                    }
                    at += step;
                    value
                }
                None => {
                    let (symbol, length) = codes.symbol(reader.bits)?;
                    reader.drop(length);
                    let size = u32::from(symbol & 15);
                    if symbol == 0 {
                        return Some(at);
                    }
                    at += usize::from(symbol >> 4) + 1;
                    if size == 0 {
                        continue;
                    }
                    let value = value(reader.bits, size);
                    reader.drop(size);
                    value
                }
            };
            if at > 63 {
                return None;
            }
            let sum = &mut sums[usize::from(self.targets[at & 63]) & (N - 1)];
            *sum = sum.wrapping_add(coefficient.wrapping_mul(self.weights[at & 63]));
        }
        pass(reader, codes, at).map(|()| at)
    }
}

/// Passes the coefficients behind `at`.
#[inline(always)]
fn pass(reader: &mut Reader<'_>, codes: &AcCodes, mut at: usize) -> Option<()> {
    while at < 63 {
        reader.fill_if_low();
        match codes.pass(reader.bits) {
            // At the last coefficient the block ends without a word, and the window may hold
            // something of the next.
            Some((ends, step, bits)) if at + step < 63 => {
                reader.drop(bits);
                at += step;
                if ends {
                    break;
                }
            }
            _ => {
                let (symbol, length) = codes.symbol(reader.bits)?;
                reader.drop(length + u32::from(symbol & 15));
                if symbol == 0 {
                    break;
                }
                at += usize::from(symbol >> 4) + 1;
            }
        }
    }
    (at <= 63).then_some(())
}

/// The frequency among `side` samples that a frequency among eight becomes in the mean, and
/// how strong it is then.
fn folded(frequency: usize, side: usize) -> (usize, f64) {
    let wave = |at: usize| ((2 * at + 1) as f64 * frequency as f64 * PI / 16.0).cos();
    let norm = if frequency == 0 {
        FRAC_1_SQRT_2 / 2.0
    } else {
        0.5
    };
    let group = 8 / side;
    let mean = norm * (0..group).map(wave).sum::<f64>() / group as f64;
    let around = frequency % (2 * side);
    let own = around.min(2 * side - around);
    if own == side || mean.abs() < 1e-9 {
        return (0, 0.0);
    }
    // Of two samples one is as far above the mean as the other is below: no cosine is needed.
    let wave = if side == 2 {
        1.0
    } else {
        (own as f64 * PI / (2 * side) as f64).cos()
    };
    (own, mean / wave)
}
