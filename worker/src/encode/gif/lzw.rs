//! Colour indices to GIF's codes: LZW with a hash table of strings, and with a choice. A pixel
//! that is shown already may as well be left transparent; the coder takes whichever of the two
//! makes the string at hand longer. When the dictionary is full it begins anew at once: pictures
//! differ so much from top to bottom that an old one costs more than learning.
//!
//! Source: T. Welch, "A technique for high-performance data compression", 1984; "Graphics
//! Interchange Format, Version 89a", appendix F.

use crate::encode::bits::Bits;

/// Slots of the hash table: at most a quarter is taken, so that chains stay short.
const SLOTS_BITS: u32 = 14;
const SLOTS: usize = 1 << SLOTS_BITS;
/// Marks a free slot. No string is packed so: it would belong to a code after the last.
const FREE: u32 = u32::MAX;
/// Bits of the longest code.
const WIDTH_MAX: u32 = 12;
const CODES_MAX: u32 = 1 << WIDTH_MAX;
/// What a pixel that may stay is coded as if it does.
const TRANSPARENT: u8 = 0;
/// Free pixels are much from this part of the frame on, in tenths.
const MUCH_TENTHS: usize = 4;

/// Codes one frame after another; keeps its memory.
pub(super) struct Coder {
    /// Prefix code (12 bits), index (8 bits), code of both together (12 bits).
    slots: Box<[u32; SLOTS]>,
}

impl Coder {
    pub(super) fn new() -> Self {
        Self {
            slots: Box::new([FREE; SLOTS]),
        }
    }

    /// Appends the codes of `indices` to `bytes`, each of which is below 2 to the power of
    /// `index_bits` (2 to 8). A pixel that is true in `free` may be coded as 0 instead.
    pub(super) fn encode(
        &mut self,
        indices: &[u8],
        free: Option<&[bool]>,
        index_bits: u32,
        bytes: &mut Vec<u8>,
    ) {
        let Some(free) = free else {
            let pixels = indices.iter().map(|&index| (index, index));
            return self.code(pixels, index_bits, bytes);
        };
        // Where much stays, runs of transparent pixels are what makes strings long; else they
        // would only teach the dictionary what it meets too seldom.
        let count = free.iter().filter(|free| **free).count();
        let pairs = indices.iter().zip(free);
        if count * 10 >= free.len() * MUCH_TENTHS {
            let pixels =
                pairs.map(|(&index, &free)| (if free { TRANSPARENT } else { index }, index));
            self.code(pixels, index_bits, bytes);
        } else {
            let pixels =
                pairs.map(|(&index, &free)| (index, if free { TRANSPARENT } else { index }));
            self.code(pixels, index_bits, bytes);
        }
    }

    /// Codes pixels, each as its first index or, if only that makes a longer string, its second.
    #[inline(always)]
    fn code(
        &mut self,
        mut pixels: impl Iterator<Item = (u8, u8)>,
        index_bits: u32,
        bytes: &mut Vec<u8>,
    ) {
        let clear = 1 << index_bits;
        let (mut next, mut width) = (clear + 2, index_bits + 1);
        let mut bits = Bits::new(bytes);
        self.slots.fill(FREE);
        bits.put(clear, width);
        let Some((first, _)) = pixels.next() else {
            bits.put(clear + 1, width);
            return bits.finish();
        };
        let mut prefix = u32::from(first);
        for (index, other) in pixels {
            let slot = match self.find(prefix, index) {
                Ok(code) => {
                    prefix = code;
                    continue;
                }
                Err(slot) => slot,
            };
            if index != other
                && let Ok(code) = self.find(prefix, other)
            {
                prefix = code;
                continue;
            }
            bits.put(prefix, width);
            if next == CODES_MAX {
                bits.put(clear, width);
                self.slots.fill(FREE);
                (next, width) = (clear + 2, index_bits + 1);
            } else {
                self.slots[slot] = prefix << 20 | u32::from(index) << 12 | next;
                if next == 1 << width {
                    width += 1;
                }
                next += 1;
            }
            prefix = u32::from(index);
        }
        bits.put(prefix, width);
        // The decoder has learnt one string more than was said.
        if next == 1 << width && width < WIDTH_MAX {
            width += 1;
        }
        bits.put(clear + 1, width);
        bits.finish();
    }

    /// The code of `prefix` and `index`, or the slot where it would be.
    #[inline(always)]
    fn find(&self, prefix: u32, index: u8) -> Result<u32, usize> {
        let key = prefix << 8 | u32::from(index);
        // The prefix is known last, so it goes in by the cheapest operation there is; with gaps,
        // so that the chains of neighbours do not run into each other.
        let scattered = u32::from(index).wrapping_mul(0x9e37_79b1) >> (u32::BITS - SLOTS_BITS);
        let mut slot = (prefix << (SLOTS_BITS - WIDTH_MAX) ^ scattered) as usize;
        loop {
            let entry = self.slots[slot % SLOTS];
            if entry >> 12 == key && entry != FREE {
                return Ok(entry & (CODES_MAX - 1));
            }
            if entry == FREE {
                return Err(slot % SLOTS);
            }
            slot += 1;
        }
    }
}
