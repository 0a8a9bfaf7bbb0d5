//! WebP, still and animated, lossy and lossless. `webp/outline.rs` reads the chunks,
//! `webp/bitstream.rs` has what they hold decoded; frames are put together here, as browsers do.

mod alpha;
mod bitstream;
mod lossless;
mod outline;
mod vp8;

use protocol::{Limit, Limits};

use super::Frames;
use super::canvas::{Canvas, Disposal};
use super::colour::{self, Conversion};
use super::orientation::turn;
use super::view::{self, Wanted};
use super::watch::Choose;
use crate::picture::{Area, Delay, Patch, Plays, Size};
use crate::refused::Refused;
use bitstream::Coded;
use outline::{FrameOutline, Outline};

/// Reads the chunks, and a still whole.
pub(super) fn open<'a>(source: &'a [u8], limits: &Limits) -> Result<Frames<'a>, Refused> {
    open_for(source, limits, |_| Wanted::All)
}

/// See [`super::open_for`].
pub(super) fn open_for<'a>(
    source: &'a [u8],
    limits: &Limits,
    wanted: impl FnOnce(Size) -> Wanted,
) -> Result<Frames<'a>, Refused> {
    let outline = Outline::read(source, limits.frames_max)?;
    if outline.animated {
        return Animation::open(outline, limits).map(|frames| Frames::WebP(Box::new(frames)));
    }
    let image = outline.still.as_ref();
    let image = image.ok_or_else(|| Refused::bad("WebP: there is no picture in it"))?;
    let coded = Coded::open(image, outline.size, limits)?;
    let stored = coded.size;
    let turn = turn(outline.exif);
    let by = match coded.can_be_shrunk() {
        true => Wanted::of_half(wanted, turn.size(stored)).shrink(),
        false => 1,
    };
    let mut picture = coded.decode()?.picture(by as usize)?;
    colour::to_srgb(&mut picture, outline.profile);
    Ok(match by {
        1 => Frames::Still(Some(turn.applied(picture))),
        by => view::smaller(picture, stored, by, turn),
    })
}

/// The composited frames of an animated WebP.
pub(crate) struct Animation<'a> {
    plays: Plays,
    count: u32,
    frames: std::vec::IntoIter<FrameOutline<'a>>,
    limits: Limits,
    canvas: Canvas,
    conversion: Option<Conversion>,
    exif: Option<&'a [u8]>,
}

impl<'a> Animation<'a> {
    fn open(outline: Outline<'a>, limits: &Limits) -> Result<Self, Refused> {
        let count = outline.frame_count;
        let size = outline.size.unwrap_or(Size::new(0, 0));
        Refused::source_over(Limit::Pixels, size.pixels(), limits.pixels_max)?;
        Refused::source_over(Limit::Frames, count.into(), limits.frames_max.into())?;
        let total = size.pixels().saturating_mul(count.into());
        Refused::source_over(Limit::TotalPixels, total, limits.total_pixels_max)?;
        if outline.frames.is_empty() {
            return Err(Refused::bad("WebP: there is no frame in it"));
        }
        Ok(Self {
            plays: Plays(outline.plays.into()),
            count,
            frames: outline.frames.into_iter(),
            limits: *limits,
            canvas: Canvas::new(size),
            conversion: outline.profile.and_then(Conversion::from_icc),
            exif: outline.exif,
        })
    }

    pub(super) fn plays(&self) -> Plays {
        self.plays
    }

    /// Frames in all.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The next frame, as far as it is chosen.
    pub(super) fn next(&mut self, choose: Option<Choose<'_>>) -> Result<Option<Patch>, Refused> {
        let Some(frame) = self.frames.next() else {
            return Ok(None);
        };
        let area = Area {
            left: frame.left as usize,
            top: frame.top as usize,
            width: frame.size.width as usize,
            height: frame.size.height as usize,
        };
        if self.canvas.clipped(area) != area {
            return Err(Refused::bad("WebP: a frame reaches beyond the canvas"));
        }
        let disposal = match frame.clears {
            true => Disposal::Background,
            false => Disposal::Keep,
        };
        self.canvas.watch.set(choose.is_some());
        self.draw(&frame, area, disposal)?;
        let delay = Delay::thousandths(frame.delay_ms);
        Ok(Some(self.canvas.patch(choose, self.exif, delay)))
    }

    /// Draws `frame`, which lies on the canvas.
    fn draw(
        &mut self,
        frame: &FrameOutline<'_>,
        area: Area,
        disposal: Disposal,
    ) -> Result<(), Refused> {
        let coded = Coded::open(&frame.image, Some(frame.size), &self.limits)?;
        // Who wants to know what changes needs what was there.
        let replaces = self.canvas.is_covered_by(area)
            && (coded.is_opaque || !frame.blends)
            && !self.canvas.watch.is_on();
        if replaces {
            self.canvas.forget();
        }
        let mut part = coded.decode()?;
        if let Some(conversion) = &self.conversion {
            part = part.converted(conversion)?;
        }
        if !replaces {
            let over = frame.blends;
            let draw = move |y, row: &mut [u8]| part.draw_row(y, row, over);
            self.canvas.next(area, disposal, draw);
            return Ok(());
        }
        if let Some(opaque) = part.opaque() {
            drop(part);
            self.canvas.replaced_opaque(opaque, disposal);
        } else {
            self.canvas.replaced(part.picture(1)?, disposal);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
