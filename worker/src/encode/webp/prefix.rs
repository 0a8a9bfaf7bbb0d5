//! Prefix codes of WebP's lossless format: Huffman's, no code longer than 15 bits.
//!
//! Source: "Specification for WebP Lossless Bitstream", section 6,
//! <https://developers.google.com/speed/webp/docs/webp_lossless_bitstream_specification>.

use std::iter::repeat_n;

use crate::encode::bits::Bits;

/// Bits of the longest code, and of the longest one for lengths of codes.
const LONGEST: u8 = 15;
const LONGEST_OF_LENGTHS: u8 = 7;
/// In this order the lengths of the codes for lengths are written.
const ORDER: [usize; 19] = [
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
];
/// Symbols among lengths: so many zeros in a row.
const FEW_ZEROS: usize = 17;
const MANY_ZEROS: usize = 18;

/// The code of an alphabet.
pub(super) struct Code {
    /// By symbol, as a decoder is told; 0: not used.
    lengths: Vec<u8>,
    /// By symbol, its first bit lowest, and of how many bits: of a single symbol nothing is written.
    codes: Vec<(u16, u8)>,
}

impl Code {
    /// For symbols that occur so often.
    pub(super) fn of(counts: &[u32]) -> Self {
        Self::limited(counts, LONGEST)
    }

    /// Rare symbols are taken for less rare ones until no code is too long.
    fn limited(counts: &[u32], longest: u8) -> Self {
        let mut least = 1;
        let mut lengths = shortest(counts, least);
        while lengths.iter().any(|length| *length > longest) {
            least *= 2;
            lengths = shortest(counts, least);
        }
        let alone = lengths.iter().filter(|length| **length > 0).count() < 2;
        let codes = match alone {
            true => vec![(0, 0); lengths.len()],
            false => canonical(&lengths, longest),
        };
        Self { lengths, codes }
    }

    /// How many bits so many symbols take.
    pub(super) fn cost(&self, counts: &[u32]) -> u64 {
        let costs = counts.iter().zip(&self.codes);
        costs
            .map(|(count, (_, bits))| u64::from(*count) * u64::from(*bits))
            .sum()
    }

    /// A symbol that was counted.
    pub(super) fn put(&self, symbol: usize, bits: &mut Bits<'_>) {
        let (code, count) = self.codes[symbol];
        bits.put(code.into(), count.into());
    }

    fn used(&self) -> impl Iterator<Item = usize> {
        let lengths = self.lengths.iter().enumerate();
        lengths.filter_map(|(symbol, length)| (*length > 0).then_some(symbol))
    }

    /// What a decoder needs to know of it.
    pub(super) fn describe(&self, bits: &mut Bits<'_>) {
        let mut used = self.used();
        let (first, second, third) = (used.next().unwrap_or(0), used.next(), used.next());
        if third.is_some() || first.max(second.unwrap_or(0)) > 255 {
            return self.describe_at_length(bits);
        }
        bits.put(1, 1);
        bits.put(second.is_some().into(), 1);
        let wide = first > 1;
        bits.put(wide.into(), 1);
        bits.put(first as u32, if wide { 8 } else { 1 });
        if let Some(second) = second {
            bits.put(second as u32, 8);
        }
    }

    fn describe_at_length(&self, bits: &mut Bits<'_>) {
        let runs = runs(&self.lengths);
        let mut counts = [0; ORDER.len()];
        for (symbol, _) in &runs {
            counts[*symbol] += 1;
        }
        let of_lengths = Self::limited(&counts, LONGEST_OF_LENGTHS);
        let last = ORDER.iter().rposition(|symbol| counts[*symbol] > 0);
        let listed = last.map_or(0, |last| last + 1).max(4);
        bits.put(0, 1);
        bits.put(listed as u32 - 4, 4);
        for symbol in &ORDER[..listed] {
            bits.put(of_lengths.lengths[*symbol].into(), 3);
        }
        // The lengths of all symbols follow.
        bits.put(0, 1);
        for (symbol, zeros) in runs {
            of_lengths.put(symbol, bits);
            match symbol {
                FEW_ZEROS => bits.put(zeros - 3, 3),
                MANY_ZEROS => bits.put(zeros - 11, 7),
                _ => {}
            }
        }
    }
}

