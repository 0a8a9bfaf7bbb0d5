//! The items of an AVIF file: which one is the picture, which its transparency, where their
//! bytes are and what is said about them.
//!
//! Source: ISO/IEC 23008-12 (HEIF) and 14496-12, the boxes `meta`, `pitm`, `iinf`, `iloc`, `iref`
//! and `iprp`; AV1 Image File Format 1.1.

use super::boxes::{Numbers, boxes, first};
use crate::picture::Size;
use crate::refused::Refused;

const ALPHA: [&[u8]; 2] = [
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
    b"urn:mpeg:hevc:2015:auxid:1\0",
];

/// What a file says about its items.
pub(super) struct Items<'a> {
    source: &'a [u8],
    meta: &'a [u8],
}

/// One coded picture.
pub(super) struct Item<'a> {
    id: u64,
    /// An AV1 bitstream.
    pub(super) data: Vec<u8>,
    pub(super) size: Size,
    /// An ICC profile.
    pub(super) profile: Option<&'a [u8]>,
    pub(super) coding: Option<Coding>,
    /// 0 to 3.
    pub(super) quarter_turns_left: u8,
    /// 0: top and bottom are exchanged; else left and right.
    pub(super) mirrored: Option<u8>,
    is_alpha: bool,
}

/// Code points of ITU-T H.273.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coding {
    pub(super) primaries: u8,
    pub(super) transfer: u8,
    pub(super) matrix: u8,
    pub(super) full_range: bool,
}

impl<'a> Items<'a> {
    pub(super) fn read(source: &'a [u8]) -> Result<Self, Refused> {
        let meta = first(source, b"meta").and_then(|meta| meta.get(4..));
        let meta = meta.ok_or_else(|| incomplete("list of items"))?;
        Ok(Self { source, meta })
    }

