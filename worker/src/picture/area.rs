//! A rectangle of a picture's pixels, and the one in which two pictures differ.

use super::{CHANNELS, Picture, Size};

/// px. Whoever asks for its rows or pixels has seen to it that it lies within the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Area {
    /// Stands for nothing where there must be something.
    pub(crate) const FIRST_PIXEL: Self = Self {
        left: 0,
        top: 0,
        width: 1,
        height: 1,
    };

    /// All of `picture`.
    pub(crate) fn whole(picture: &Picture) -> Self {
        Self::all(picture.size)
    }

    /// All pixels of a picture of that size.
    pub(crate) fn all(size: Size) -> Self {
        Self {
            left: 0,
            top: 0,
            width: size.width as usize,
            height: size.height as usize,
        }
    }

    /// Width × height.
    pub(crate) fn count(self) -> usize {
        self.width * self.height
    }

    /// The parts of the rows of `picture` inside, top to bottom.
    pub(crate) fn rows(self, picture: &Picture) -> impl Iterator<Item = &[u8]> {
        let bytes = self.bytes();
        let rows = picture.rows().skip(self.top).take(self.height);
        rows.filter_map(move |row| row.get(bytes.clone()))
    }

    /// The parts of the rows of `picture` inside, top to bottom.
    pub(crate) fn rows_mut(self, picture: &mut Picture) -> impl Iterator<Item = &mut [u8]> {
        let bytes = self.bytes();
        let rows = picture.rows_mut().skip(self.top).take(self.height);
        rows.filter_map(move |row| row.get_mut(bytes.clone()))
    }

    /// That part of `picture`, by itself.
    pub(crate) fn of(self, picture: &Picture) -> Picture {
        let mut pixels = Vec::with_capacity(self.count() * CHANNELS);
        for row in self.rows(picture) {
            pixels.extend_from_slice(row);
        }
        Picture {
            size: Size::new(self.width as u32, self.height as u32),
            pixels,
        }
    }

    /// The part of it where a picture of that size has pixels.
    pub(crate) fn clipped(self, size: Size) -> Self {
        let (width, height) = (size.width as usize, size.height as usize);
        Self {
            width: self.width.min(width.saturating_sub(self.left)),
            height: self.height.min(height.saturating_sub(self.top)),
            ..self
        }
    }

    /// By so much more on each side, as far as there is a picture.
    pub(crate) fn grown(self, by: usize, size: Size) -> Self {
        let (left, top) = (self.left.saturating_sub(by), self.top.saturating_sub(by));
        let right = (self.left + self.width + by).min(size.width as usize);
        let bottom = (self.top + self.height + by).min(size.height as usize);
        Self {
            left,
            top,
            width: right - left,
            height: bottom - top,
        }
    }

    /// The least one around all pixels in which two pictures of the same size differ.
    pub(crate) fn changed(before: &Picture, after: &Picture) -> Option<Self> {
        let rows = || before.rows().zip(after.rows());
        let top = rows().position(|(old, new)| old != new)?;
        let height = {
            let from_below = rows_from_below(before).zip(rows_from_below(after));
            let same = from_below.take_while(|(old, new)| old == new).count();
            before.size.height as usize - same - top
        };
        let (mut left, mut right) = (before.size.width as usize, 0);
        for (old, new) in rows().skip(top).take(height) {
            let pixels = |row| <[u8]>::as_chunks::<CHANNELS>(row).0;
            let (old, new) = (pixels(old), pixels(new));
            // Only what is outside of the rectangle so far is of interest.
            let mut first = old[..left].iter().zip(&new[..left]);
            left = first.position(|(old, new)| old != new).unwrap_or(left);
            let mut last = old[right..].iter().zip(&new[right..]);
            right += last
                .rposition(|(old, new)| old != new)
                .map_or(0, |at| at + 1);
        }
        Some(Self {
            left,
            top,
            width: right - left,
            height,
        })
    }

    fn bytes(self) -> std::ops::Range<usize> {
        self.left * CHANNELS..(self.left + self.width) * CHANNELS
    }
}

fn rows_from_below(picture: &Picture) -> impl Iterator<Item = &[u8]> {
    picture.pixels.rchunks_exact(picture.size.stride().max(1))
}