/// Lengths as symbols, zeros in a row as one, with their number.
fn runs(lengths: &[u8]) -> Vec<(usize, u32)> {
    let mut runs = Vec::new();
    for chunk in lengths.chunk_by(|one, other| one == other) {
        let mut left = chunk.len();
        if chunk[0] == 0 {
            while left >= 3 {
                let zeros = left.min(138);
                let symbol = if zeros < 11 { FEW_ZEROS } else { MANY_ZEROS };
                runs.push((symbol, zeros as u32));
                left -= zeros;
            }
        }
        runs.extend(repeat_n((chunk[0].into(), 0), left));
    }
    runs
}

/// Huffman's lengths, of any length, where no symbol that occurs is rarer than `least`; a single
/// symbol has one bit.
fn shortest(counts: &[u32], least: u32) -> Vec<u8> {
    let mut lengths = vec![0; counts.len()];
    let symbols = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let mut leaves: Vec<(u32, usize)> = symbols
        .map(|(symbol, count)| ((*count).max(least), symbol))
        .collect();
    leaves.sort_unstable();
    if let [(_, symbol)] = leaves[..] {
        lengths[symbol] = 1;
    }
    // Leaves, then what joins two nodes each; both are in the order of their weights.
    let count = leaves.len();
    let mut weights: Vec<u64> = leaves.iter().map(|leaf| leaf.0.into()).collect();
    let mut parents = vec![0; (2 * count).saturating_sub(1)];
    let (mut leaf, mut joint) = (0, count);
    for node in count..parents.len() {
        let mut weight = 0;
        for _ in 0..2 {
            let lighter = if leaf < count && (joint == node || weights[leaf] <= weights[joint]) {
                &mut leaf
            } else {
                &mut joint
            };
            weight += weights[*lighter];
            parents[*lighter] = node;
            *lighter += 1;
        }
        weights.push(weight);
    }
    let mut depths = vec![0; parents.len()];
    for node in (0..parents.len().saturating_sub(1)).rev() {
        depths[node] = depths[parents[node]] + 1;
    }
    for (depth, (_, symbol)) in depths.iter().zip(&leaves).filter(|(depth, _)| **depth > 0) {
        lengths[*symbol] = *depth;
    }
    lengths
}

/// Codes in the order of lengths and symbols.
fn canonical(lengths: &[u8], longest: u8) -> Vec<(u16, u8)> {
    let mut codes = vec![(0, 0); lengths.len()];
    let mut next = 0_u16;
    for length in 1..=longest {
        let of_length = codes.iter_mut().zip(lengths);
        for (code, _) in of_length.filter(|(_, of)| **of == length) {
            *code = (next.reverse_bits() >> (16 - u32::from(length)), length);
            next += 1;
        }
        next <<= 1;
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_too_long_and_none_begins_another() {
        // Of numbers of Fibonacci each symbol would have a code one bit longer than the next.
        let mut counts = vec![1, 1];
        while counts.len() < 40 {
            counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
        }
        assert_eq!(shortest(&counts, 1).iter().max(), Some(&39));
        for longest in [LONGEST, LONGEST_OF_LENGTHS] {
            let code = Code::limited(&counts, longest);
            assert!(
                code.lengths
                    .iter()
                    .all(|length| (1..=longest).contains(length))
            );
            // Kraft's sum of a code that wastes nothing.
            let sum: u32 = code
                .lengths
                .iter()
                .map(|length| 1 << (longest - length))
                .sum();
            assert_eq!(sum, 1 << longest);
            for (one, (first, length)) in code.codes.iter().enumerate() {
                let begins = |other: &u16| other & ((1 << length) - 1) == *first;
                let others = code.codes.iter().enumerate();
                let mut longer = others.filter(|(at, (_, of))| *at != one && of >= length);
                assert!(!longer.any(|(_, (other, _))| begins(other)));
            }
        }
    }

    #[test]
    fn a_single_symbol_takes_no_bits() {
        let code = Code::of(&[0, 0, 7]);
        assert_eq!(code.cost(&[0, 0, 7]), 0);
        let mut bytes = Vec::new();
        let mut bits = Bits::new(&mut bytes);
        code.put(2, &mut bits);
        bits.finish();
        assert!(bytes.is_empty());
    }

    #[test]
    fn zeros_in_a_row_are_told_by_their_number() {
        let lengths = [
            [3; 2].as_slice(),
            &[0; 150],
            &[5; 1],
            &[0; 12],
            &[0; 2],
            &[1; 1],
        ]
        .concat();
        let told = [
            (3, 0),
            (3, 0),
            (MANY_ZEROS, 138),
            (MANY_ZEROS, 12),
            (5, 0),
            (MANY_ZEROS, 14),
            (1, 0),
        ];
        assert_eq!(runs(&lengths), told);
    }
}
