//! A JPEG decoded straight to planes, at full size or smaller: a smaller picture needs neither all
//! coefficients nor a transform of them. Sequential ones in one scan as they are read, progressive ones
//! by [`progressive`].
//!
//! It takes sound files only and judges none: whatever is damaged or unusual is `None`, and the
//! whole decoder decides what becomes of it. 12 bits, arithmetic coding, inks and sequential files of several
//! scans are not its business either.
//!
//! Source: ITU-T T.81, annexes A, B and F.

mod bits;
mod block;
mod mcus;
mod progressive;
mod samples;
mod segments;
mod tables;

use std::ops::Range;

use super::outline::{Component, Markers, Outline, Scan};
use crate::picture::Area;
use crate::planes::Plane;
use bits::{Bare, Reader};
use block::Recipe;
use mcus::Mcus;
use segments::Tables;
use tables::{AcCodes, Codes};

const EOI: u8 = 0xd9;

/// Most that a table of codes for passing coefficients must be worth, bytes of data.
const PASSES_FROM_BYTES: usize = 32 * 1024;

/// What was decoded of a picture.
pub(super) struct Decoded {
    /// In the order of the frame header.
    pub(super) planes: Vec<Plane>,
    /// What they show, px of the picture: what was wanted, and what shares an MCU with it.
    pub(super) shown: Area,
}

/// The planes of what is `wanted` of the picture that `outline` describes; blocks
/// of the first become `luma` samples on a side, those of the others `chroma`: 8, 4, 2 or 1.
pub(super) fn decode(
    source: &[u8],
    outline: &Outline,
    (luma, chroma): (usize, usize),
    wanted: Area,
) -> Option<Decoded> {
    let mcus = Mcus::new(outline, wanted)?;
    let sides = [luma, chroma, chroma];
    let planes = match outline.is_sequential {
        true => sequential(source, outline, &mcus, sides)?,
        false => progressive::decode(source, outline, &mcus, sides)?,
    };
    let shown = mcus.shown(outline);
    let planes = planes.into_iter().zip(&outline.components).zip(sides);
    let planes = planes.map(|((plane, component), side)| {
        let shrink = 8 / side;
        let length = |full: usize, own: u8, all: usize| {
            (full * usize::from(own)).div_ceil(all).div_ceil(shrink)
        };
        Plane {
            width: length(shown.width, component.horizontal, mcus.horizontal),
            height: length(shown.height, component.vertical, mcus.vertical),
            ..plane
        }
    });
    let planes = planes.collect();
    Some(Decoded { planes, shown })
}

/// Whether nothing follows the last scan.
fn is_complete(source: &[u8], last: &Scan) -> bool {
    let next = Markers::new(source, last.data.end).next();
    next.is_ok_and(|(marker, _)| marker == EOI)
}

fn sequential(
    source: &[u8],
    outline: &Outline,
    mcus: &Mcus,
    sides: [usize; 3],
) -> Option<Vec<Plane>> {
    let [scan] = outline.scans.as_slice() else {
        return None;
    };
    let mostly_passed = sides[0] < 4 || mcus.are_mostly_passed();
    let passes = mostly_passed && scan.data.len() > PASSES_FROM_BYTES;
    let mut tables = Tables::default();
    tables.read(source, 0..scan.header.start, &|counts, symbols| {
        AcCodes::new(counts, symbols, passes)
    })?;
    if !is_complete(source, scan) {
        return None;
    }
    let header = source.get(scan.header.clone())?;
    let mut parts = Vec::with_capacity(outline.components.len());
    let selectors = selectors(header, outline.components.len())?;
    for ((component, selector), side) in outline.components.iter().zip(selectors).zip(sides) {
        parts.push(Part::new(component, *selector, side, &tables, mcus)?);
    }
    let data = source.get(scan.data.clone())?;
    let units = (mcus.columns, mcus.rows);
    walk(
        data,
        units,
        tables.interval,
        |reader, (column, row), begins| {
            let place = mcus.place(column, row);
            for part in &mut parts {
                if begins {
                    part.dc = 0;
                }
                match place {
                    Some((column, row)) => part.mcu(reader, column, row)?,
                    None => part.pass(reader)?,
                }
            }
            Some(())
        },
    )?;
    Some(parts.into_iter().map(|part| part.plane).collect())
}

