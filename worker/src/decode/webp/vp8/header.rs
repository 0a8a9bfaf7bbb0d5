//! The header of a key frame.
//!
//! Source: RFC 6386, sections 9 and 19.2.

use super::bools::Bools;
use super::edges::Strength;
use super::tables::{FIRST_STEP, STAYS, STEP, TOKEN, TOKENS};
use crate::picture::Size;
use crate::refused::Refused;

/// Of a key frame: tag, start code and size.
const HEAD_BYTES: usize = 10;
const START_CODE: [u8; 3] = [0x9d, 0x01, 0x2a];
/// Segments of macroblocks that have settings of their own.
const SEGMENTS: usize = 4;

/// What holds for the whole frame.
pub(super) struct Header {
    /// Of each segment.
    pub(super) steps: [Steps; SEGMENTS],
    /// Of each segment: of macroblocks that are foretold as a whole, and of those by small blocks.
    pub(super) strengths: [[Option<Strength>; 2]; SEGMENTS],
    /// The simple filter, which leaves chroma alone.
    pub(super) is_simple: bool,
    /// Probabilities of the numbers of segments, if macroblocks have them.
    pub(super) segment: Option<[u8; 3]>,
    pub(super) tokens: Box<[u8; TOKENS]>,
    /// How likely it is that a macroblock has coefficients, if one may have none.
    pub(super) has_some: Option<u8>,
}

/// What coefficients are multiplied by: the first of a block, and the others.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Steps {
    pub(super) luma: [i32; 2],
    /// Of the block of luma's first coefficients.
    pub(super) firsts: [i32; 2],
    pub(super) chroma: [i32; 2],
}

/// Settings of segments.
struct Segments {
    /// Settings are added to those of the frame.
    are_relative: bool,
    quantizers: [i32; SEGMENTS],
    levels: [i32; SEGMENTS],
    probabilities: Option<[u8; 3]>,
}

/// Settings of the loop filter.
struct Filter {
    level: i32,
    sharpness: u8,
    /// Added for every macroblock, and for those of small blocks.
    further: [i32; 2],
}

/// The size of a key frame, px, which may be 0.
pub(super) fn size(data: &[u8]) -> Result<Size, Refused> {
    let head = data.first_chunk::<HEAD_BYTES>().ok_or_else(ends_early)?;
    if head[0] & 1 != 0 {
        return Err(Refused::bad("WebP: its picture is not a key frame"));
    }
    if head[3..6] != START_CODE {
        return Err(Refused::bad("WebP: its picture has no start code"));
    }
    let side = |at| u32::from(u16::from_le_bytes([head[at], head[at + 1]]) & 0x3fff);
    Ok(Size::new(side(6), side(8)))
}

/// The header, what remains of the first partition, and the partitions of coefficients.
pub(super) fn read(data: &[u8]) -> Result<(Header, Bools<'_>, Vec<Bools<'_>>), Refused> {
    size(data)?;
    let tag = u32::from_le_bytes([data[0], data[1], data[2], 0]);
    let first_length = (tag >> 5) as usize;
    let (first, rest) = data[HEAD_BYTES..]
        .split_at_checked(first_length)
        .ok_or_else(ends_early)?;
    let mut bools = Bools::new(first);
    if bools.flag() {
        return Err(Refused::bad("WebP: colours of an unknown kind"));
    }
    // Whether samples stay within bounds by themselves: they are held in them anyway.
    bools.flag();
    let segments = bools.flag().then(|| Segments::read(&mut bools));
    let is_simple = bools.flag();
    let filter = Filter::read(&mut bools);
    let partitions = partitions(rest, 1 << bools.number(2))?;
    let steps = read_steps(&mut bools, segments.as_ref());
    // What is kept for frames that follow.
    bools.flag();
    let tokens = read_tokens(&mut bools);
    let has_some = bools.flag().then(|| bools.number(8));
    let header = Header {
        steps,
        strengths: filter.strengths(segments.as_ref()),
        is_simple,
        segment: segments.and_then(|segments| segments.probabilities),
        tokens,
        has_some,
    };
    Ok((header, bools, partitions))
}

