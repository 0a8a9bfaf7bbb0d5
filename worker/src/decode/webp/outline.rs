//! The chunks of a WebP file, read in one pass that decodes nothing. Frames are counted past
//! the limit, not kept.
//!
//! Source: WebP Container Specification (RFC 9649, section 2).

use super::lossless;
use crate::picture::Size;
use crate::refused::Refused;
use crate::riff::{self, Torn};

/// A bit of the extended header: the file is an animation.
const ANIMATED: u8 = 0x02;

/// A WebP without its pixels.
#[derive(Debug, Default)]
pub(super) struct Outline<'a> {
    /// As the extended header announces it; a file without one says it in the bitstream.
    pub(super) size: Option<Size>,
    pub(super) animated: bool,
    /// 0: for ever.
    pub(super) plays: u16,
    pub(super) still: Option<Bitstream<'a>>,
    /// At most as many as were asked for.
    pub(super) frames: Vec<FrameOutline<'a>>,
    /// All of them.
    pub(super) frame_count: u32,
    pub(super) profile: Option<&'a [u8]>,
    /// A TIFF block.
    pub(super) exif: Option<&'a [u8]>,
}

/// One frame without its pixels.
#[derive(Debug)]
pub(super) struct FrameOutline<'a> {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) size: Size,
    pub(super) delay_ms: u32,
    /// It is drawn over what is there, not instead of it.
    pub(super) blends: bool,
    /// Its rectangle becomes transparent when its time is over.
    pub(super) clears: bool,
    pub(super) image: Bitstream<'a>,
}

/// One coded picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bitstream<'a> {
    /// `VP8 ` or `VP8L`.
    kind: [u8; 4],
    pub(super) data: &'a [u8],
    /// The transparency of a lossy picture.
    pub(super) alpha: Option<&'a [u8]>,
}

impl<'a> Outline<'a> {
    /// Reads the chunks of `source`, keeping the first `frames_kept` frames.
    pub(super) fn read(source: &'a [u8], frames_kept: u32) -> Result<Self, Refused> {
        let announced = source.get(4..).and_then(|rest| rest.first_chunk());
        let length = announced.map_or(0, |&bytes| u32::from_le_bytes(bytes) as usize);
        // Behind the end that it announces, a file may have anything.
        let body = source
            .get(12..)
            .and_then(|body| body.get(..length.checked_sub(4)?));
        let body = body.ok_or_else(ends_early)?;
        let mut outline = Self::default();
        let mut images = Images::default();
        for chunk in riff::chunks(body) {
            let (kind, data) = chunk.map_err(torn)?;
            match &kind {
                b"VP8X" => outline.read_header(data)?,
                b"ANIM" => outline.plays = le(data, 4, 2)? as u16,
                b"ANMF" => {
                    outline.frame_count += 1;
                    if outline.frame_count <= frames_kept {
                        outline.frames.push(FrameOutline::read(data)?);
                    }
                }
                b"ICCP" => outline.profile = Some(data),
                // Some writers put the name of JPEG's segment in front.
                b"EXIF" => outline.exif = Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data)),
                _ => images.take(kind, data),
            }
        }
        outline.still = images.found();
        Ok(outline)
    }

    fn read_header(&mut self, data: &[u8]) -> Result<(), Refused> {
        let flags = le(data, 0, 1)? as u8;
        self.animated = flags & ANIMATED != 0;
        self.size = Some(Size::new(le(data, 4, 3)? + 1, le(data, 7, 3)? + 1));
        Ok(())
    }
}

impl<'a> FrameOutline<'a> {
    fn read(data: &'a [u8]) -> Result<Self, Refused> {
        let flags = le(data, 15, 1)?;
        let mut images = Images::default();
        for chunk in riff::chunks(data.get(16..).unwrap_or_default()) {
            let (kind, data) = chunk.map_err(torn)?;
            images.take(kind, data);
        }
        let image = images.found();
        Ok(Self {
            left: le(data, 0, 3)? * 2,
            top: le(data, 3, 3)? * 2,
            size: Size::new(le(data, 6, 3)? + 1, le(data, 9, 3)? + 1),
            delay_ms: le(data, 12, 3)?,
            blends: flags & 2 == 0,
            clears: flags & 1 != 0,
            image: image.ok_or_else(|| Refused::bad("WebP: a frame without a picture"))?,
        })
    }
}

impl Bitstream<'_> {
    pub(super) fn is_lossless(&self) -> bool {
        &self.kind == b"VP8L"
    }

    /// Whether it says that no pixel is transparent.
    pub(super) fn is_opaque(&self) -> bool {
        match self.is_lossless() {
            true => lossless::is_opaque(self.data),
            false => self.alpha.is_none(),
        }
    }
}

/// Collects what makes up one picture.
#[derive(Default)]
struct Images<'a> {
    image: Option<([u8; 4], &'a [u8])>,
    alpha: Option<&'a [u8]>,
}

impl<'a> Images<'a> {
    fn take(&mut self, kind: [u8; 4], data: &'a [u8]) {
        match &kind {
            b"VP8 " | b"VP8L" => self.image = self.image.or(Some((kind, data))),
            b"ALPH" => self.alpha = self.alpha.or(Some(data)),
            _ => {}
        }
    }

    fn found(self) -> Option<Bitstream<'a>> {
        let (kind, data) = self.image?;
        Some(Bitstream {
            kind,
            data,
            // A lossless picture has its own.
            alpha: self.alpha.filter(|_| &kind == b"VP8 "),
        })
    }
}

/// The little-endian number of `count` bytes at `at`.
fn le(data: &[u8], at: usize, count: usize) -> Result<u32, Refused> {
    let bytes = data.get(at..at + count).ok_or_else(ends_early)?;
    let shifted = bytes.iter().rev();
    Ok(shifted.fold(0, |number, &byte| number << 8 | u32::from(byte)))
}

fn ends_early() -> Refused {
    torn(Torn)
}

fn torn(torn: Torn) -> Refused {
    Refused::bad(torn)
}
