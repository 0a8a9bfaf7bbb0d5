//! LZW codes to colour indices.
//!
//! Every string of the dictionary stands somewhere in what was decoded already: it is the string of an
//! earlier code and the pixel behind it. So the dictionary holds places, and a code is one copy. A wide
//! copy, because most strings are short: what it writes too much is overwritten by the next.
//!
//! Source: GIF89a specification, 1990, appendix F.

use super::codes::{STRINGS, number};

/// What a copy moves at once, bytes.
const WIDE: usize = 16;

const DAMAGED: &str = "its colour codes are damaged";
const ENDS_EARLY: &str = "its colour codes end early";

/// The colour indices of one frame; the memory is kept for the next.
#[derive(Debug, Default)]
pub(super) struct Indices {
    /// Each index that a code can name, as its string; the pixels; room for a copy that is too wide.
    bytes: Vec<u8>,
    /// Where the pixels begin and end.
    begin: usize,
    end: usize,
}

/// Where a string stands, and how long it is.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    start: usize,
    length: usize,
}

impl Indices {
    /// In stored order.
    pub(super) fn pixels(&self) -> &[u8] {
        self.bytes.get(self.begin..self.end).unwrap_or_default()
    }

    /// Decodes so many `pixels`; what `codes` hold beyond them is not looked at. The smallest code has
    /// `index_bits` bits, 1 to 11; of larger indices the lower eight count.
    ///
    /// # Errors
    /// What is wrong with the codes.
    pub(super) fn decode(
        &mut self,
        codes: &[u8],
        index_bits: u8,
        pixels: usize,
    ) -> Result<(), &'static str> {
        let clear = 1_usize << index_bits;
        (self.begin, self.end) = (clear, clear + pixels);
        self.bytes.resize(self.end + WIDE, 0);
        let mut strings = [Place::default(); STRINGS];
        for (index, (byte, place)) in self
            .bytes
            .iter_mut()
            .zip(&mut strings)
            .enumerate()
            .take(clear)
        {
            *byte = index as u8;
            *place = Place {
                start: index,
                length: 1,
            };
        }
        let narrow = u32::from(index_bits) + 1;
        let (mut next, mut width) = (clear + 2, narrow);
        let mut before: Option<Place> = None;
        let (mut bit, mut at) = (0, self.begin);
        while at < self.end {
            let code = number(codes, bit, width).ok_or(ENDS_EARLY)?;
            bit += width as usize;
            if code == clear {
                (next, width, before) = (clear + 2, narrow, None);
                continue;
            }
            if code == clear + 1 {
                return Err(ENDS_EARLY);
            }
            if let Some(before) = before
                && next < STRINGS
            {
                strings[next] = Place {
                    start: before.start,
                    length: before.length + 1,
                };
            }
            // The string that this very code completes is there already, but for its last pixel.
            let known = next + usize::from(before.is_some());
            if code >= known.min(STRINGS) {
                return Err(DAMAGED);
            }
            let place = strings[code];
            if before.is_some() && next < STRINGS {
                next += 1;
                // With one bit there are more to begin with than two bits can name.
                if next >= 1 << width && width < 12 {
                    width += 1;
                }
            }
            let length = place.length.min(self.end - at);
            self.copy(place.start, at, length);
            before = Some(Place {
                start: at,
                length: place.length,
            });
            at += length;
        }
        Ok(())
    }

    /// Copies a string that ends at `at`, or begins before and ends one pixel behind it.
    #[inline(always)]
    fn copy(&mut self, start: usize, at: usize, length: usize) {
        let first = self.bytes[start];
        for offset in (0..length).step_by(WIDE) {
            let mut piece = [0; WIDE];
            piece.copy_from_slice(&self.bytes[start + offset..start + offset + WIDE]);
            self.bytes[at + offset..at + offset + WIDE].copy_from_slice(&piece);
        }
        if start + length > at {
            // A wide copy may have read it before it was written.
            self.bytes[at + length - 1] = first;
        }
    }
}

