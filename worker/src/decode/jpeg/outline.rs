//! The markers of a JPEG file, read in one pass that decodes no pixel: size, coding, scans,
//! EXIF block, colour profile, and whether the file has an end at all.
//!
//! Source: ITU-T T.81, annex B; Exif 2.32, section 4.5.4; ICC.1:2022, annex B.4.

use std::ops::Range;

use crate::picture::Size;
use crate::refused::Refused;

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;

/// A JPEG file without its pixels.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) size: Size,
    /// The TIFF block inside the EXIF segment.
    pub(super) exif: Option<Range<usize>>,
    /// Parts of the colour profile, each with its number and how many there are in front.
    profile_parts: Vec<Range<usize>>,
    /// As the frame header lists them.
    pub(super) components: Vec<Component>,
    pub(super) scans: Vec<Scan>,
    /// Three components are red, green and blue, not luma and chroma.
    pub(super) is_rgb: bool,
    /// The first three of four components are luma and chroma.
    pub(super) is_ycck: bool,
    /// Baseline or extended sequential, not progressive.
    pub(super) is_sequential: bool,
}

/// One colour component of the frame header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Samples per MCU, 1 to 4.
    pub(super) horizontal: u8,
    /// Samples per MCU, 1 to 4.
    pub(super) vertical: u8,
    pub(super) quantisation: u8,
}

/// One scan: byte ranges of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scan {
    /// The scan header without marker and length.
    pub(super) header: Range<usize>,
    /// Entropy-coded data, restart markers included.
    pub(super) data: Range<usize>,
}

/// A frame header: coding, size, components.
struct FrameHeader {
    sequential: bool,
    size: Size,
    components: Vec<Component>,
}

impl Outline {
    /// Reads the markers of `source`.
    pub(super) fn read(source: &[u8]) -> Result<Self, Refused> {
        let mut frame = None;
        let mut exif = None;
        let mut profile_parts = Vec::new();
        let mut scans = Vec::new();
        let (mut jfif, mut adobe_transform) = (false, None);
        let mut markers = Markers::new(source, 0);
        loop {
            let (marker, range) = markers.next()?;
            let segment = source.get(range.clone()).unwrap_or_default();
            match marker {
                EOI => break,
                SOS => {
                    let (header, start) = (range.clone(), range.end);
                    markers.skip_entropy_coded_data();
                    let data = start..markers.at;
                    scans.push(Scan { header, data });
                }
                marker if is_frame_header(marker) => {
                    let header = FrameHeader::read(marker, segment)?;
                    if frame.replace(header).is_some() {
                        return Err(Refused::bad("JPEG: a second frame header"));
                    }
                }
                APP0 => jfif |= segment.starts_with(b"JFIF\0"),
                APP1 => {
                    if let Some(tiff) = segment.strip_prefix(b"Exif\0\0") {
                        exif = Some(range.end - tiff.len()..range.end);
                    }
                }
                APP2 => {
                    if let Some(part) = segment.strip_prefix(b"ICC_PROFILE\0") {
                        profile_parts.push(range.end - part.len()..range.end);
                    }
                }
                APP14 if segment.starts_with(b"Adobe") => {
                    adobe_transform = segment.get(11).copied();
                }
                _ => {}
            }
        }
        let frame = frame.ok_or_else(|| Refused::bad("JPEG: there is no frame header in it"))?;
        if scans.is_empty() {
            return Err(Refused::bad("JPEG: there is no scan in it"));
        }
        Ok(Self {
            size: frame.size,
            exif,
            profile_parts,
            is_ycck: adobe_transform == Some(2),
            is_rgb: !jfif
                && match adobe_transform {
                    Some(transform) => transform == 0,
                    None => frame.components.iter().map(|c| c.id).eq(*b"RGB"),
                },
            components: frame.components,
            scans,
            is_sequential: frame.sequential,
        })
    }

    /// The colour profile, put together of its parts; `None` where one is missing.
    pub(super) fn icc_profile(&self, source: &[u8]) -> Option<Vec<u8>> {
        let part = |number: usize| {
            self.profile_parts.iter().find_map(|range| {
                let (&[own, count], bytes) = source.get(range.clone())?.split_first_chunk()?;
                (usize::from(own) == number).then_some((count, bytes))
            })
        };
        let (count, _) = part(1)?;
        let mut profile = Vec::new();
        for number in 1..=usize::from(count) {
            profile.extend_from_slice(part(number)?.1);
        }
        Some(profile)
    }

    /// Whether no scan can hold all components, in a coding where each scan is final.
    pub(super) fn is_sequential_in_several_scans(&self) -> bool {
        self.is_sequential && self.components.len() > 1 && self.scans.len() > 1
    }
}

