//! Frames to GIF, as they come. One frame is held back, because how a frame is disposed of
//! depends on the next one: normally it stays and only what changes is drawn over it; when an
//! opaque pixel must become transparent, the canvas is cleared and drawn anew. The number of
//! frames and every delay are kept even where nothing changes.
//!
//! Ours from the histogram to the blocks: docs/gif.md says by which algorithms, and why.

mod changes;
mod cut;
mod dither;
mod draw;
mod histogram;
mod lzw;
mod nearest;
mod palette;
mod rewrite;
mod shown;
mod tables;
mod write;

use super::bounded::Bounded;
use super::settings::Settings;
use super::still;
use crate::picture::{Area, Clock, Frame, Plays};
use crate::refused::Refused;
use changes::{Changes, between, clears, crop, drawn, from_empty, threshold};
use draw::Drawing;
use lzw::Coder;
pub(crate) use rewrite::rewrite;
use shown::Shown;
use tables::{Indexed, Tables};
use write::Image;

/// A GIF that is being written.
pub(super) struct Animation {
    bytes: Bounded,
    plays: Plays,
    /// Whether the header is written: it needs the first frame's colours.
    begun: bool,
    tables: Tables,
    pending: Option<Pending>,
    shown: Shown,
    coder: Coder,
    /// The codes of one frame, kept for the next.
    codes: Vec<u8>,
    /// Of hundredths, of which 65,535 are the most.
    clock: Clock,
}

/// A frame that waits for the next one, and how it differs from the canvas it is drawn on.
struct Pending {
    frame: Frame,
    step: Changes,
}

/// A rectangle that is ready to be coded.
struct Cut {
    area: Area,
    indices: Vec<u8>,
    free: Option<Vec<bool>>,
}

impl Animation {
    pub(super) fn new(bytes: Bounded, plays: Plays, settings: &Settings) -> Self {
        Self {
            bytes,
            plays,
            begun: false,
            tables: Tables::new(settings.colors, settings.dither),
            pending: None,
            shown: Shown::default(),
            coder: Coder::new(),
            codes: Vec::new(),
            clock: Clock::new(100, u16::MAX.into()),
        }
    }

    /// Takes the next frame and writes the one before it.
    pub(super) fn push(&mut self, mut frame: Frame) -> Result<(), Refused> {
        still::check_side(&frame.picture, u16::MAX.into())?;
        let opaque = threshold(&mut frame.picture);
        let step = match self.pending.take() {
            None => from_empty(&frame.picture),
            Some(before) => {
                let clear = !opaque && clears(&before.frame.picture, &frame.picture);
                self.write(&before, clear)?;
                if clear {
                    self.shown.clear();
                    from_empty(&frame.picture)
                } else {
                    let canvas = &before.frame.picture;
                    let colors = self.tables.colors();
                    let reference = self.shown.reference(canvas, &frame.picture, colors);
                    between(reference, &frame.picture)
                }
            }
        };
        self.pending = Some(Pending { frame, step });
        Ok(())
    }

    /// Bytes so far.
    pub(super) fn written(&self) -> u64 {
        self.bytes.written()
    }

    /// The whole file.
    pub(super) fn finish(mut self) -> Result<Bounded, Refused> {
        if let Some(last) = self.pending.take() {
            self.write(&last, false)?;
        }
        write::end(&mut self.bytes).map_err(Refused::bug)?;
        Ok(self.bytes)
    }

    /// Writes one frame; with `clear` the canvas is transparent after it.
    fn write(&mut self, pending: &Pending, clear: bool) -> Result<(), Refused> {
        let canvas = &pending.frame.picture;
        // A frame clears what it covers. The first one covers all, for decoders that take
        // its size for that of the animation.
        let covers = clear || !self.begun;
        let (area, stays) = if covers {
            (Area::whole(canvas), None)
        } else {
            (pending.step.area, pending.step.stays.as_deref())
        };
        let indexed = self.tables.index(Drawing {
            canvas,
            area,
            stays,
        });
        let free = self.shown.draw(canvas, area, &indexed);
        if !self.begun {
            self.begun = true;
            let (width, height) = (canvas.size.width as u16, canvas.size.height as u16);
            let repeats = self.plays.to_gif();
            write::begin(&mut self.bytes, width, height, &indexed.entries, repeats)
                .map_err(Refused::bug)?;
        }
        let Indexed {
            indices,
            entries,
            global,
            transparent,
            ..
        } = indexed;
        let cut = cut_out(area, indices, free.filter(|_| !covers));
        let index_bits = index_bits(&cut.indices);
        self.codes.clear();
        self.coder.encode(
            &cut.indices,
            cut.free.as_deref(),
            index_bits,
            &mut self.codes,
        );
        // Every place is at most a side of the canvas, and the clock keeps to 65,535: they fit.
        let image = Image {
            delay: self.clock.ticks(pending.frame.delay) as u16,
            disposal: if clear { 2 } else { 1 },
            interlaced: false,
            transparent: transparent.then_some(draw::TRANSPARENT),
            left: cut.area.left as u16,
            top: cut.area.top as u16,
            width: cut.area.width as u16,
            height: cut.area.height as u16,
            table: (!global).then_some(&entries),
            index_bits: index_bits as u8,
            codes: &self.codes,
        };
        write::image(&mut self.bytes, &image).map_err(Refused::bug)
    }
}

/// Leaves out the rows and columns of `area` in which every pixel is free.
fn cut_out(area: Area, indices: Vec<u8>, free: Option<Vec<bool>>) -> Cut {
    let Some(free) = free else {
        return Cut {
            area,
            indices,
            free,
        };
    };
    let inside = drawn(&free, area.width).unwrap_or(Area::FIRST_PIXEL);
    Cut {
        area: Area {
            left: area.left + inside.left,
            top: area.top + inside.top,
            ..inside
        },
        indices: crop(indices, area.width, inside),
        free: Some(crop(free, area.width, inside)),
    }
}

/// Bits that the largest index needs; GIF has no fewer than 2.
fn index_bits(indices: &[u8]) -> u32 {
    let most = indices.iter().fold(0, |most, index| most | index);
    (u8::BITS - most.leading_zeros()).max(2)
}

#[cfg(test)]
mod tests;
