//! Animated PNG to full canvases, one at a time. A default image that is not a frame of the
//! animation is skipped.

use png::{BlendOp, DisposeOp, FrameControl};
use protocol::{Limit, Limits};

use super::outline::Outline;
use super::{Source, conversion, damaged, read_rows};
use crate::decode::canvas::{Canvas, Disposal, draw_over};
use crate::decode::colour::Conversion;
use crate::decode::watch::Choose;
use crate::picture::{Area, Delay, Patch, Picture, Plays, Size};
use crate::refused::Refused;

/// The composited frames of an animated PNG.
pub(crate) struct Animation<'a> {
    reader: Source<'a>,
    canvas: Canvas,
    conversion: Option<Conversion>,
    exif: Option<Vec<u8>>,
    outline: Outline,
    /// Frames that have been given.
    given: u32,
}

impl<'a> Animation<'a> {
    /// Holds the animation against the limits, before any pixel.
    pub(super) fn open(
        source: &'a [u8],
        size: Size,
        outline: Outline,
        limits: &Limits,
    ) -> Result<Self, Refused> {
        let frames = u64::from(outline.frames);
        Refused::source_over(Limit::Pixels, size.pixels(), limits.pixels_max)?;
        Refused::source_over(Limit::Frames, frames, limits.frames_max.into())?;
        let total = size.pixels().saturating_mul(frames);
        Refused::source_over(Limit::TotalPixels, total, limits.total_pixels_max)?;
        let reader = super::reader(source, size, outline.frames)?;
        let info = reader.info();
        Ok(Self {
            canvas: Canvas::new(size),
            conversion: conversion(info),
            exif: info.exif_metadata.as_deref().map(<[u8]>::to_vec),
            reader,
            outline,
            given: 0,
        })
    }

    pub(in crate::decode) fn plays(&self) -> Plays {
        Plays(self.outline.plays)
    }

    /// Frames in all.
    pub(in crate::decode) fn count(&self) -> u32 {
        self.outline.frames
    }

    /// The next frame, as far as it is chosen.
    pub(in crate::decode) fn next(
        &mut self,
        choose: Option<Choose<'_>>,
    ) -> Result<Option<Patch>, Refused> {
        if self.given == self.outline.frames {
            return Ok(None);
        }
        // The default image is a frame when the control of one stands before it.
        if self.given > 0 || self.reader.info().frame_control.is_none() {
            self.reader.next_frame_info().map_err(damaged)?;
        }
        let Some(control) = self.reader.info().frame_control else {
            return Err(Refused::bug("PNG: a frame without its control"));
        };
        self.canvas.watch.set(choose.is_some());
        self.draw(&control)?;
        let delay = Delay::fraction(control.delay_num, control.delay_den);
        Ok(Some(self.canvas.patch(choose, self.exif.as_deref(), delay)))
    }

    /// Reads the pixels of a frame, and draws them.
    fn draw(&mut self, control: &FrameControl) -> Result<(), Refused> {
        let area = Area {
            left: control.x_offset as usize,
            top: control.y_offset as usize,
            width: control.width as usize,
            height: control.height as usize,
        };
        if self.canvas.clipped(area) != area {
            // The decoder refuses it.
            return Err(Refused::bug("PNG: a frame beyond the canvas"));
        }
        let disposal = match control.dispose_op {
            DisposeOp::None => Disposal::Keep,
            DisposeOp::Background => Disposal::Background,
            DisposeOp::Previous => Disposal::Previous,
        };
        let over = control.blend_op == BlendOp::Over;
        // Who wants to know what changes needs what was there.
        let replaces = self.canvas.is_covered_by(area)
            && disposal != Disposal::Previous
            && !over
            && !self.canvas.watch.is_on();
        if replaces {
            self.canvas.forget();
        }
        let mut part = Picture::blank(Size::new(control.width, control.height));
        read_rows(&mut self.reader, &mut part)?;
        self.given += 1;
        if self.given == self.outline.frames {
            self.reader.finish().map_err(damaged)?;
        }
        if let Some(conversion) = &self.conversion {
            conversion.apply(&mut part);
        }
        if replaces {
            self.canvas.replaced(part, disposal);
            return Ok(());
        }
        let stride = part.size.stride();
        self.canvas.next(area, disposal, move |y, row| {
            let drawn = &part.pixels[y * stride..][..stride];
            match over {
                true => draw_over(row, drawn),
                false => row.copy_from_slice(drawn),
            }
        });
        Ok(())
    }
}