    /// The picture itself.
    pub(super) fn primary(&self) -> Result<Item<'a>, Refused> {
        let id = first(self.meta, b"pitm").and_then(|body| {
            let (version, _, mut numbers) = Numbers::versioned(body)?;
            numbers.take(if version == 0 { 2 } else { 4 })
        });
        let id = id.ok_or_else(|| incomplete("main picture"))?;
        match self.kind(id) {
            Some(b"av01") => self.item(id),
            Some(b"grid") => Err(Refused::unsupported("AVIF put together of tiles")),
            Some(kind) => {
                let kind = kind.escape_ascii();
                Err(Refused::unsupported(format!(
                    "AVIF with a picture of kind {kind}"
                )))
            }
            None => Err(incomplete("main picture")),
        }
    }

    /// The transparency of `item`, if it has any.
    pub(super) fn alpha_of(&self, item: &Item<'_>) -> Result<Option<Item<'a>>, Refused> {
        for from in self.references(b"auxl", item.id) {
            if self.kind(from) == Some(b"av01") {
                let auxiliary = self.item(from)?;
                if auxiliary.is_alpha {
                    return Ok(Some(auxiliary));
                }
            }
        }
        Ok(None)
    }

    /// Whether the colours are stored multiplied by their alpha.
    pub(super) fn is_premultiplied(&self, colours: &Item<'_>, alpha: &Item<'_>) -> bool {
        self.references(b"prem", alpha.id).contains(&colours.id)
    }

    /// The items that refer to `to` in that way.
    fn references(&self, kind: &[u8; 4], to: u64) -> Vec<u64> {
        let numbers = first(self.meta, b"iref").and_then(Numbers::versioned);
        let Some((version, _, all)) = numbers else {
            return Vec::new();
        };
        let id_bytes = if version == 0 { 2 } else { 4 };
        let from = |body: &[u8]| {
            let mut numbers = Numbers { rest: body };
            let from = numbers.take(id_bytes)?;
            let count = numbers.take(2)?;
            (0..count)
                .any(|_| numbers.take(id_bytes) == Some(to))
                .then_some(from)
        };
        let own = boxes(all.rest).filter(|(own, _)| own == kind);
        own.filter_map(|(_, body)| from(body)).collect()
    }

    fn kind(&self, id: u64) -> Option<&'a [u8; 4]> {
        let (version, _, mut list) = Numbers::versioned(first(self.meta, b"iinf")?)?;
        list.take(if version == 0 { 2 } else { 4 })?;
        boxes(list.rest).find_map(|(_, body)| {
            let (version, _, mut entry) = Numbers::versioned(body)?;
            let own = entry.take(if version == 2 { 2 } else { 4 })?;
            entry.take(2)?;
            (own == id).then(|| entry.rest.first_chunk())?
        })
    }

    fn item(&self, id: u64) -> Result<Item<'a>, Refused> {
        let data = self.data(id).ok_or_else(|| incomplete("coded picture"))?;
        let mut item = Item {
            id,
            data,
            size: Size::new(0, 0),
            profile: None,
            coding: None,
            quarter_turns_left: 0,
            mirrored: None,
            is_alpha: false,
        };
        for (kind, body) in self.properties(id).unwrap_or_default() {
            item.set(kind, body)?;
        }
        if item.size.pixels() == 0 {
            return Err(incomplete("size"));
        }
        Ok(item)
    }

    /// What is said about an item.
    fn properties(&self, id: u64) -> Option<Vec<([u8; 4], &'a [u8])>> {
        let all = first(self.meta, b"iprp")?;
        let list: Vec<_> = boxes(first(all, b"ipco")?).collect();
        let (version, flags, mut numbers) = Numbers::versioned(first(all, b"ipma")?)?;
        for _ in 0..numbers.take(4)? {
            let own = numbers.take(if version == 0 { 2 } else { 4 })?;
            let mut found = Vec::new();
            for _ in 0..numbers.take(1)? {
                // The highest bit says that one must understand it.
                let place = match flags & 1 {
                    0 => numbers.take(1)? & 0x7f,
                    _ => numbers.take(2)? & 0x7fff,
                };
                found.extend((place as usize).checked_sub(1).and_then(|at| list.get(at)));
            }
            if own == id {
                return Some(found);
            }
        }
        None
    }

    /// The bytes of an item, put together of its extents.
    fn data(&self, id: u64) -> Option<Vec<u8>> {
        let (version, _, mut numbers) = Numbers::versioned(first(self.meta, b"iloc")?)?;
        let sizes = numbers.take(2)? as usize;
        let [offset_bytes, length_bytes, base_bytes, index_bytes] =
            [12, 8, 4, 0].map(|shift| sizes >> shift & 15);
        if [offset_bytes, length_bytes, base_bytes, index_bytes]
            .iter()
            .any(|&bytes| bytes > 8)
        {
            return None;
        }
        let wide = if version < 2 { 2 } else { 4 };
        for _ in 0..numbers.take(wide)? {
            let own = numbers.take(wide)?;
            let method = if version == 0 {
                0
            } else {
                numbers.take(2)? & 15
            };
            numbers.take(2)?;
            let base = numbers.take(base_bytes)?;
            let within = match method {
                0 => Some(self.source),
                1 => first(self.meta, b"idat"),
                _ => None,
            };
            let mut data = Vec::new();
            for _ in 0..numbers.take(2)? {
                if version > 0 {
                    numbers.take(index_bytes)?;
                }
                let start = base.checked_add(numbers.take(offset_bytes)?)?;
                let length = numbers.take(length_bytes)?;
                if own == id {
                    let from = within?.get(usize::try_from(start).ok()?..)?;
                    data.extend(from.get(..usize::try_from(length).ok()?)?);
                    // Extents may overlap, but not to a bomb.
                    if data.len() > self.source.len() {
                        return None;
                    }
                }
            }
            if own == id {
                return Some(data).filter(|data| !data.is_empty());
            }
        }
        None
    }
}

impl<'a> Item<'a> {
    fn set(&mut self, kind: [u8; 4], body: &'a [u8]) -> Result<(), Refused> {
        match &kind {
            b"ispe" => {
                let sides = body.get(4..).and_then(|rest| rest.first_chunk());
                if let Some(&[w0, w1, w2, w3, h0, h1, h2, h3]) = sides {
                    let width = u32::from_be_bytes([w0, w1, w2, w3]);
                    self.size = Size::new(width, u32::from_be_bytes([h0, h1, h2, h3]));
                }
            }
            b"colr" => match body.split_first_chunk() {
                Some((b"nclx", &[_, primaries, _, transfer, _, matrix, range, ..])) => {
                    self.coding = Some(Coding {
                        primaries,
                        transfer,
                        matrix,
                        full_range: range & 0x80 != 0,
                    });
                }
                Some((b"prof" | b"rICC", profile)) => self.profile = Some(profile),
                _ => {}
            },
            b"irot" => self.quarter_turns_left = body.first().map_or(0, |angle| angle & 3),
            b"imir" => self.mirrored = body.first().map(|axis| axis & 1),
            b"auxC" => {
                let urn = body.get(4..).unwrap_or_default();
                self.is_alpha = ALPHA.iter().any(|alpha| urn.starts_with(alpha));
            }
            b"clap" => return Err(Refused::unsupported("AVIF with a clean aperture")),
            _ => {}
        }
        Ok(())
    }
}

fn incomplete(what: &str) -> Refused {
    Refused::bad(format!("AVIF: the {what} is missing or cut off"))
}