#[cfg(test)]
mod tests {
    use weezl::decode::Configuration;
    use weezl::encode::Encoder;
    use weezl::{BitOrder, LzwStatus};

    use super::*;

    /// What weezl makes of it; `None` when that is too little.
    fn expected(codes: &[u8], index_bits: u8, pixels: usize) -> Option<Vec<u8>> {
        let mut indices = vec![0; pixels];
        let (mut read, mut made) = (0, 0);
        let mut decoder = Configuration::new(BitOrder::Lsb, index_bits)
            .with_yield_on_full_buffer(true)
            .build();
        while made < pixels {
            let result = decoder.decode_bytes(&codes[read..], &mut indices[made..]);
            read += result.consumed_in;
            made += result.consumed_out;
            let moved = result.consumed_in + result.consumed_out > 0;
            let goes_on = matches!(result.status, Ok(LzwStatus::Ok)) && moved;
            if !goes_on && made < pixels {
                return None;
            }
        }
        Some(indices)
    }

    /// Calm and wild stretches, for short and long strings.
    fn picture(seed: u32, length: usize, index_bits: u8) -> Vec<u8> {
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state
        };
        let mut indices = Vec::new();
        while indices.len() < length {
            let run = match next() % 4 {
                0 => next() % 3000,
                1 => next() % 20,
                _ => 1,
            };
            let index = (next() >> 7) as u8 & ((1 << index_bits.min(8)) - 1) as u8;
            indices.extend(std::iter::repeat_n(index, run as usize + 1));
        }
        indices.truncate(length);
        indices
    }

    #[test]
    fn whatever_the_codes_are_they_are_understood_as_weezl_understands_them() {
        let mut decoded = Indices::default();
        let (mut sound, mut unsound, mut passed) = (0, 0, 0);
        for seed in 0..400_u32 {
            let index_bits = 2 + (seed % 7) as u8;
            let pixels = 1 + (seed as usize * 7919) % 40_000;
            let indices = picture(seed, pixels, index_bits);
            let mut codes = Encoder::new(BitOrder::Lsb, index_bits)
                .encode(&indices)
                .unwrap();
            // As they are, with other bits, cut off, and with other numbers of bits or pixels.
            let changes: [(usize, u8, usize); 5] = [
                (0, index_bits, pixels),
                (1, index_bits, pixels),
                (9, index_bits, pixels),
                (0, index_bits, pixels + 1),
                (0, 1 + (seed % 11) as u8, pixels),
            ];
            for (flips, index_bits, pixels) in changes {
                for flip in 0..flips {
                    let at = (seed as usize * 31 + flip * 977) % codes.len();
                    codes[at] ^= 1 << (flip % 8);
                }
                for codes in [&codes[..], &codes[..codes.len() / 2]] {
                    let found = decoded.decode(codes, index_bits, pixels);
                    let found = found.is_ok().then(|| decoded.pixels().to_vec());
                    let expected = expected(codes, index_bits, pixels);
                    assert!(found == expected, "{seed} {flips} {index_bits} {pixels}");
                    if (2..=8).contains(&index_bits) {
                        // Nothing is passed on that could not be decoded.
                        let end = super::super::codes::end(codes, index_bits, pixels);
                        assert!(end.is_none() || found.is_some(), "{seed} {flips}");
                        passed += u32::from(end.is_some());
                    }
                    match found {
                        Some(_) => sound += 1,
                        None => unsound += 1,
                    }
                }
            }
        }
        let enough = sound > 400 && unsound > 400 && passed > 300;
        assert!(enough, "{sound} sound, {unsound} not, {passed} passed on");
    }

    #[test]
    fn a_string_that_ends_with_its_own_beginning_is_made_at_every_length() {
        // Runs of one index are nothing but such strings.
        for length in 1..500 {
            let indices = vec![3; length];
            let codes = Encoder::new(BitOrder::Lsb, 2).encode(&indices).unwrap();
            let mut decoded = Indices::default();
            assert_eq!(decoded.decode(&codes, 2, length), Ok(()));
            assert_eq!(decoded.pixels(), indices);
        }
    }
}
