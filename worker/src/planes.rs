//! Luma and chroma as a JPEG stores them: each at its own resolution, one byte per sample. They
//! live between a JPEG's decoder and what works on stored planes; everything else sees pixels.

use std::ops::Range;

use crate::picture::{Area, Size};

/// Luma and chroma of an opaque picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Colours {
    /// Of the picture.
    pub(crate) size: Size,
    /// Luma, blueness, redness.
    pub(crate) planes: [Plane; 3],
    /// Samples of luma to one of chroma, across and down: 1 or 2.
    pub(crate) ratio: (usize, usize),
}

impl Colours {
    /// Keeps a part, which begins where a sample of chroma does.
    pub(crate) fn cut(&mut self, part: Area) {
        let [luma, chroma @ ..] = &mut self.planes;
        luma.cut(part.columns(), part.lines());
        let own =
            |range: Range<usize>, ratio: usize| range.start / ratio..range.end.div_ceil(ratio);
        for plane in chroma {
            plane.cut(
                own(part.columns(), self.ratio.0),
                own(part.lines(), self.ratio.1),
            );
        }
        self.size = part.size();
    }
}

/// One component: samples in rows, which may be longer than the picture is wide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    pub(crate) fn rows_mut(
        &mut self,
    ) -> impl DoubleEndedIterator<Item = &mut [u8]> + ExactSizeIterator {
        let (width, height) = (self.width, self.height);
        let rows = self.samples.chunks_exact_mut(self.stride.max(1));
        rows.take(height).map(move |row| &mut row[..width])
    }

    /// Keeps these columns and rows, in the memory that it has.
    pub(crate) fn cut(&mut self, columns: Range<usize>, rows: Range<usize>) {
        if columns != (0..self.width) {
            for (to, from) in rows.clone().enumerate() {
                // Never to behind where it was.
                let start = from * self.stride;
                let row = start + columns.start..start + columns.end;
                self.samples.copy_within(row, to * columns.len());
            }
            self.stride = columns.len();
        } else if rows.start > 0 {
            self.samples.drain(..rows.start * self.stride);
        }
        (self.width, self.height) = (columns.len(), rows.len());
    }

    /// Exchanges left and right.
    pub(crate) fn mirror(&mut self) {
        self.rows_mut().for_each(<[u8]>::reverse);
    }

    /// Exchanges top and bottom.
    pub(crate) fn flip(&mut self) {
        let mut rows = self.rows_mut();
        while let (Some(top), Some(bottom)) = (rows.next(), rows.next_back()) {
            top.swap_with_slice(bottom);
        }
    }

    /// The row at `y`, or the last one.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        let start = y.min(self.height.saturating_sub(1)) * self.stride;
        &self.samples[start..start + self.width]
    }

    /// The row at `y`, which there is.
    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [u8] {
        &mut self.samples[y * self.stride..][..self.width]
    }
}
