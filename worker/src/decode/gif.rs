//! GIF to full canvases, one at a time. The block structure is read once, by `gif/outline.rs`;
//! the colour codes of a frame are decompressed only when its turn comes.
//!
//! Composited as browsers do: the canvas starts transparent, "restore to background" clears
//! the frame's rectangle to transparent, and what lies outside the canvas is cut off.

mod outline;

use protocol::{Limit, Limits};
use weezl::decode::Configuration;
use weezl::{BitOrder, LzwStatus};

use crate::picture::{CHANNELS, Delay, Frame, Picture, Plays};
use crate::refused::Refused;
use outline::{Disposal, FrameOutline, Outline};

/// The composited frames of a GIF.
pub(crate) struct Animation<'a> {
    plays: Plays,
    frames: std::iter::Enumerate<std::vec::IntoIter<FrameOutline<'a>>>,
    canvas: Picture,
    /// How the frame on the canvas makes way for the next.
    leaving: Leaving,
    /// Colour indices of one frame, kept for the next.
    indices: Vec<u8>,
}

enum Leaving {
    Nothing,
    Clear(Visible),
    /// With the pixels that were there before, row by row.
    Restore(Visible, Vec<u8>),
}

/// The part of a frame that lies on the canvas.
#[derive(Clone, Copy)]
struct Visible {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl<'a> Animation<'a> {
    /// Reads the block structure and holds it against the limits.
    pub(crate) fn open(source: &'a [u8], limits: &Limits) -> Result<Self, Refused> {
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
        Ok(Self {
            plays: Plays::from_gif(outline.loops),
            frames: outline.frames.into_iter().enumerate(),
            canvas: Picture::blank(size),
            leaving: Leaving::Nothing,
            indices: Vec::new(),
        })
    }

    pub(super) fn plays(&self) -> Plays {
        self.plays
    }

    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        let Some((number, frame)) = self.frames.next() else {
            return Ok(None);
        };
        decompress(&frame, &mut self.indices)
            .map_err(|what| Refused::bad(format!("GIF: frame {}: {what}", number + 1)))?;
        self.clear_the_way();
        let visible = self.visible_part(&frame);
        self.leaving = match frame.disposal {
            Disposal::Keep => Leaving::Nothing,
            Disposal::Background => Leaving::Clear(visible),
            Disposal::Previous => Leaving::Restore(visible, self.copy_of(visible)),
        };
        self.draw(&frame, visible);
        Ok(Some(Frame {
            picture: self.canvas.clone(),
            delay: Delay::hundredths(frame.delay_cs),
        }))
    }

    fn visible_part(&self, frame: &FrameOutline<'_>) -> Visible {
        let size = self.canvas.size;
        let (left, top) = (frame.left.into(), frame.top.into());
        Visible {
            left,
            top,
            width: usize::from(frame.width).min((size.width as usize).saturating_sub(left)),
            height: usize::from(frame.height).min((size.height as usize).saturating_sub(top)),
        }
    }

    fn clear_the_way(&mut self) {
        match std::mem::replace(&mut self.leaving, Leaving::Nothing) {
            Leaving::Nothing => {}
            Leaving::Clear(visible) => {
                for row in rows_of(&mut self.canvas, visible) {
                    row.fill(0);
                }
            }
            Leaving::Restore(visible, saved) => {
                let saved = saved.chunks_exact((visible.width * CHANNELS).max(1));
                for (row, before) in rows_of(&mut self.canvas, visible).zip(saved) {
                    row.copy_from_slice(before);
                }
            }
        }
    }

    fn copy_of(&mut self, visible: Visible) -> Vec<u8> {
        let mut copy = Vec::with_capacity(visible.width * visible.height * CHANNELS);
        for row in rows_of(&mut self.canvas, visible) {
            copy.extend_from_slice(row);
        }
        copy
    }

    fn draw(&mut self, frame: &FrameOutline<'_>, visible: Visible) {
        // Alpha 0 marks what is not drawn: the transparent index, and every index that the
        // colour table is too short for.
        let mut colours = [[0; CHANNELS]; 256];
        for (colour, &[r, g, b]) in colours.iter_mut().zip(frame.palette.as_chunks().0) {
            *colour = [r, g, b, 255];
        }
        if let Some(index) = frame.transparent {
            colours[usize::from(index)] = [0; CHANNELS];
        }
        let mut rows: Vec<&mut [u8]> = rows_of(&mut self.canvas, visible).collect();
        let stored = self.indices.chunks_exact(usize::from(frame.width).max(1));
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

fn rows_of(canvas: &mut Picture, visible: Visible) -> impl Iterator<Item = &mut [u8]> {
    let bytes = visible.left * CHANNELS..(visible.left + visible.width) * CHANNELS;
    canvas
        .rows_mut()
        .skip(visible.top)
        .take(visible.height)
        .filter_map(move |row| row.get_mut(bytes.clone()))
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

/// Fills `indices` with the width × height colour indices of a frame, in stored order. What
/// the data holds beyond them is not looked at.
fn decompress(frame: &FrameOutline<'_>, indices: &mut Vec<u8>) -> Result<(), &'static str> {
    indices.clear();
    indices.resize(usize::from(frame.width) * usize::from(frame.height), 0);
    let mut decoder = Configuration::new(BitOrder::Lsb, frame.code_bits)
        .with_yield_on_full_buffer(true)
        .build();
    let mut rest = indices.as_mut_slice();
    for mut block in frame.blocks() {
        while !block.is_empty() && !rest.is_empty() {
            let result = decoder.decode_bytes(block, rest);
            block = block.get(result.consumed_in..).unwrap_or_default();
            rest = rest.get_mut(result.consumed_out..).unwrap_or_default();
            match result.status {
                Err(_) => return Err("its colour codes are damaged"),
                Ok(LzwStatus::Ok) => {}
                Ok(_) if rest.is_empty() => {}
                Ok(_) => return Err("its colour codes end early"),
            }
        }
    }
    // What the last bytes of a block complete may come out only when asked for.
    while !rest.is_empty() {
        let result = decoder.decode_bytes(&[], rest);
        if result.consumed_out == 0 {
            return Err("its colour codes end early");
        }
        rest = rest.get_mut(result.consumed_out..).unwrap_or_default();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
