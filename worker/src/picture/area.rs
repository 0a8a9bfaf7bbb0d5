//! A rectangle of a picture's pixels, and the one in which two pictures differ.

use std::ops::Range;

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

    /// What a picture of that size covers whose top left corner is at `left`, `top`.
    pub(crate) fn at((left, top): (u32, u32), size: Size) -> Self {
        Self {
            left: left as usize,
            top: top as usize,
            ..Self::all(size)
        }
    }

    /// What lies in these columns and rows.
    pub(crate) fn of(columns: Range<usize>, lines: Range<usize>) -> Self {
        Self {
            left: columns.start,
            top: lines.start,
            width: columns.len(),
            height: lines.len(),
        }
    }

    /// The numbers of its columns.
    pub(crate) fn columns(self) -> Range<usize> {
        self.left..self.left + self.width
    }

    /// The numbers of its rows.
    pub(crate) fn lines(self) -> Range<usize> {
        self.top..self.top + self.height
    }

    /// Width × height.
    pub(crate) fn count(self) -> usize {
        self.width * self.height
    }

    /// The parts of the rows of `picture` inside, top to bottom.
    pub(crate) fn rows(self, picture: &Picture) -> impl DoubleEndedIterator<Item = &[u8]> {
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

    /// That part of `picture`, in its memory.
    pub(crate) fn cut_from(self, picture: Picture) -> Picture {
        if self == Self::whole(&picture) {
            return picture;
        }
        let stride = picture.size.stride();
        let Picture { mut pixels, .. } = picture;
        let bytes = self.bytes();
        for y in 0..self.height {
            // Never to behind where it was.
            let row = (self.top + y) * stride;
            pixels.copy_within(row + bytes.start..row + bytes.end, y * bytes.len());
        }
        pixels.truncate(self.count() * CHANNELS);
        pixels.shrink_to_fit();
        Picture {
            size: self.size(),
            pixels,
        }
    }

    /// That part of `picture`, in memory of its own.
    pub(crate) fn copied_from(self, picture: &Picture) -> Picture {
        let mut pixels = Vec::with_capacity(self.count() * CHANNELS);
        self.rows(picture)
            .for_each(|row| pixels.extend_from_slice(row));
        Picture {
            size: self.size(),
            pixels,
        }
    }

    /// Width and height.
    pub(crate) fn size(self) -> Size {
        Size::new(self.width as u32, self.height as u32)
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

    /// The least one around both.
    pub(crate) fn around(self, other: Self) -> Self {
        let (left, top) = (self.left.min(other.left), self.top.min(other.top));
        let right = (self.left + self.width).max(other.left + other.width);
        let bottom = (self.top + self.height).max(other.top + other.height);
        Self {
            left,
            top,
            width: right - left,
            height: bottom - top,
        }
    }

    /// Where it lies after left and right of a picture of that size were exchanged.
    pub(crate) fn mirrored(self, size: Size) -> Self {
        Self {
            left: size.width as usize - self.left - self.width,
            ..self
        }
    }

    /// Where it lies after top and bottom of a picture of that size were exchanged.
    pub(crate) fn flipped(self, size: Size) -> Self {
        Self {
            top: size.height as usize - self.top - self.height,
            ..self
        }
    }

    /// Where it lies after rows and columns were exchanged.
    pub(crate) fn transposed(self) -> Self {
        Self {
            left: self.top,
            top: self.left,
            width: self.height,
            height: self.width,
        }
    }

    /// What lies in both; `None` if nothing does.
    pub(crate) fn shared(self, other: Self) -> Option<Self> {
        let (left, top) = (self.left.max(other.left), self.top.max(other.top));
        let right = (self.left + self.width).min(other.left + other.width);
        let bottom = (self.top + self.height).min(other.top + other.height);
        (left < right && top < bottom).then(|| Self {
            left,
            top,
            width: right - left,
            height: bottom - top,
        })
    }

    /// Where it lies in a picture of which no more is left than `kept`; any place if it does not.
    pub(crate) fn seen_in(self, kept: Self) -> Self {
        let seen = self.shared(kept);
        seen.map_or(Self::FIRST_PIXEL, |seen| seen.within(kept))
    }

    /// By at most a column and a row more, so that it begins at even places.
    pub(crate) fn begun_evenly(self) -> Self {
        Self {
            left: self.left - self.left % 2,
            top: self.top - self.top % 2,
            width: self.width + self.left % 2,
            height: self.height + self.top % 2,
        }
    }

    /// The same place within `outer`, which holds all of it.
    pub(crate) fn within(self, outer: Self) -> Self {
        Self {
            left: self.left - outer.left,
            top: self.top - outer.top,
            ..self
        }
    }

    /// Where in a picture a place within its part `outer` lies.
    pub(crate) fn out_of(self, outer: Self) -> Self {
        Self {
            left: self.left + outer.left,
            top: self.top + outer.top,
            ..self
        }
    }

    /// The least one in it around all pixels of `before` that differ from `after`, which has the size of it.
    pub(crate) fn changed(self, before: &Picture, after: &Picture) -> Option<Self> {
        let rows = || self.rows(before).zip(after.rows());
        let top = rows().position(|(old, new)| old != new)?;
        let height = {
            let from_below = self.rows(before).rev().zip(after.rows().rev());
            let same = from_below.take_while(|(old, new)| old == new).count();
            self.height - same - top
        };
        let (mut left, mut right) = (self.width, 0);
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
        let inside = Self {
            left,
            top,
            width: right - left,
            height,
        };
        Some(inside.out_of(self))
    }

    fn bytes(self) -> Range<usize> {
        self.left * CHANNELS..(self.left + self.width) * CHANNELS
    }
}
