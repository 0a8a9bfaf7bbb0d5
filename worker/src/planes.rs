//! Luma and chroma as a JPEG stores them: each at its own resolution, one byte per sample. They
//! live between a JPEG's decoder and what works on stored planes; everything else sees pixels.

/// One component: samples in rows, which may be longer than the picture is wide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plane {
    /// Samples of a row that belong to the picture.
    pub(crate) width: usize,
    /// Rows that belong to the picture.
    pub(crate) height: usize,
    /// From one row to the next, samples.
    pub(crate) stride: usize,
    /// At least `stride` × `height`.
    pub(crate) samples: Vec<u8>,
}

impl Plane {
    /// All zero, without padding.
    pub(crate) fn blank(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            stride: width,
            samples: vec![0; width * height],
        }
    }

    /// The rows, top to bottom, without padding.
    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = &[u8]> + ExactSizeIterator {
        let rows = self.samples.chunks_exact(self.stride.max(1));
        rows.take(self.height).map(|row| &row[..self.width])
    }

    /// The rows, top to bottom, without padding.
    pub(crate) fn rows_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut [u8]> {
        let (width, height) = (self.width, self.height);
        let rows = self.samples.chunks_exact_mut(self.stride.max(1));
        rows.take(height).map(move |row| &mut row[..width])
    }

    /// The row at `y`, or the last one.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        let start = y.min(self.height.saturating_sub(1)) * self.stride;
        &self.samples[start..start + self.width]
    }
}
