//! A GIF whose pixels stay coded: for what changes colours only, which are in its tables. The codes
//! are followed all the same, because what is passed on must be sound.

use protocol::Limits;

use super::outline::{FrameOutline, Outline};
use super::{codes, outline_within};
use crate::decode::canvas::Disposal;
use crate::picture::Size;

/// See the module.
pub(crate) struct Coded<'a> {
    pub(crate) size: Size,
    /// 0: for ever; `None`: the file says nothing.
    pub(crate) loops: Option<u16>,
    /// Red, green, blue of the table for frames that have none of their own.
    pub(crate) table: &'a [u8],
    frames: Vec<FrameOutline<'a>>,
}

/// One frame.
pub(crate) struct CodedFrame<'a> {
    outline: &'a FrameOutline<'a>,
    /// Left, top, width, height, px.
    pub(crate) place: [u16; 4],
    pub(crate) interlaced: bool,
    pub(crate) delay_cs: u16,
    /// As GIF numbers it: 1 stays, 2 becomes transparent, 3 becomes what was there before.
    pub(crate) disposal: u8,
    pub(crate) transparent: Option<u8>,
    /// Red, green, blue; at least as many as indices can name.
    pub(crate) table: &'a [u8],
    /// 2 to 8.
    pub(crate) index_bits: u8,
}

impl<'a> Coded<'a> {
    /// `None` when `source` is no GIF that could be passed on as it is.
    pub(crate) fn read(source: &'a [u8], limits: &Limits) -> Option<Self> {
        let Outline {
            size,
            palette,
            loops,
            frames,
            ..
        } = outline_within(source, limits).ok()?;
        // Viewers differ in what they show for an index that the table is too short for, and of a
        // frame that reaches beyond the canvas.
        let is_plain = |frame: &FrameOutline<'_>| {
            (2..=8).contains(&frame.code_bits)
                && frame.palette.len() >= 3 << frame.code_bits
                && u32::from(frame.left) + u32::from(frame.width) <= size.width
                && u32::from(frame.top) + u32::from(frame.height) <= size.height
        };
        let table = match palette {
            [] => frames.first()?.palette,
            palette => palette,
        };
        frames.iter().all(is_plain).then_some(Self {
            size,
            loops,
            table,
            frames,
        })
    }

    pub(crate) fn frames(&self) -> impl ExactSizeIterator<Item = CodedFrame<'_>> {
        self.frames.iter().map(|frame| CodedFrame {
            outline: frame,
            place: [frame.left, frame.top, frame.width, frame.height],
            interlaced: frame.interlaced,
            delay_cs: frame.delay_cs,
            disposal: match frame.disposal {
                Disposal::Keep => 1,
                Disposal::Background => 2,
                Disposal::Previous => 3,
            },
            transparent: frame.transparent,
            table: frame.palette,
            index_bits: frame.code_bits,
        })
    }
}

impl CodedFrame<'_> {
    /// The frame's codes, without what may stand behind them; `None` when they are not sound.
    pub(crate) fn codes(&self) -> Option<Vec<u8>> {
        let [_, _, width, height] = self.place;
        let mut codes = self.outline.codes();
        let pixels = usize::from(width) * usize::from(height);
        codes.truncate(codes::end(&codes, self.index_bits, pixels)?);
        Some(codes)
    }
}
