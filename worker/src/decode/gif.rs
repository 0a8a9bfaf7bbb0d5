//! GIF to full canvases, one at a time. The block structure is read once, by `gif/outline.rs`;
//! the colour codes of a frame are decompressed only when its turn comes.
//!
//! What of a frame lies outside the canvas is cut off.

mod coded;
mod codes;
mod lzw;
mod outline;

use protocol::{Limit, Limits};

use super::canvas::Canvas;
use crate::picture::{CHANNELS, Delay, Frame, Plays};
use crate::refused::Refused;
pub(crate) use coded::Coded;
use lzw::Indices;
use outline::{FrameOutline, Outline};

/// The composited frames of a GIF.
pub(crate) struct Animation<'a> {
    plays: Plays,
    frames: std::iter::Enumerate<std::vec::IntoIter<FrameOutline<'a>>>,
    canvas: Canvas,
    /// Of one frame, and its codes; kept for the next.
    indices: Indices,
    codes: Vec<u8>,
}

impl<'a> Animation<'a> {
    /// Reads the block structure and holds it against the limits.
    pub(crate) fn open(source: &'a [u8], limits: &Limits) -> Result<Self, Refused> {
        let outline = outline_within(source, limits)?;
        Ok(Self {
            plays: Plays::from_gif(outline.loops),
            frames: outline.frames.into_iter().enumerate(),
            canvas: Canvas::new(outline.size),
            indices: Indices::default(),
            codes: Vec::new(),
        })
    }

    pub(super) fn plays(&self) -> Plays {
        self.plays
    }

    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        let Some((number, frame)) = self.frames.next() else {
            return Ok(None);
        };
        self.codes.clear();
        for block in frame.blocks() {
            self.codes.extend_from_slice(block);
        }
        let pixels = usize::from(frame.width) * usize::from(frame.height);
        self.indices
            .decode(&self.codes, frame.code_bits, pixels)
            .map_err(|what| Refused::bad(format!("GIF: frame {}: {what}", number + 1)))?;
        self.draw(&frame);
        Ok(Some(Frame {
            picture: self.canvas.shown(),
            delay: Delay::hundredths(frame.delay_cs),
        }))
    }

    fn draw(&mut self, frame: &FrameOutline<'_>) {
        let visible = self.canvas.clipped(frame.area());
        // Alpha 0 marks what is not drawn: the transparent index, and every index that the
        // colour table is too short for.
        let mut colours = [[0; CHANNELS]; 256];
        for (colour, &[r, g, b]) in colours.iter_mut().zip(frame.palette.as_chunks().0) {
            *colour = [r, g, b, 255];
        }
        if let Some(index) = frame.transparent {
            colours[usize::from(index)] = [0; CHANNELS];
        }
        let mut rows: Vec<_> = self.canvas.next(visible, frame.disposal).collect();
        let stored = self
            .indices
            .pixels()
            .chunks_exact(usize::from(frame.width).max(1));
        for (y, indices) in row_order(frame.height, frame.interlaced).zip(stored) {
            let Some(row) = rows.get_mut(y) else {
                continue;
            };
            for (pixel, &index) in row.as_chunks_mut().0.iter_mut().zip(indices) {
                let colour = colours[usize::from(index)];
                if colour[3] != 0 {
                    *pixel = colour;
                }
            }
        }
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

/// Rows of a frame in the order in which they are stored.
fn row_order(height: u16, interlaced: bool) -> impl Iterator<Item = usize> {
    let passes: &[(usize, usize)] = match interlaced {
        false => &[(0, 1)],
        true => &[(0, 8), (4, 8), (2, 4), (1, 2)],
    };
    let height = usize::from(height);
    passes
        .iter()
        .flat_map(move |&(first, step)| (first..height).step_by(step))
}

#[cfg(test)]
mod tests;
