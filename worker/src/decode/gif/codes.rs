//! LZW codes followed without making a pixel: are they sound, and do they make exactly so many?
//!
//! Source: GIF89a specification, 1990, appendix F.

/// Strings that a dictionary holds at most.
pub(super) const STRINGS: usize = 4096;

/// Where `codes` end that make exactly `pixels` pixels and say so; `None` when they are damaged,
/// make fewer or more, or do not say that they end. `index_bits`: 2 to 8.
pub(super) fn end(codes: &[u8], index_bits: u8, pixels: usize) -> Option<usize> {
    let clear = 1_usize << index_bits;
    let mut lengths = [1_u16; STRINGS];
    let (mut next, mut width) = (clear + 2, u32::from(index_bits) + 1);
    let mut before: Option<u16> = None;
    let (mut made, mut at) = (0, 0);
    loop {
        let code = number(codes, at, width)?;
        at += width as usize;
        if code == clear {
            (next, width, before) = (clear + 2, u32::from(index_bits) + 1, None);
            continue;
        }
        if code == clear + 1 {
            return (made == pixels).then_some(at.div_ceil(8));
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
