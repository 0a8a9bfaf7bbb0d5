//! Bits to the bytes of a scan, 32 at a time; a zero byte is stuffed behind each 0xff.

#[derive(Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// The last `count` of these bits are not yet in `bytes`.
    bits: u64,
    /// Less than 32 between calls.
    count: u32,
}

impl Bits {
    /// Appends the lowest `count` bits, at most 32; the others are zero.
    #[inline(always)]
    pub(super) fn put(&mut self, bits: u32, count: u32) {
        self.bits = self.bits << count | u64::from(bits);
        self.count += count;
        if self.count >= 32 {
            self.count -= 32;
            self.word((self.bits >> self.count) as u32);
        }
    }

    #[inline(always)]
    fn word(&mut self, word: u32) {
        const ONES: u32 = 0x0101_0101;
        // A byte of ones becomes zero, and borrows, only where there is one.
        let flags = !word;
        if flags.wrapping_sub(ONES) & !flags & ONES << 7 == 0 {
            self.bytes.extend_from_slice(&word.to_be_bytes());
        } else {
            self.stuffed(&word.to_be_bytes());
        }
    }

    #[cold]
    fn stuffed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.bytes.push(byte);
            if byte == 0xff {
                self.bytes.push(0);
            }
        }
    }

    /// What is whole so far; it is forgotten.
    pub(super) fn take(&mut self) -> std::vec::Drain<'_, u8> {
        self.bytes.drain(..)
    }

    /// Fills the last byte with ones.
    pub(super) fn end(&mut self) {
        let free = (8 - self.count % 8) % 8;
        self.put((1 << free) - 1, free);
        let left = (self.bits as u32).to_be_bytes();
        let whole = (self.count / 8) as usize;
        self.count = 0;
        self.stuffed(left.get(4 - whole..).unwrap_or_default());
    }
}
