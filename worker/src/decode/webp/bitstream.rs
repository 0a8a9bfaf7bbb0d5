//! One coded picture, lossy or lossless, to rows of pixels.

use protocol::Limits;

use super::outline::Bitstream;
use super::vp8::{self, Colours};
use super::{alpha, lossless};
use crate::decode::canvas::draw_over;
use crate::decode::check_still;
use crate::decode::colour::Conversion;
use crate::picture::{CHANNELS, COLOURS, Opaque, Picture, Size};
use crate::refused::Refused;

/// A bitstream of which the header is read.
pub(super) struct Coded<'a> {
    image: Bitstream<'a>,
    pub(super) size: Size,
    /// Whether no pixel is transparent, whatever the samples say.
    pub(super) is_opaque: bool,
}

/// A picture as it comes out of its bitstream.
pub(super) enum Decoded {
    Lossy(Box<Lossy>),
    Whole(Picture),
}

/// A picture whose pixels are made when they are asked for.
pub(super) struct Lossy {
    colours: Colours,
    /// Width × height × 1.
    alpha: Option<Vec<u8>>,
    /// A row, where one is drawn over another.
    row: Vec<u8>,
}

impl<'a> Coded<'a> {
    /// The picture must have the size that was announced for it, if one was.
    pub(super) fn open(
        image: &Bitstream<'a>,
        announced: Option<Size>,
        limits: &Limits,
    ) -> Result<Self, Refused> {
        let size = match image.is_lossless() {
            true => lossless::size(image.data)?,
            false => vp8::size(image.data)?,
        };
        if size.pixels() == 0 {
            return Err(Refused::bad("WebP: a picture without pixels"));
        }
        check_still(size, limits)?;
        if announced.is_some_and(|announced| announced != size) {
            return Err(Refused::bad(
                "WebP: a picture of another size than announced",
            ));
        }
        Ok(Self {
            image: *image,
            size,
            is_opaque: image.is_opaque(),
        })
    }

    /// Whether it can be decoded smaller.
    pub(super) fn can_be_shrunk(&self) -> bool {
        self.is_opaque && !self.image.is_lossless()
    }

    pub(super) fn decode(self) -> Result<Decoded, Refused> {
        if self.image.is_lossless() {
            let mut pixels = lossless::decode(self.image.data)?;
            if self.is_opaque {
                let pixels = pixels.as_chunks_mut::<CHANNELS>().0.iter_mut();
                pixels.for_each(|pixel| pixel[3] = u8::MAX);
            }
            let size = self.size;
            return Ok(Decoded::Whole(Picture { size, pixels }));
        }
        let plane = |chunk| alpha::decode(chunk, self.size);
        let alpha = self.image.alpha.map(plane).transpose()?;
        Ok(Decoded::Lossy(Box::new(Lossy {
            colours: Colours::new(vp8::decode(self.image.data)?),
            alpha,
            row: Vec::new(),
        })))
    }
}

impl Decoded {
    /// The picture, smaller `by` so much: 1 if it has transparency or is without loss.
    pub(super) fn picture(self, by: usize) -> Result<Picture, Refused> {
        let mut lossy = match self {
            Self::Whole(picture) => return Ok(picture),
            Self::Lossy(lossy) => lossy,
        };
        if by > 1 {
            return Ok(lossy.colours.shrunk(by));
        }
        let mut picture = Picture::blank(lossy.colours.size());
        for (y, row) in picture.rows_mut().enumerate() {
            lossy.draw(y, row);
        }
        Ok(picture)
    }

    /// The picture, if it is known that no pixel is transparent.
    pub(super) fn opaque(&mut self) -> Option<Opaque> {
        let colours = match self {
            Self::Lossy(lossy) if lossy.alpha.is_none() => &mut lossy.colours,
            _ => return None,
        };
        let size = colours.size();
        let width = size.width as usize;
        let mut opaque = Opaque {
            size,
            colours: vec![0; width * size.height as usize * COLOURS],
        };
        let rows = opaque.colours.chunks_exact_mut(width * COLOURS);
        for (y, row) in rows.enumerate() {
            colours.row::<COLOURS>(y, row);
        }
        Some(opaque)
    }

    pub(super) fn converted(self, conversion: &Conversion) -> Result<Self, Refused> {
        let mut picture = self.picture(1)?;
        conversion.apply(&mut picture);
        Ok(Self::Whole(picture))
    }

    /// Draws a row of it on one that is as wide, over what is there or in place of it.
    pub(super) fn draw_row(&mut self, y: usize, on: &mut [u8], over: bool) {
        match self {
            Self::Whole(picture) => {
                let drawn = &picture.pixels[y * on.len()..][..on.len()];
                match over {
                    true => draw_over(on, drawn),
                    false => on.copy_from_slice(drawn),
                }
            }
            Self::Lossy(lossy) if over && lossy.alpha.is_some() => {
                let mut row = std::mem::take(&mut lossy.row);
                row.resize(on.len(), 0);
                lossy.draw(y, &mut row);
                draw_over(on, &row);
                lossy.row = row;
            }
            Self::Lossy(lossy) => lossy.draw(y, on),
        }
    }
}

impl Lossy {
    /// Draws a row in place of another.
    fn draw(&mut self, y: usize, row: &mut [u8]) {
        self.colours.row::<CHANNELS>(y, row);
        let pixels = row.as_chunks_mut::<CHANNELS>().0;
        match &self.alpha {
            None => pixels.iter_mut().for_each(|pixel| pixel[3] = u8::MAX),
            Some(plane) => {
                let plane = &plane[y * pixels.len()..];
                for (pixel, alpha) in pixels.iter_mut().zip(plane) {
                    pixel[3] = *alpha;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
