//! GIF to full canvases, one at a time. The block structure is read once, by `gif/outline.rs`;
//! the colour codes of a frame are decompressed only when its turn comes.
//!
//! What of a frame lies outside the canvas is cut off.

mod canvas;
mod coded;
mod codes;
mod lzw;
mod outline;

use protocol::{Limit, Limits};

use super::Frames;
use super::watch::Choose;
use crate::picture::{Delay, Patch, Plays};
use crate::refused::Refused;
use canvas::Canvas;
pub(crate) use coded::Coded;
use lzw::Indices;
use outline::{FrameOutline, Outline};

/// Reads the block structure.
pub(super) fn open<'a>(source: &'a [u8], limits: &Limits) -> Result<Frames<'a>, Refused> {
    Animation::open(source, limits).map(|frames| Frames::Gif(Box::new(frames)))
}

/// The composited frames of a GIF.
pub(crate) struct Animation<'a> {
    plays: Plays,
    frames: std::iter::Enumerate<std::vec::IntoIter<FrameOutline<'a>>>,
    canvas: Canvas<'a>,
}

impl<'a> Animation<'a> {
    /// Reads the block structure and holds it against the limits.
    pub(crate) fn open(source: &'a [u8], limits: &Limits) -> Result<Self, Refused> {
        let outline = outline_within(source, limits)?;
        Ok(Self {
            plays: Plays::from_gif(outline.loops),
            frames: outline.frames.into_iter().enumerate(),
            canvas: Canvas::new(outline.size),
        })
    }

    pub(super) fn plays(&self) -> Plays {
        self.plays
    }

    /// The next frame, as far as it is chosen.
    pub(super) fn next(&mut self, choose: Option<Choose<'_>>) -> Result<Option<Patch>, Refused> {
        let Some((number, frame)) = self.frames.next() else {
            return Ok(None);
        };
        let mut indices = Indices::default();
        let pixels = usize::from(frame.width) * usize::from(frame.height);
        indices
            .decode(&frame.codes(), frame.code_bits, pixels)
            .map_err(|what| Refused::bad(format!("GIF: frame {}: {what}", number + 1)))?;
        self.canvas.watch(choose.is_some());
        self.canvas.next(&frame, indices);
        let delay = Delay::hundredths(frame.delay_cs);
        Ok(Some(self.canvas.patch(choose, delay)))
    }
}

/// The block structure, held against the limits.
fn outline_within<'a>(source: &'a [u8], limits: &Limits) -> Result<Outline<'a>, Refused> {
    let outline = Outline::read(source, limits.frames_max)?;
    let size = outline.size;
    Refused::source_over(Limit::Pixels, size.pixels(), limits.pixels_max)?;
    Refused::source_over(Limit::Pixels, outline.frame_pixels_max, limits.pixels_max)?;
    Refused::source_over(Limit::Frames, outline.frame_count, limits.frames_max.into())?;
    Refused::source_over(
        Limit::TotalPixels,
        outline.total_pixels,
        limits.total_pixels_max,
    )?;
    if outline.frames.is_empty() {
        return Err(Refused::bad("GIF: there is no frame in it"));
    }
    if size.pixels() == 0 {
        return Err(Refused::bad("GIF: the canvas is empty"));
    }
    Ok(outline)
}

#[cfg(test)]
mod tests;
