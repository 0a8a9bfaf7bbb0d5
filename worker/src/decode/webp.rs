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
use super::{Frames, check_still};
use crate::picture::{Area, CHANNELS, Delay, Frame, Picture, Plays, Size};
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
    let mut picture = decode(image, outline.size, limits)?.picture()?;
    colour::to_srgb(&mut picture, outline.profile);
    Ok(Frames::Still(Some(upright(picture, outline.exif))))
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
}

/// Decodes a bitstream, which must have the size that was announced for it, if one was.
fn decode(
    image: &Bitstream<'_>,
    announced: Option<Size>,
    limits: &Limits,
) -> Result<Decoded, Refused> {
    let mut decoder = WebPDecoder::new(Cursor::new(image.as_file())).map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let size = Size::new(width, height);
    check_still(size, limits)?;
    if announced.is_some_and(|announced| announced != size) {
        return Err(Refused::bad(
            "WebP: a picture of another size than announced",
        ));
    }
    let layout = if decoder.has_alpha() {
        Layout::Rgba
    } else {
        Layout::Rgb
    };
    let mut samples = vec![0; decoder.output_buffer_size().unwrap_or(0)];
    decoder.read_image(&mut samples).map_err(damaged)?;
    Ok(Decoded {
        size,
        layout,
        samples,
    })
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

    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
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
        let replaces = !frame.blends && self.canvas.is_covered_by(area);
        if replaces {
            self.canvas.forget();
        }
        let mut part = decode(&frame.image, Some(frame.size), &self.limits)?;
        if let Some(conversion) = &self.conversion {
            let mut picture = part.picture()?;
            conversion.apply(&mut picture);
            part = Decoded {
                size: frame.size,
                layout: Layout::Rgba,
                samples: picture.pixels,
            };
        }
        let shown = if replaces {
            self.canvas.replaced(part.picture()?, disposal)
        } else {
            self.canvas.next(area, disposal, |rows| {
                draw(rows, &part, frame.blends);
                drop(part);
            })
        };
        Ok(Some(Frame {
            picture: upright(shown, self.exif),
            delay: Delay::thousandths(frame.delay_ms),
        }))
    }
}

/// Draws on rows that are as wide as the picture, over what is there or in place of it.
fn draw(rows: &mut dyn Iterator<Item = &mut [u8]>, part: &Decoded, over: bool) {
    let width = (part.size.width as usize).max(1);
    if part.layout == Layout::Rgb {
        // Without the canvas that it would take to make a picture of it.
        for (row, drawn) in rows.zip(part.samples.chunks_exact(width * 3)) {
            let pixels = row.as_chunks_mut::<CHANNELS>().0.iter_mut();
            for (pixel, &[r, g, b]) in pixels.zip(drawn.as_chunks().0) {
                *pixel = [r, g, b, u8::MAX];
            }
        }
        return;
    }
    for (row, drawn) in rows.zip(part.samples.chunks_exact(width * CHANNELS)) {
        match over {
            true => draw_over(row, drawn),
            false => row.copy_from_slice(drawn),
        }
    }
}

#[cfg(test)]
mod tests;
