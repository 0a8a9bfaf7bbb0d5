//! The block structure of a GIF, read in one pass that decompresses nothing: what it asks for
//! is known before anything is given to it. Frames are counted past the limit, not kept.
//!
//! Source: GIF89a specification, 1990; the NETSCAPE2.0 application extension.

use crate::decode::canvas::Disposal;
use crate::picture::{Area, Size};
use crate::refused::Refused;

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;
const GRAPHIC_CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;

/// A GIF without its pixels.
#[derive(Debug)]
pub(super) struct Outline<'a> {
    pub(super) size: Size,
    /// Red, green, blue of the colour table that frames without their own use; may be empty.
    pub(super) palette: &'a [u8],
    /// 0: for ever; `None`: the file says nothing.
    pub(super) loops: Option<u16>,
    /// At most as many as were asked for.
    pub(super) frames: Vec<FrameOutline<'a>>,
    /// All of them.
    pub(super) frame_count: u64,
    /// Largest width × height of a frame, which may exceed the canvas.
    pub(super) frame_pixels_max: u64,
    /// Work in px: for each frame the canvas, or the frame itself when that is larger.
    pub(super) total_pixels: u64,
}

/// One frame without its pixels.
#[derive(Debug, Clone)]
pub(super) struct FrameOutline<'a> {
    pub(super) left: u16,
    pub(super) top: u16,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) interlaced: bool,
    pub(super) delay_cs: u16,
    pub(super) disposal: Disposal,
    pub(super) transparent: Option<u8>,
    /// Red, green, blue; 3 × 2 to 3 × 256 bytes.
    pub(super) palette: &'a [u8],
    /// Bits of the smallest code, 1 to 11.
    pub(super) code_bits: u8,
    /// The sub-blocks with their length bytes, checked to be whole.
    data: &'a [u8],
}

impl<'a> FrameOutline<'a> {
    /// Where it is drawn, which may reach beyond the canvas.
    pub(super) fn area(&self) -> Area {
        Area {
            left: self.left.into(),
            top: self.top.into(),
            width: self.width.into(),
            height: self.height.into(),
        }
    }

    /// The colour codes in one piece.
    pub(super) fn codes(&self) -> Vec<u8> {
        let mut reader = Reader { rest: self.data };
        let mut codes = Vec::with_capacity(self.data.len());
        while let Ok(Some(block)) = reader.block() {
            codes.extend_from_slice(block);
        }
        codes
    }
}

#[derive(Default)]
struct Control {
    delay_cs: u16,
    disposal: Disposal,
    transparent: Option<u8>,
}

impl<'a> Outline<'a> {
    /// Reads the structure of `source`, keeping the first `frames_kept` frames.
    pub(super) fn read(source: &'a [u8], frames_kept: u32) -> Result<Self, Refused> {
        let mut reader = Reader { rest: source };
        reader.take(6)?;
        let size = Size::new(reader.u16()?.into(), reader.u16()?.into());
        let flags = reader.u8()?;
        reader.take(2)?;
        let global = reader.palette(flags)?;
        let mut outline = Self {
            size,
            palette: global,
            loops: None,
            frames: Vec::new(),
            frame_count: 0,
            frame_pixels_max: 0,
            total_pixels: 0,
        };
        let mut control = Control::default();
        // No trailer is as good as one, and a byte that opens no block is where garbage begins.
        while let Ok(kind @ (EXTENSION | IMAGE)) = reader.u8() {
            if kind == EXTENSION {
                outline.read_extension(&mut reader, &mut control)?;
                continue;
            }
            let frame = reader.frame(global, std::mem::take(&mut control))?;
            outline.count(&frame);
            if outline.frame_count <= frames_kept.into() {
                outline.frames.push(frame);
            }
        }
        Ok(outline)
    }

    fn count(&mut self, frame: &FrameOutline<'_>) {
        let pixels = u64::from(frame.width) * u64::from(frame.height);
        self.frame_count += 1;
        self.frame_pixels_max = self.frame_pixels_max.max(pixels);
        // At most 2³² for each frame of a file that memory holds: no overflow.
        self.total_pixels += pixels.max(self.size.pixels());
    }

    fn read_extension(
        &mut self,
        reader: &mut Reader<'a>,
        control: &mut Control,
    ) -> Result<(), Refused> {
        let label = reader.u8()?;
        let first = reader.block()?;
        match (label, first) {
            (GRAPHIC_CONTROL, Some(&[flags, d0, d1, index, ..])) => {
                *control = Control {
                    delay_cs: u16::from_le_bytes([d0, d1]),
                    disposal: match flags >> 2 & 7 {
                        2 => Disposal::Background,
                        3 => Disposal::Previous,
                        _ => Disposal::Keep,
                    },
                    transparent: (flags & 1 == 1).then_some(index),
                };
            }
            (APPLICATION, Some(b"NETSCAPE2.0" | b"ANIMEXTS1.0")) => {
                while let Some(block) = reader.block()? {
                    if let [id, l0, l1, ..] = block
                        && id & 7 == 1
                    {
                        self.loops = Some(u16::from_le_bytes([*l0, *l1]));
                    }
                }
                return Ok(());
            }
            _ => {}
        }
        if first.is_some() {
            while reader.block()?.is_some() {}
        }
        Ok(())
    }
}

/// Takes bytes off the front; a file that ends early is a damaged one.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Refused> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or_else(|| Refused::bad("GIF: the file ends within a block"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn u8(&mut self) -> Result<u8, Refused> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    fn u16(&mut self) -> Result<u16, Refused> {
        Ok(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    /// One sub-block; `None` at the terminator.
    fn block(&mut self) -> Result<Option<&'a [u8]>, Refused> {
        match self.u8()? {
            0 => Ok(None),
            length => self.take(length.into()).map(Some),
        }
    }

    /// The colour table that `flags` announce; empty when there is none.
    fn palette(&mut self, flags: u8) -> Result<&'a [u8], Refused> {
        match flags & 0x80 {
            0 => Ok(&[]),
            _ => self.take(3 << ((flags & 7) + 1)),
        }
    }

    fn frame(&mut self, global: &'a [u8], control: Control) -> Result<FrameOutline<'a>, Refused> {
        let (left, top) = (self.u16()?, self.u16()?);
        let (width, height) = (self.u16()?, self.u16()?);
        let flags = self.u8()?;
        let local = self.palette(flags)?;
        let palette = if local.is_empty() { global } else { local };
        let code_bits = self.u8()?;
        let start = self.rest;
        while self.block()?.is_some() {}
        let length = start.len() - self.rest.len();
        if width == 0 || height == 0 {
            return Err(Refused::bad("GIF: a frame without pixels"));
        }
        if palette.is_empty() {
            return Err(Refused::bad("GIF: a frame without a colour table"));
        }
        if !(1..=11).contains(&code_bits) {
            return Err(Refused::bad(format!(
                "GIF: the smallest code has {code_bits} bits, 1 to 11 are possible"
            )));
        }
        Ok(FrameOutline {
            left,
            top,
            width,
            height,
            interlaced: flags & 0x40 != 0,
            delay_cs: control.delay_cs,
            disposal: control.disposal,
            transparent: control.transparent,
            palette,
            code_bits,
            data: start.get(..length).unwrap_or_default(),
        })
    }
}
