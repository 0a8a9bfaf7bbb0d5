//! WebP, still and animated, lossy and lossless. `webp/outline.rs` reads the chunks;
//! `image-webp` decodes the bitstreams, each dressed up as a file of its own; frames are put
//! together here, as browsers do.

mod outline;

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};
use protocol::{Limit, Limits};

use super::canvas::{Canvas, Disposal, draw_over};
use super::colour::{self, Conversion};
use super::orientation::upright;
use super::samples::{self, Layout};
use super::watch::Choose;
use super::{Frames, check_still};
use crate::picture::{Area, CHANNELS, Delay, Opaque, Patch, Picture, Plays, Size, widen_row};
use crate::refused::Refused;
use outline::{Bitstream, FrameOutline, Outline};

/// Reads the chunks, and a still whole.
pub(super) fn open<'a>(source: &'a [u8], limits: &Limits) -> Result<Frames<'a>, Refused> {
    let outline = Outline::read(source, limits.frames_max)?;
    if outline.animated {
        return Animation::open(outline, limits).map(|frames| Frames::WebP(Box::new(frames)));
    }
    let image = outline.still.as_ref();
    let image = image.ok_or_else(|| Refused::bad("WebP: there is no picture in it"))?;
    let coded = Coded::open(image, outline.size, limits)?;
    let mut picture = coded.decode()?.picture()?;
    colour::to_srgb(&mut picture, outline.profile);
    Ok(Frames::Still(Some(upright(picture, outline.exif))))
}

/// A bitstream of which the header is read.
struct Coded {
    decoder: WebPDecoder<Cursor<Vec<u8>>>,
    size: Size,
    layout: Layout,
    /// Whether no pixel is transparent, whatever the samples say.
    is_opaque: bool,
}

impl Coded {
    /// The picture must have the size that was announced for it, if one was.
    fn open(
        image: &Bitstream<'_>,
        announced: Option<Size>,
        limits: &Limits,
    ) -> Result<Self, Refused> {
        let decoder = WebPDecoder::new(Cursor::new(image.as_file())).map_err(damaged)?;
        let (width, height) = decoder.dimensions();
        let size = Size::new(width, height);
        check_still(size, limits)?;
        if announced.is_some_and(|announced| announced != size) {
            return Err(Refused::bad(
                "WebP: a picture of another size than announced",
            ));
        }
        let layout = match decoder.has_alpha() {
            true => Layout::Rgba,
            false => Layout::Rgb,
        };
        Ok(Self {
            decoder,
            size,
            layout,
            is_opaque: image.is_opaque(),
        })
    }

    fn decode(mut self) -> Result<Decoded, Refused> {
        let mut samples = vec![0; self.decoder.output_buffer_size().unwrap_or(0)];
        self.decoder.read_image(&mut samples).map_err(damaged)?;
        if self.is_opaque && self.layout == Layout::Rgba {
            let pixels = samples.as_chunks_mut::<CHANNELS>().0.iter_mut();
            pixels.for_each(|pixel| pixel[3] = u8::MAX);
        }
        Ok(Decoded {
            size: self.size,
            layout: self.layout,
            samples,
        })
    }
}

/// A picture as it comes out of its bitstream.
struct Decoded {
    size: Size,
    layout: Layout,
    samples: Vec<u8>,
}

impl Decoded {
    fn picture(self) -> Result<Picture, Refused> {
        samples::picture(self.size, self.layout, self.samples)
    }

    fn converted(self, conversion: &Conversion) -> Result<Self, Refused> {
        let size = self.size;
        let mut picture = self.picture()?;
        conversion.apply(&mut picture);
        Ok(Self {
            size,
            layout: Layout::Rgba,
            samples: picture.pixels,
        })
    }

    /// Draws a row of it on one that is as wide, over what is there or in place of it.
    fn draw_row(&self, y: usize, row: &mut [u8], over: bool) {
        let width = self.size.width as usize;
        if self.layout == Layout::Rgb {
            widen_row(&self.samples[y * width * 3..][..width * 3], row);
            return;
        }
        let drawn = &self.samples[y * width * CHANNELS..][..width * CHANNELS];
        match over {
            true => draw_over(row, drawn),
            false => row.copy_from_slice(drawn),
        }
    }
}

fn damaged(error: DecodingError) -> Refused {
    Refused::bad(format!("WebP: {error}"))
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
        } else if part.layout != Layout::Rgb {
            self.canvas.replaced(part.picture()?, disposal);
        } else {
            let opaque = Opaque {
                size: part.size,
                colours: part.samples,
            };
            self.canvas.replaced_opaque(opaque, disposal);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
