//! A byte buffer with a cap: past it bytes are counted but not kept, so that the refusal can
//! say exactly how long the result would have been.

use std::io::{self, Write};

use protocol::Limit;

use crate::refused::Refused;

/// Up to so many bytes the memory is doubled when it is full; above, that would be much that a job
/// holds for nothing.
const DOUBLED_MAX: usize = 4 << 20;

pub(super) struct Bounded {
    bytes: Vec<u8>,
    written: u64,
    max: u64,
}

impl Bounded {
    pub(super) fn new(max: u64) -> Self {
        Self {
            bytes: Vec::new(),
            written: 0,
            max,
        }
    }

    /// Bytes so far, kept or not.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Leaves room for what is known last and stands first.
    pub(super) fn reserve_header(&mut self, length: usize) {
        // Writing to it cannot fail.
        let _ = self.write_all(&vec![0; length]);
    }

    /// Fills the room.
    pub(super) fn fill_header(&mut self, header: &[u8]) {
        if let Some(room) = self.bytes.get_mut(..header.len()) {
            room.copy_from_slice(header);
        }
    }

    /// All that was written, or how much too much it was.
    pub(super) fn into_bytes(self) -> Result<Vec<u8>, Refused> {
        Refused::output_over(Limit::OutputBytes, self.written, self.max)?;
        Ok(self.bytes)
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written += bytes.len() as u64;
        if self.written <= self.max {
            let held = self.bytes.len();
            if held >= DOUBLED_MAX && held + bytes.len() > self.bytes.capacity() {
                self.bytes.reserve_exact(bytes.len().max(held / 4));
            }
            self.bytes.extend_from_slice(bytes);
        } else {
            self.bytes = Vec::new();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
