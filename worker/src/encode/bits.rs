//! Bits to bytes, the lowest first, as GIF's codes and WebP's are.

/// Appends bits to bytes, 32 at a time.
pub(super) struct Bits<'a> {
    bytes: &'a mut Vec<u8>,
    pending: u64,
    /// Less than 32 between calls.
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a mut Vec<u8>) -> Self {
        Self {
            bytes,
            pending: 0,
            count: 0,
        }
    }

    /// Appends the lowest `count` bits, at most 32; the others are zero.
    #[inline(always)]
    pub(super) fn put(&mut self, bits: u32, count: u32) {
        self.pending |= u64::from(bits) << self.count;
        self.count += count;
        if self.count >= 32 {
            append(self.bytes, self.pending as u32);
            self.pending >>= 32;
            self.count -= 32;
        }
    }

    /// Fills the last byte with zeros.
    pub(super) fn finish(self) {
        let bytes = self.pending.to_le_bytes();
        let count = self.count.div_ceil(8) as usize;
        self.bytes.extend(bytes.into_iter().take(count));
    }
}

/// By itself, where a word is one store: in the middle of a large loop it became a call of `memcpy`.
#[inline(never)]
fn append(bytes: &mut Vec<u8>, word: u32) {
    bytes.extend_from_slice(&word.to_le_bytes());
}
