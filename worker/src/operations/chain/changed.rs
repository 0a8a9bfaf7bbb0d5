//! An operation that looks no further than so many pixels is done anew only where a frame differs
//! from the one before it; the rest of the result stays as it was. The result is the same, byte for
//! byte: a larger rectangle is done, and what lies near its sides is thrown away.

use crate::operations::{Effect, GRID};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

/// Three more canvases are held for it, so it is not done to larger pictures.
const PIXELS_MAX: u64 = 2 << 20;
/// A rectangle that is to be done must be less than so many tenths of the picture.
const WORTH_TENTHS: usize = 7;
/// After so many frames in a row that changed nearly everywhere, no more are compared.
const IN_VAIN_MAX: u32 = 3;

/// The frame before, as it came and as it went.
#[derive(Default)]
pub(super) struct Changed {
    before: Option<(Picture, Picture)>,
    in_vain: u32,
}

/// Columns and rows from..to, px.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Area {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

impl Changed {
    /// The effect, which keeps sizes and has that [`Effect::reach`], on the next frame.
    pub(super) fn apply(
        &mut self,
        effect: &dyn Effect,
        reach: usize,
        picture: Picture,
    ) -> Result<Picture, Refused> {
        if self.in_vain >= IN_VAIN_MAX || picture.size.pixels() > PIXELS_MAX {
            self.before = None;
            return effect.apply(picture);
        }
        if let Some((given, result)) = &mut self.before
            && given.size == picture.size
        {
            let Some(changed) = difference(given, &picture) else {
                return Ok(result.clone());
            };
            let touched = changed.grown(reach, picture.size);
            let needed = touched.grown(reach, picture.size).on_grid();
            if needed.pixels() * 10 < picture.as_pixels().len() * WORTH_TENTHS {
                let done = effect.apply(needed.of(&picture))?;
                touched.take(&done, needed, result);
                *given = picture;
                self.in_vain = 0;
                return Ok(result.clone());
            }
            self.in_vain += 1;
        }
        let result = effect.apply(picture.clone())?;
        self.before = Some((picture, result.clone()));
        Ok(result)
    }
}

impl Area {
    fn width(self) -> usize {
        self.right - self.left
    }

    fn pixels(self) -> usize {
        self.width() * (self.bottom - self.top)
    }

    /// By so much on each side, as far as there is a picture.
    fn grown(self, by: usize, size: Size) -> Self {
        Self {
            left: self.left.saturating_sub(by),
            right: (self.right + by).min(size.width as usize),
            top: self.top.saturating_sub(by),
            bottom: (self.bottom + by).min(size.height as usize),
        }
    }

    /// Grown until it begins where patterns do.
    fn on_grid(self) -> Self {
        Self {
            left: self.left / GRID * GRID,
            top: self.top / GRID * GRID,
            ..self
        }
    }

    /// That part of a picture.
    fn of(self, picture: &Picture) -> Picture {
        let rows = picture.rows().skip(self.top).take(self.bottom - self.top);
        let mut pixels = Vec::with_capacity(self.pixels() * CHANNELS);
        for row in rows {
            pixels.extend_from_slice(&row[self.left * CHANNELS..self.right * CHANNELS]);
        }
        Picture {
            size: Size::new(self.width() as u32, (self.bottom - self.top) as u32),
            pixels,
        }
    }

    /// Overwrites that part of `target` with the same of `done`, which is all of `from`.
    fn take(self, done: &Picture, from: Self, target: &mut Picture) {
        let sources = done.rows().skip(self.top - from.top);
        let rows = target.rows_mut().skip(self.top);
        for (row, source) in rows.zip(sources).take(self.bottom - self.top) {
            let start = (self.left - from.left) * CHANNELS;
            row[self.left * CHANNELS..self.right * CHANNELS]
                .copy_from_slice(&source[start..start + self.width() * CHANNELS]);
        }
    }
}

/// The least rectangle around all pixels that differ.
fn difference(before: &Picture, after: &Picture) -> Option<Area> {
    let rows = || before.rows().zip(after.rows());
    let differs = |(old, new): (&[u8], &[u8])| old != new;
    let top = rows().position(differs)?;
    let same_below = rows_from_below(before)
        .zip(rows_from_below(after))
        .take_while(|(old, new)| old == new)
        .count();
    let bottom = before.size.height as usize - same_below;
    let (mut left, mut right) = (before.size.width as usize, 0);
    for (old, new) in rows().take(bottom).skip(top) {
        let pixels = |row| <[u8]>::as_chunks::<CHANNELS>(row).0;
        let (old, new) = (pixels(old), pixels(new));
        // Only what is outside of the rectangle so far is of interest.
        let first = old[..left].iter().zip(&new[..left]);
        left = first
            .clone()
            .position(|(old, new)| old != new)
            .unwrap_or(left);
        let mut last = old[right..].iter().zip(&new[right..]);
        right += last
            .rposition(|(old, new)| old != new)
            .map_or(0, |at| at + 1);
    }
    Some(Area {
        left,
        right,
        top,
        bottom,
    })
}

fn rows_from_below(picture: &Picture) -> impl Iterator<Item = &[u8]> {
    picture.pixels.rchunks_exact(picture.size.stride().max(1))
}

#[cfg(test)]
mod tests;