fn is_frame_header(marker: u8) -> bool {
    // DHT, JPG and DAC stand in the middle of the frame headers.
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

impl FrameHeader {
    fn read(marker: u8, segment: &[u8]) -> Result<Self, Refused> {
        let sequential = match marker {
            0xc0 | 0xc1 => true,
            0xc2 => false,
            0xc9..=0xcb => return Err(Refused::unsupported("JPEG with arithmetic coding")),
            _ => return Err(Refused::unsupported("lossless or hierarchical JPEG")),
        };
        let Some((&[precision, h0, h1, w0, w1, count], components)) = segment.split_first_chunk()
        else {
            return Err(Refused::bad("JPEG: the frame header ends early"));
        };
        if precision != 8 {
            let coding = format!("JPEG with {precision} bits per sample");
            return Err(Refused::unsupported(coding));
        }
        let size = Size::new(
            u16::from_be_bytes([w0, w1]).into(),
            u16::from_be_bytes([h0, h1]).into(),
        );
        let components: Vec<_> = components
            .as_chunks()
            .0
            .iter()
            .take(count.into())
            .map(|&[id, sampling, quantisation]| Component {
                id,
                horizontal: sampling >> 4,
                vertical: sampling & 15,
                quantisation,
            })
            .collect();
        let sound = |component: &Component| {
            (1..=4).contains(&component.horizontal) && (1..=4).contains(&component.vertical)
        };
        if size.pixels() == 0
            || components.len() != usize::from(count)
            || !matches!(count, 1 | 3 | 4)
            || !components.iter().all(sound)
        {
            return Err(Refused::bad("JPEG: the frame header makes no sense"));
        }
        Ok(Self {
            sequential,
            size,
            components,
        })
    }
}

/// Walks from marker to marker.
pub(super) struct Markers<'a> {
    source: &'a [u8],
    at: usize,
}

impl<'a> Markers<'a> {
    /// The markers of `source` from the byte `at`.
    pub(super) fn new(source: &'a [u8], at: usize) -> Self {
        Self { source, at }
    }

    /// The next marker that matters, and the range of its segment without the length.
    pub(super) fn next(&mut self) -> Result<(u8, Range<usize>), Refused> {
        loop {
            let marker = self.next_marker()?;
            match marker {
                // Fill bytes, stuffed bytes, TEM and stray restart markers have no segment.
                0x00 | 0x01 | 0xd0..=0xd7 | SOI => {}
                EOI => return Ok((EOI, self.at..self.at)),
                _ => return Ok((marker, self.segment()?)),
            }
        }
    }

    fn next_marker(&mut self) -> Result<u8, Refused> {
        let rest = self.source.get(self.at..).unwrap_or_default();
        let end = || Refused::bad("JPEG: the file ends before its end marker");
        let flag = rest.iter().position(|&byte| byte == 0xff).ok_or_else(end)?;
        let length = rest.iter().skip(flag).take_while(|&&byte| byte == 0xff);
        let at = flag + length.count();
        let marker = rest.get(at).copied().ok_or_else(end)?;
        self.at += at + 1;
        Ok(marker)
    }

    fn segment(&mut self) -> Result<Range<usize>, Refused> {
        let rest = self.source.get(self.at..).unwrap_or_default();
        let length = rest.first_chunk().map(|&bytes| u16::from_be_bytes(bytes));
        match length.map(usize::from) {
            Some(length) if (2..=rest.len()).contains(&length) => {
                let segment = self.at + 2..self.at + length;
                self.at = segment.end;
                Ok(segment)
            }
            _ => Err(Refused::bad("JPEG: the file ends within a segment")),
        }
    }

    /// To the marker that ends a scan, or to the end of the file.
    fn skip_entropy_coded_data(&mut self) {
        let mut rest = self.source.get(self.at..).unwrap_or_default();
        while let Some(flag) = flag(rest) {
            rest = rest.get(flag..).unwrap_or_default();
            match rest.get(1) {
                Some(0x00 | 0xd0..=0xd7) => rest = rest.get(2..).unwrap_or_default(),
                Some(0xff) => rest = rest.get(1..).unwrap_or_default(),
                Some(_) => {
                    self.at = self.source.len() - rest.len();
                    return;
                }
                None => break,
            }
        }
        self.at = self.source.len();
    }
}

/// Where the first 0xff is; eight bytes are looked at together.
pub(super) fn flag(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = !u64::from_le_bytes(*word);
        let zeros = word.wrapping_sub(ONES) & !word & ONES << 7;
        if zeros != 0 {
            return Some(index * 8 + (zeros.trailing_zeros() / 8) as usize);
        }
    }
    let in_rest = rest.iter().position(|&byte| byte == 0xff)?;
    Some(words.len() * 8 + in_rest)
}
