//! Baseline JPEG with one scan per component: each scan is dressed up as a grey JPEG of its
//! own and decoded as that; the planes are then brought to full size and converted here.
//!
//! A single-component scan codes its blocks in plain raster order, so its bits mean the same
//! in either file. zune-jpeg 0.5.15 decodes the original to garbage without an error when a
//! component is subsampled (etemesi254/zune-image issue 422).
//!
//! Source: ITU-T T.81, A.2.2 (order of blocks); JFIF 1.02 (colour conversion).

use zune_core::colorspace::ColorSpace;

use super::inks::rgb_from_ycbcr;
use super::outline::{Component, Markers, Outline, Scan};
use crate::picture::Picture;
use crate::refused::Refused;

const DHT: u8 = 0xc4;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const DRI: u8 = 0xdd;

/// One component at its own resolution: width × height × 1.
struct Plane {
    width: usize,
    height: usize,
    samples: Vec<u8>,
    /// Where each column of the picture falls on this plane.
    columns: Vec<Position>,
    /// Where each row of the picture falls on this plane.
    rows: Vec<Position>,
}

/// Between sample `index` and the next, `fraction` 256ths of the way.
#[derive(Clone, Copy)]
struct Position {
    index: usize,
    fraction: u32,
}

/// Decodes the picture that `outline` describes, as stored.
pub(super) fn decode(source: &[u8], outline: &Outline) -> Result<Picture, Refused> {
    let [a, b, c] = outline.components.as_slice() else {
        return Err(Refused::unsupported(
            "JPEG with four components in several sequential scans",
        ));
    };
    let components = [a, b, c];
    let mut planes = Vec::with_capacity(components.len());
    for component in components {
        planes.push(decode_plane(source, outline, component)?);
    }
    Ok(combine(&planes, outline))
}

fn decode_plane(source: &[u8], outline: &Outline, component: &Component) -> Result<Plane, Refused> {
    let scan = outline
        .scans
        .iter()
        .find(|scan| scan_component(source, scan) == Some(component.id))
        .ok_or_else(|| {
            Refused::unsupported("JPEG with sequential scans of two components, or a missing one")
        })?;
    let most = |side: fn(&Component) -> u8| outline.components.iter().map(side).max();
    let horizontal = most(|c| c.horizontal).unwrap_or(1);
    let vertical = most(|c| c.vertical).unwrap_or(1);
    let (full_width, full_height) = (outline.size.width as usize, outline.size.height as usize);
    let own = |full: usize, part: u8, whole: u8| (full * usize::from(part)).div_ceil(whole.into());
    let width = own(full_width, component.horizontal, horizontal);
    let height = own(full_height, component.vertical, vertical);
    let grey = grey_file(source, scan, component, width, height)?;
    let mut samples = vec![0; width * height];
    super::decode_into(&grey, ColorSpace::Luma, &mut samples)?;
    Ok(Plane {
        width,
        height,
        samples,
        columns: positions(full_width, width, component.horizontal, horizontal),
        rows: positions(full_height, height, component.vertical, vertical),
    })
}

/// The id of the component of a scan that has only one.
fn scan_component(source: &[u8], scan: &Scan) -> Option<u8> {
    match source.get(scan.header.clone())? {
        &[1, id, ..] => Some(id),
        _ => None,
    }
}

/// A JPEG file of `width` × `height` that holds nothing but this scan and its tables.
fn grey_file(
    source: &[u8],
    scan: &Scan,
    component: &Component,
    width: usize,
    height: usize,
) -> Result<Vec<u8>, Refused> {
    let mut file = vec![0xff, 0xd8];
    let mut segment = |marker: u8, body: &[u8]| {
        file.extend([0xff, marker]);
        // A segment was read with this length, or is a few bytes long.
        file.extend((body.len() as u16 + 2).to_be_bytes());
        file.extend_from_slice(body);
    };
    // A table stays in force until the next of its kind, so all that came before are repeated.
    let mut markers = Markers::new(source, 0);
    loop {
        let (marker, range) = markers.next()?;
        if range.start >= scan.header.start {
            break;
        }
        if let (DHT | DQT | DRI, Some(body)) = (marker, source.get(range)) {
            segment(marker, body);
        }
    }
    let ([h0, h1], [w0, w1]) = ((height as u16).to_be_bytes(), (width as u16).to_be_bytes());
    let frame = [
        8,
        h0,
        h1,
        w0,
        w1,
        1,
        component.id,
        0x11,
        component.quantisation,
    ];
    segment(0xc0, &frame);
    segment(SOS, source.get(scan.header.clone()).unwrap_or_default());
    file.extend_from_slice(source.get(scan.data.clone()).unwrap_or_default());
    file.extend([0xff, 0xd9]);
    Ok(file)
}

/// Samples sit in the middle of the area that they stand for.
fn positions(full: usize, own: usize, part: u8, whole: u8) -> Vec<Position> {
    let last = own.saturating_sub(1) * 256;
    (0..full)
        .map(|at| {
            let middle = (2 * at + 1) * usize::from(part) * 128 / usize::from(whole);
            let at = middle.saturating_sub(128).min(last);
            Position {
                index: at / 256,
                fraction: (at % 256) as u32,
            }
        })
        .collect()
}

impl Plane {
    /// Writes the row `y` of the picture, linearly interpolated, to `full`.
    fn row(&self, y: usize, full: &mut [u8]) {
        let Some(&Position { index, fraction }) = self.rows.get(y) else {
            return;
        };
        let row = |index: usize| {
            let index = index.min(self.height.saturating_sub(1));
            let start = index * self.width;
            self.samples
                .get(start..start + self.width)
                .unwrap_or_default()
        };
        let (upper, lower) = (row(index), row(index + 1));
        let last = self.width.saturating_sub(1);
        for (sample, column) in full.iter_mut().zip(&self.columns) {
            let (left, right) = (column.index.min(last), (column.index + 1).min(last));
            let across = |row: &[u8]| {
                u32::from(row[left]) * (256 - column.fraction)
                    + u32::from(row[right]) * column.fraction
            };
            let value = across(upper) * (256 - fraction) + across(lower) * fraction;
            *sample = ((value + 0x8000) >> 16) as u8;
        }
    }
}

fn combine(planes: &[Plane], outline: &Outline) -> Picture {
    let mut picture = Picture::blank(outline.size);
    let width = outline.size.width as usize;
    let mut full = [vec![0; width], vec![0; width], vec![0; width]];
    for (y, row) in picture.rows_mut().enumerate() {
        for (plane, full) in planes.iter().zip(&mut full) {
            plane.row(y, full);
        }
        let [a, b, c] = &full;
        let samples = a.iter().zip(b).zip(c);
        for (pixel, ((&a, &b), &c)) in row.as_chunks_mut().0.iter_mut().zip(samples) {
            let [r, g, b] = if outline.is_rgb {
                [a, b, c]
            } else {
                rgb_from_ycbcr(a, b, c)
            };
            *pixel = [r, g, b, 255];
        }
    }
    picture
}
