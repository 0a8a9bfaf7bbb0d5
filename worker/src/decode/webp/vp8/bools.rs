//! The boolean entropy decoder: bits of which each has a probability.
//!
//! Source: RFC 6386, section 7.

/// Reads bits. Behind the end there are zeros, and [`Bools::is_over`] tells.
#[derive(Clone, Copy)]
pub(super) struct Bools<'a> {
    rest: &'a [u8],
    /// What was read and not used: the eight bits that are compared, and those that follow.
    value: u64,
    /// 127 to 254.
    range_less_one: u32,
    /// How many bits follow those that are compared; below 0 some of these are missing.
    ahead: i32,
    /// Bytes read behind the end.
    missing: u32,
}

/// Bytes that are read at once.
const BYTES: usize = 7;

impl<'a> Bools<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            rest: data,
            value: 0,
            range_less_one: 254,
            ahead: -8,
            missing: 0,
        }
    }

    /// A bit that is 0 with a probability of `zero` / 256.
    #[inline(always)]
    pub(super) fn bit(&mut self, zero: u8) -> bool {
        if self.ahead < 0 {
            self.refill();
        }
        let split = (self.range_less_one * u32::from(zero)) >> 8;
        let bit = (self.value >> self.ahead) as u32 > split;
        let range = if bit {
            self.range_less_one - split
        } else {
            split + 1
        };
        if bit {
            self.value -= u64::from(split + 1) << self.ahead;
        }
        self.normalize(range);
        bit
    }

    /// Makes `range`, 1 to 255, at least 128 long.
    #[inline(always)]
    fn normalize(&mut self, range: u32) {
        let shift = 7 ^ (range | 1).ilog2();
        self.range_less_one = (range << shift) - 1;
        self.ahead -= shift as i32;
    }

    /// A bit that is as often 0 as 1.
    #[inline(always)]
    pub(super) fn flag(&mut self) -> bool {
        self.bit(128)
    }

    /// `value`, or if a bit says so its negative. Which of them is never foreseen, so there is no branch.
    #[inline(always)]
    pub(super) fn signed_as(&mut self, value: i32) -> i32 {
        if self.ahead < 0 {
            self.refill();
        }
        let split = self.range_less_one >> 1;
        let mask = u32::from((self.value >> self.ahead) as u32 > split).wrapping_neg();
        self.value -= u64::from((split + 1) & mask) << self.ahead;
        let (low, high) = (split + 1, self.range_less_one - split);
        self.normalize(low ^ ((low ^ high) & mask));
        (value ^ mask as i32) - mask as i32
    }

    /// A number of `bits` bits, the highest first.
    pub(super) fn number(&mut self, bits: u32) -> u8 {
        (0..bits).fold(0, |number, _| number << 1 | u8::from(self.flag()))
    }

    /// A number of `bits` bits and a sign, or 0 if it is not there.
    pub(super) fn signed(&mut self, bits: u32) -> i32 {
        if !self.flag() {
            return 0;
        }
        let number = i32::from(self.number(bits));
        if self.flag() { -number } else { number }
    }

    /// Whether more was read than there is: one byte more is allowed, which decoders read ahead.
    pub(super) fn is_over(&self) -> bool {
        self.missing > 1
    }

    #[inline(always)]
    fn refill(&mut self) {
        let Some(bytes) = self.rest.first_chunk::<8>() else {
            // By value, so that the decoder itself stays in registers.
            *self = self.refilled_at_end();
            return;
        };
        let bits = 8 * BYTES as u32;
        self.value = self.value << bits | u64::from_be_bytes(*bytes) >> (64 - bits);
        self.ahead += bits as i32;
        self.rest = &self.rest[BYTES..];
    }

    #[cold]
    #[inline(never)]
    fn refilled_at_end(mut self) -> Self {
        let byte = match self.rest.split_first() {
            Some((byte, rest)) => {
                self.rest = rest;
                *byte
            }
            None => {
                self.missing = self.missing.saturating_add(1);
                0
            }
        };
        self.value = self.value << 8 | u64::from(byte);
        self.ahead += 8;
        self
    }
}
