//! Frames to GIF, as they come. A frame is coded when it comes, and held back until the next one is
//! there, because how it is disposed of depends on that: normally it stays and only what changes is
//! drawn over it; when an opaque pixel must become transparent, the canvas is cleared and drawn anew.
//! The number of frames and every delay are kept even where nothing changes.
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
use crate::picture::{Area, Clock, Delay, Kept, Patch, Picture, Plays};
use crate::refused::Refused;
use changes::{Changes, clears, crop, drawn, onto, threshold};
use draw::Drawing;
use lzw::Coder;
use palette::Colour;
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
    /// Of the frame that waits; kept for the next.
    codes: Vec<u8>,
    /// Of hundredths, of which 65,535 are the most.
    clock: Clock,
}

/// A frame that waits for the next one.
struct Pending {
    canvas: Kept,
    delay: Delay,
    coded: Coded,
}

/// How a frame is drawn, but for its codes.
struct Coded {
    area: Area,
    /// Whether the area holds all that is to be seen.
    covers: bool,
    entries: Vec<Colour>,
    /// Whether the entries are those of the global table.
    global: bool,
    transparent: bool,
    index_bits: u32,
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
    pub(super) fn push(&mut self, mut patch: Patch) -> Result<(), Refused> {
        still::check_side(patch.canvas, u16::MAX.into())?;
        let opaque = threshold(&mut patch.picture);
        let (delay, whole) = (patch.delay, patch.is_whole());
        let (canvas, changes) = match self.pending.take() {
            None => (patch.picture, None),
            Some(before) => {
                let clear = !opaque && clears(&before.canvas, &patch);
                let canvas = self.write(before, clear)?;
                match clear {
                    true => (onto(canvas, patch), None),
                    false => {
                        let (canvas, changes) = self.step(canvas, patch);
                        (canvas, Some(changes))
                    }
                }
            }
        };
        let coded = match changes {
            Some(changes) => self.code_part(&canvas, changes),
            None => self.code_whole(&canvas),
        };
        self.pending = Some(Pending {
            // Where frames come as parts, less is in memory beside it, and most of it stays as it is.
            canvas: match whole {
                true => Kept::of(canvas),
                false => Kept::Any(canvas),
            },
            delay,
            coded,
        });
        Ok(())
    }

    /// The next canvas, and what of it changes from what is shown when `canvas` was written last.
    fn step(&self, canvas: Kept, patch: Patch) -> (Picture, Changes) {
        let colors = self.tables.colors();
        let (area, all) = (patch.area, Area::all(patch.canvas));
        if patch.is_whole() {
            let next = patch.picture;
            let same = match self.shown.approximation(&next, colors) {
                Some(shown) => {
                    drop(canvas);
                    shown.same(&next)
                }
                None => changes::same(canvas, &next),
            };
            return (next, Changes::new(same, all));
        }
        let same = changes::same_in_part(&canvas, &patch);
        let next = onto(canvas, patch);
        let changes = match self.shown.approximation(&next, colors) {
            Some(shown) => Changes::new(shown.same(&next), all),
            None => Changes::new(same, area),
        };
        (next, changes)
    }

    /// Bytes so far.
    pub(super) fn written(&self) -> u64 {
        self.bytes.written()
    }

    /// The whole file.
    pub(super) fn finish(mut self) -> Result<Bounded, Refused> {
        if let Some(last) = self.pending.take() {
            self.write(last, false)?;
        }
        write::end(&mut self.bytes).map_err(Refused::bug)?;
        Ok(self.bytes)
    }

    /// Writes one frame, and gives its canvas back; with `clear` that is transparent after it.
    fn write(&mut self, pending: Pending, clear: bool) -> Result<Kept, Refused> {
        let Pending {
            mut canvas,
            delay,
            mut coded,
        } = pending;
        if clear {
            self.shown.clear();
            // A frame clears what it covers.
            if !coded.covers {
                let picture = canvas.into_picture();
                let drawing = Drawing::visible(&picture);
                let indexed = self.tables.index(drawing);
                coded = self.code(drawing.area, indexed, None);
                canvas = Kept::Any(picture);
            }
        }
        if !self.begun {
            self.begun = true;
            let size = canvas.size();
            let (width, height) = (size.width as u16, size.height as u16);
            let repeats = self.plays.to_gif();
            write::begin(&mut self.bytes, width, height, &coded.entries, repeats)
                .map_err(Refused::bug)?;
        }
        // Every place is at most a side of the canvas, and the clock keeps to 65,535: they fit.
        let image = Image {
            delay: self.clock.ticks(delay) as u16,
            disposal: if clear { 2 } else { 1 },
            interlaced: false,
            transparent: coded.transparent.then_some(draw::TRANSPARENT),
            left: coded.area.left as u16,
            top: coded.area.top as u16,
            width: coded.area.width as u16,
            height: coded.area.height as u16,
            table: (!coded.global).then_some(&coded.entries),
            index_bits: coded.index_bits as u8,
            codes: &self.codes,
        };
        write::image(&mut self.bytes, &image).map_err(Refused::bug)?;
        Ok(canvas)
    }

    /// Codes all that is to be seen of a canvas. The first frame covers it, for decoders that take its
    /// size for that of the animation. Any other stands on a canvas that was cleared for it, as it will
    /// be cleared itself likely.
    fn code_whole(&mut self, canvas: &Picture) -> Coded {
        let drawing = match self.begun {
            false => Drawing::whole(canvas),
            true => Drawing::visible(canvas),
        };
        let indexed = self.tables.index(drawing);
        self.shown.draw(drawing, &indexed);
        Coded {
            covers: true,
            ..self.code(drawing.area, indexed, None)
        }
    }

    /// Codes what changes of a canvas.
    fn code_part(&mut self, canvas: &Picture, step: Changes) -> Coded {
        let Changes { area, stays } = step;
        let drawing = Drawing {
            canvas,
            area,
            stays: stays.as_deref(),
            alone: stays.is_none() && area == Area::whole(canvas),
        };
        let indexed = self.tables.index(drawing);
        let free = self.shown.draw(drawing, &indexed);
        self.code(area, indexed, free)
    }

    fn code(&mut self, area: Area, indexed: Indexed, free: Option<Vec<bool>>) -> Coded {
        let Indexed {
            indices,
            entries,
            global,
            transparent,
            ..
        } = indexed;
        let cut = cut_out(area, indices, free);
        let index_bits = index_bits(&cut.indices);
        self.codes.clear();
        self.coder.encode(
            &cut.indices,
            cut.free.as_deref(),
            index_bits,
            &mut self.codes,
        );
        Coded {
            area: cut.area,
            covers: false,
            entries,
            global,
            transparent,
            index_bits,
        }
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
