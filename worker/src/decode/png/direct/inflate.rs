//! The filtered rows as they are inflated, many at a time, through a buffer that stays in the
//! cache. They must not be changed where they are: what comes later is copied from them.

use fdeflate::Decompressor;

use super::wave::LINES;

/// As far back as a copy reaches, bytes.
const WINDOW: usize = 32 * 1024;
/// What is inflated at a time at least, bytes.
const ROOM: usize = 128 * 1024;
/// Room behind the last byte of a small picture: up to it, the inflater writes without counting.
const SLACK: usize = 512;

pub(super) struct Rows<'a> {
    chunks: std::slice::Iter<'a, &'a [u8]>,
    /// What is left of the chunk at hand.
    input: &'a [u8],
    inflater: Decompressor,
    buffer: Vec<u8>,
    /// Bytes of the buffer that are inflated, and of these, those that were given.
    filled: usize,
    given: usize,
    /// Bytes of the picture that are to come.
    missing: usize,
    row_bytes: usize,
}

impl<'a> Rows<'a> {
    /// Of `height` rows in the zlib stream that `chunks` hold.
    pub(super) fn new(chunks: &'a [&'a [u8]], row_bytes: usize, height: usize) -> Self {
        let missing = row_bytes.saturating_mul(height);
        // However much is kept, there is room for as many rows as are undone at once.
        let length = (WINDOW + ROOM + LINES * row_bytes).min(missing.saturating_add(SLACK));
        let mut inflater = Decompressor::new();
        // The whole decoder does not read it either: the chunks have checksums of their own.
        inflater.ignore_adler32();
        Self {
            chunks: chunks.iter(),
            input: &[],
            inflater,
            buffer: vec![0; length],
            filled: 0,
            given: 0,
            missing,
            row_bytes,
        }
    }

    /// The next rows, each behind its filter: a multiple of [`LINES`], or all that are left.
    /// Empty after the last, and `None` unless the stream has exactly these rows.
    pub(super) fn next(&mut self) -> Option<&[u8]> {
        if !self.inflater.is_done() {
            self.make_room();
            self.fill()?;
        }
        let step = match self.inflater.is_done() {
            true => self.row_bytes,
            false => self.row_bytes * LINES,
        };
        let start = self.given;
        self.given += (self.filled - start) / step * step;
        match self.given > start {
            true => self.buffer.get(start..self.given),
            false => self.is_at_end().then_some(&[]),
        }
    }

    /// Whether nothing is left over, neither rows nor data.
    fn is_at_end(&self) -> bool {
        let has_more = self.chunks.as_slice().iter().any(|data| !data.is_empty());
        self.missing == 0 && self.input.is_empty() && !has_more
    }

    /// Moves what is still needed to the front.
    fn make_room(&mut self) {
        let gone = self.given.min(self.filled.saturating_sub(WINDOW));
        self.buffer.copy_within(gone..self.filled, 0);
        self.filled -= gone;
        self.given -= gone;
    }

    /// Inflates until the buffer is full or the stream at its end.
    fn fill(&mut self) -> Option<()> {
        loop {
            let (read, written) = self
                .inflater
                .read(self.input, &mut self.buffer, self.filled, false)
                .ok()?;
            self.input = self.input.get(read..)?;
            self.filled += written;
            self.missing = self.missing.checked_sub(written)?;
            if self.inflater.is_done() || self.filled == self.buffer.len() {
                return Some(());
            }
            if self.input.is_empty() {
                self.input = self.chunks.next()?;
            }
        }
    }
}
