//! LZW codes followed without making a pixel: are they sound, and do they make exactly so many?
//!
//! Source: GIF89a specification, 1990, appendix F.

/// Strings that a dictionary holds at most.
const STRINGS: usize = 4096;

/// Where `codes` end that make exactly `pixels` pixels and say so; `None` when they are damaged,
/// make fewer or more, or do not say that they end. `index_bits`: 2 to 8.
pub(super) fn end(codes: &[u8], index_bits: u8, pixels: usize) -> Option<usize> {
    let clear = 1_usize << index_bits;
    let mut lengths = [1_u16; STRINGS];
    let (mut next, mut width) = (clear + 2, u32::from(index_bits) + 1);
    let mut before: Option<u16> = None;
    let mut made = 0;
    let mut bits = Bits::new(codes);
    loop {
        let code = bits.take(width)?;
        if code == clear {
            (next, width, before) = (clear + 2, u32::from(index_bits) + 1, None);
            continue;
        }
        if code == clear + 1 {
            return (made == pixels).then(|| bits.bytes_taken());
        }
        let length = match before {
            _ if code < next => lengths[code],
            // The string that this very code completes.
            Some(before) if code == next && next < STRINGS => before + 1,
            _ => return None,
        };
        made += usize::from(length);
        if made > pixels {
            return None;
        }
        if let (Some(before), true) = (before, next < STRINGS) {
            lengths[next] = before + 1;
            next += 1;
            if next == 1 << width && width < 12 {
                width += 1;
            }
        }
        before = Some(length);
    }
}

/// Numbers of a few bits each, the lowest bits first.
struct Bits<'a> {
    rest: &'a [u8],
    length: usize,
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            length: bytes.len(),
            held: 0,
            count: 0,
        }
    }

    fn take(&mut self, width: u32) -> Option<usize> {
        if self.count < width {
            self.refill();
            if self.count < width {
                return None;
            }
        }
        let number = self.held & ((1 << width) - 1);
        self.held >>= width;
        self.count -= width;
        Some(number as usize)
    }

    fn refill(&mut self) {
        if let Some((chunk, rest)) = self.rest.split_first_chunk::<4>() {
            self.held |= u64::from(u32::from_le_bytes(*chunk)) << self.count;
            self.count += 32;
            self.rest = rest;
        } else if let Some((byte, rest)) = self.rest.split_first() {
            self.held |= u64::from(*byte) << self.count;
            self.count += 8;
            self.rest = rest;
            self.refill();
        }
    }

    /// Bytes of which at least a bit was taken.
    fn bytes_taken(&self) -> usize {
        self.length - self.rest.len() - self.count as usize / 8
    }
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