/// The components' table numbers, if the scan header lists all of them and all coefficients.
fn selectors(header: &[u8], count: usize) -> Option<&[[u8; 2]]> {
    let (&own, rest) = header.split_first()?;
    let (selectors, last) = rest.split_at_checked(2 * count)?;
    (usize::from(own) == count && last == [0, 63, 0]).then_some(selectors.as_chunks().0)
}

/// A component on its way.
struct Part<'a> {
    horizontal: usize,
    vertical: usize,
    recipe: Recipe,
    codes: (&'a Codes, &'a AcCodes),
    dc: i32,
    plane: Plane,
}

impl<'a> Part<'a> {
    fn new(
        component: &Component,
        [id, numbers]: [u8; 2],
        side: usize,
        tables: &'a Tables<AcCodes>,
        mcus: &Mcus,
    ) -> Option<Self> {
        let quantisation = tables
            .quantisation
            .get(usize::from(component.quantisation))?;
        let dc = tables.dc.get(usize::from(numbers >> 4))?.as_ref()?;
        let ac = tables.ac.get(usize::from(numbers & 15))?.as_ref()?;
        let (horizontal, vertical) = (component.horizontal.into(), component.vertical.into());
        (id == component.id).then_some(())?;
        Some(Self {
            horizontal,
            vertical,
            recipe: Recipe::new(side, quantisation.as_ref()?),
            codes: (dc, ac),
            dc: 0,
            plane: mcus.blank(component, side),
        })
    }

    #[inline(always)]
    fn mcu(&mut self, reader: &mut Reader<'_>, column: usize, row: usize) -> Option<()> {
        let side = self.recipe.side;
        for y in 0..self.vertical {
            for x in 0..self.horizontal {
                let (top, left) = (row * self.vertical + y, column * self.horizontal + x);
                let stride = self.plane.stride;
                let start = (top * stride + left) * side;
                let target = self.plane.samples.get_mut(start..)?;
                let target = target.get_mut(..(side - 1) * stride + side)?;
                self.recipe
                    .block(reader, self.codes, &mut self.dc, target, stride)?;
            }
        }
        Some(())
    }

    /// Reads an MCU of which nothing is wanted.
    fn pass(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        for _ in 0..self.horizontal * self.vertical {
            self.recipe.pass(reader, self.codes, &mut self.dc)?;
        }
        Some(())
    }
}

/// Reads the data of a scan, of so many columns and rows, unit by unit: `unit` is told where it is, and whether
/// a restart interval begins there. `None` as soon as the data and what should be in it do not agree.
#[inline(always)]
fn walk(
    data: &[u8],
    (columns, rows): (usize, usize),
    interval: usize,
    mut unit: impl FnMut(&mut Reader<'_>, (usize, usize), bool) -> Option<()>,
) -> Option<()> {
    let count = columns * rows;
    let interval = if interval == 0 { count } else { interval };
    let bare = Bare::new(data, count.div_ceil(interval))?;
    let mut spans = spans(&bare.ends);
    let mut span = spans.next()?;
    let mut reader = bare.reader(span.start);
    let mut left = interval;
    for row in 0..rows {
        for column in 0..columns {
            let begins = left == 0;
            if begins {
                ends_there(&reader, span.end)?;
                span = spans.next()?;
                reader = bare.reader(span.start);
                left = interval;
            }
            left -= 1;
            unit(&mut reader, (column, row), begins)?;
        }
        // What is read past the end is found out soon, and not after the whole picture.
        if reader.used() > span.end * 8 {
            return None;
        }
    }
    ends_there(&reader, span.end)
}

/// The bytes of each restart interval.
fn spans(ends: &[usize]) -> impl Iterator<Item = Range<usize>> + '_ {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(ends).map(|(start, &end)| start..end)
}

/// Whether nothing but the bits that fill a byte is left.
fn ends_there(reader: &Reader<'_>, end: usize) -> Option<()> {
    let left = (end * 8).checked_sub(reader.used())?;
    (left < 8).then_some(())
}
