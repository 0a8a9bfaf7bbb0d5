//! Entropy-coded data without its markers, and a reader of single bits. Past the end there are
//! zeros: who reads compares places now and then, instead of every bit being checked.

use super::super::outline::flag;

/// Entropy-coded data without stuffed bytes and restart markers.
pub(super) struct Bare {
    bytes: Vec<u8>,
    /// Where each restart interval ends.
    pub(super) ends: Vec<usize>,
}

impl Bare {
    /// `None` if there are not exactly so many intervals, or anything else than data.
    pub(super) fn new(data: &[u8], intervals: usize) -> Option<Self> {
        let mut bytes = Vec::with_capacity(data.len() + 8);
        let mut ends = Vec::new();
        let mut rest = data;
        while let Some(flag) = flag(rest) {
            let (run, next) = rest.split_at_checked(flag)?;
            bytes.extend_from_slice(run);
            match *next.get(1)? {
                0x00 => bytes.push(0xff),
                marker if usize::from(marker) == 0xd0 + ends.len() % 8 => {
                    ends.push(bytes.len());
                    if ends.len() >= intervals {
                        return None;
                    }
                }
                _ => return None,
            }
            rest = next.get(2..)?;
        }
        bytes.extend_from_slice(rest);
        ends.push(bytes.len());
        bytes.extend([0; 8]);
        (ends.len() == intervals).then_some(Self { bytes, ends })
    }

    /// A reader from the byte `at`.
    pub(super) fn reader(&self, at: usize) -> Reader<'_> {
        Reader {
            bytes: &self.bytes,
            at,
            bits: 0,
            count: 0,
        }
    }
}

/// Bits, the next one on top.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    pub(super) bits: u64,
    count: u32,
}

impl Reader<'_> {
    /// At least 56 bits afterwards.
    #[inline(always)]
    pub(super) fn fill(&mut self) {
        let next = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk);
        let word = next.map_or(0, |bytes| u64::from_be_bytes(*bytes));
        self.bits |= word >> self.count;
        self.at += ((63 - self.count) >> 3) as usize;
        self.count |= 56;
    }

    /// At least 32 bits afterwards: the longest code and its value.
    #[inline(always)]
    pub(super) fn fill_if_low(&mut self) {
        if self.count < 32 {
            self.fill();
        }
    }

    /// Drops so many bits, of those that are there.
    #[inline(always)]
    pub(super) fn drop(&mut self, count: u32) {
        self.bits <<= count;
        self.count = self.count.wrapping_sub(count);
    }

    /// So many bits, at most 16, as a number.
    #[inline(always)]
    pub(super) fn number(&mut self, count: u32) -> u32 {
        self.fill_if_low();
        let number = self.bits.checked_shr(64 - count).unwrap_or(0) as u32;
        self.drop(count);
        number
    }

    /// How many bits of the data are used.
    pub(super) fn used(&self) -> usize {
        (self.at * 8).saturating_sub(self.count as usize)
    }
}