/// `count` partitions; what is behind the lengths of all but the last.
fn partitions(data: &[u8], count: usize) -> Result<Vec<Bools<'_>>, Refused> {
    let (lengths, mut rest) = data
        .split_at_checked(3 * (count - 1))
        .ok_or_else(ends_early)?;
    let mut partitions = Vec::with_capacity(count);
    for length in lengths.as_chunks::<3>().0 {
        let [low, middle, high] = *length;
        let length = u32::from_le_bytes([low, middle, high, 0]) as usize;
        let (partition, behind) = rest.split_at_checked(length).ok_or_else(ends_early)?;
        partitions.push(Bools::new(partition));
        rest = behind;
    }
    partitions.push(Bools::new(rest));
    Ok(partitions)
}

fn read_steps(bools: &mut Bools<'_>, segments: Option<&Segments>) -> [Steps; SEGMENTS] {
    let base = i32::from(bools.number(7));
    let [luma_first, firsts_first, firsts, chroma_first, chroma] =
        std::array::from_fn(|_| bools.signed(4));
    let at = |index: i32| index.clamp(0, 127) as usize;
    let first_step = |index| i32::from(FIRST_STEP[at(index)]);
    let step = |index| i32::from(STEP[at(index)]);
    std::array::from_fn(|segment| {
        let base = match segments {
            Some(segments) if segments.are_relative => base + segments.quantizers[segment],
            Some(segments) => segments.quantizers[segment],
            None => base,
        };
        Steps {
            luma: [first_step(base + luma_first), step(base)],
            firsts: [
                first_step(base + firsts_first) * 2,
                (step(base + firsts) * 155 / 100).max(8),
            ],
            chroma: [
                first_step(base + chroma_first).min(132),
                step(base + chroma),
            ],
        }
    })
}

fn read_tokens(bools: &mut Bools<'_>) -> Box<[u8; TOKENS]> {
    let mut tokens = Box::new(TOKEN);
    for (token, stays) in tokens.iter_mut().zip(&STAYS) {
        if bools.bit(*stays) {
            *token = bools.number(8);
        }
    }
    tokens
}

impl Segments {
    fn read(bools: &mut Bools<'_>) -> Self {
        let (has_map, has_settings) = (bools.flag(), bools.flag());
        let mut segments = Self {
            are_relative: false,
            quantizers: [0; SEGMENTS],
            levels: [0; SEGMENTS],
            probabilities: None,
        };
        if has_settings {
            segments.are_relative = !bools.flag();
            segments.quantizers = std::array::from_fn(|_| bools.signed(7));
            segments.levels = std::array::from_fn(|_| bools.signed(6));
        }
        if has_map {
            let mut probability = |_| if bools.flag() { bools.number(8) } else { 255 };
            segments.probabilities = Some(std::array::from_fn(&mut probability));
        }
        segments
    }
}

impl Filter {
    fn read(bools: &mut Bools<'_>) -> Self {
        let (level, sharpness) = (bools.number(6), bools.number(3));
        let mut further = [0; 2];
        if bools.flag() && bools.flag() {
            // For four references and four modes, of which key frames have the first each.
            let all: [i32; 8] = std::array::from_fn(|_| bools.signed(6));
            further = [all[0], all[4]];
        }
        Self {
            level: level.into(),
            sharpness,
            further,
        }
    }

    fn strengths(&self, segments: Option<&Segments>) -> [[Option<Strength>; 2]; SEGMENTS] {
        std::array::from_fn(|segment| {
            let level = match segments {
                _ if self.level == 0 => return [None; 2],
                Some(segments) if segments.are_relative => self.level + segments.levels[segment],
                Some(segments) => segments.levels[segment],
                None => self.level,
            };
            let whole = level.clamp(0, 63) + self.further[0];
            [whole, whole + self.further[1]]
                .map(|level| Strength::new(level.clamp(0, 63) as u8, self.sharpness))
        })
    }
}

pub(super) fn ends_early() -> Refused {
    Refused::bad("WebP: its picture ends early")
}
