//! LZW codes followed without making a pixel: are they sound, and do they make exactly so many?
//!
//! Source: GIF89a specification, 1990, appendix F.

/// Strings that a dictionary holds at most.
pub(super) const STRINGS: usize = 4096;

/// Codes that are read at once: as many of 12 bits as eight bytes hold wherever the first begins.
const AT_ONCE: usize = 4;

/// Where `codes` end that make exactly `pixels` pixels and say so; `None` when they are damaged,
/// make fewer or more, or do not say that they end. `index_bits`: 2 to 8.
pub(super) fn end(codes: &[u8], index_bits: u8, pixels: usize) -> Option<usize> {
    let mut follower = Follower::new(index_bits);
    loop {
        follower.run(codes);
        if follower.made > pixels {
            return None;
        }
        let code = number(codes, follower.at, follower.width)?;
        follower.at += follower.width as usize;
        if code == follower.clear {
            follower.forget();
        } else if code == follower.clear + 1 {
            return (follower.made == pixels).then_some(follower.at.div_ceil(8));
        } else {
            follower.take(code)?;
        }
    }
}

/// Knows how long each string is, and not what is in it.
struct Follower {
    clear: usize,
    /// Of the strings; one more, which is written to when there is room for no further.
    lengths: [u16; STRINGS + 1],
    /// The string that the next code completes.
    next: usize,
    /// Bits of the next code.
    width: u32,
    /// Length of the last string; `None` right after the dictionary was cleared.
    before: Option<u16>,
    /// Where the next code begins, bits.
    at: usize,
    /// Pixels so far.
    made: usize,
}

impl Follower {
    fn new(index_bits: u8) -> Self {
        let mut follower = Self {
            clear: 1 << index_bits,
            lengths: [1; STRINGS + 1],
            next: 0,
            width: 0,
            before: None,
            at: 0,
            made: 0,
        };
        follower.forget();
        follower
    }

    fn forget(&mut self) {
        (self.next, self.before) = (self.clear + 2, None);
        self.width = self.clear.ilog2() + 1;
    }

    /// One code that is neither of the two special ones.
    fn take(&mut self, code: usize) -> Option<()> {
        if let Some(before) = self.before {
            self.lengths[self.next] = before + 1;
        }
        // The string that this very code completes is known, if there is one.
        let known = self.next + usize::from(self.before.is_some());
        if code >= known.min(STRINGS) {
            return None;
        }
        let length = self.lengths[code];
        self.made += usize::from(length);
        if self.before.is_some() && self.next < STRINGS {
            self.next += 1;
            if self.next == 1 << self.width && self.width < 12 {
                self.width += 1;
            }
        }
        self.before = Some(length);
        Some(())
    }

    /// As many codes as come without anything special: at most up to one that is, or is wrong, or up
    /// to where their width changes. Most do, and have nothing to wait for but each other's length.
    fn run(&mut self, codes: &[u8]) {
        let Some(mut before) = self.before else {
            return;
        };
        let (clear, width) = (self.clear, self.width);
        let mask = (1_u64 << width) - 1;
        let (mut next, mut at, mut made) = (self.next, self.at, self.made);
        'all: while next + AT_ONCE < 1 << width || width == 12 {
            let Some(bytes) = codes.get(at / 8..).and_then(|rest| rest.first_chunk()) else {
                break;
            };
            let mut bits = u64::from_le_bytes(*bytes) >> (at % 8);
            for _ in 0..AT_ONCE {
                let code = (bits & mask) as usize;
                self.lengths[next] = before + 1;
                if code > next || code.wrapping_sub(clear) < 2 {
                    break 'all;
                }
                bits >>= width;
                at += width as usize;
                before = self.lengths[code];
                made += usize::from(before);
                next = (next + 1).min(STRINGS);
            }
        }
        (self.next, self.at, self.made) = (next, at, made);
        self.before = Some(before);
    }
}

/// The number of `width` bits at bit `at`, the lowest bits first; at most 12.
///
/// What one code takes only the place of the next depends on, so that the processor reads several
/// at a time.
#[inline(always)]
pub(super) fn number(codes: &[u8], at: usize, width: u32) -> Option<usize> {
    let (byte, shift) = (at / 8, at % 8);
    let rest = codes.get(byte..)?;
    let bits = match rest.first_chunk::<4>() {
        Some(bytes) => u32::from_le_bytes(*bytes),
        None => {
            if rest.len() * 8 < shift + width as usize {
                return None;
            }
            let mut bytes = [0; 4];
            bytes
                .iter_mut()
                .zip(rest)
                .for_each(|(to, from)| *to = *from);
            u32::from_le_bytes(bytes)
        }
    };
    Some((bits >> shift & ((1 << width) - 1)) as usize)
}

#[cfg(test)]
mod tests {
    use weezl::BitOrder;
    use weezl::encode::Encoder;

    use super::*;

    fn coded(indices: &[u8], index_bits: u8) -> Vec<u8> {
        Encoder::new(BitOrder::Lsb, index_bits)
            .encode(indices)
            .unwrap()
    }

    #[test]
    fn what_an_encoder_wrote_ends_where_it_ended() {
        for (index_bits, length) in [(2, 1), (2, 9), (4, 1000), (8, 5000), (8, 70_000)] {
            let indices: Vec<u8> = (0..length)
                .map(|at: u32| (at.wrapping_mul(2_654_435_761) >> (32 - index_bits)) as u8)
                .map(|index| index / 3)
                .collect();
            let mut codes = coded(&indices, index_bits);
            let whole = codes.len();
            assert_eq!(end(&codes, index_bits, indices.len()), Some(whole));
            assert_eq!(end(&codes, index_bits, indices.len() + 1), None, "too few");
            assert_eq!(end(&codes, index_bits, indices.len() - 1), None, "too many");
            assert_eq!(end(&codes[..whole - 1], index_bits, indices.len()), None);
            codes.extend(b"what comes after them");
            assert_eq!(end(&codes, index_bits, indices.len()), Some(whole));
        }
    }

    #[test]
    fn a_code_that_stands_for_nothing_is_noticed() {
        // Clear, then a string that is not made yet.
        let codes = (0b100 | 0b111 << 3_u32 | 0b101 << 6_u32) as u16;
        assert_eq!(end(&codes.to_le_bytes(), 2, 1), None);
        assert_eq!(end(&[], 2, 1), None);
        assert_eq!(end(&[0xff; 9], 8, 40), None);
    }
}
