//! What changes from one canvas to the next, so that only that is drawn. Canvases hold opaque
//! pixels, and transparent black ones; both have the same size.

use crate::picture::{Area, CHANNELS, COLOURS, Kept, Patch, Picture, is_opaque, widen_row};

/// Alpha from which a pixel is opaque; GIF knows no more than that.
const OPAQUE_FROM: u8 = 128;
/// Unchanged pixels stay when they are at least this part of the rectangle, in tenths: a few
/// scattered ones only break up the rest.
const REPEATED_TENTHS: usize = 3;
/// Pixels that are compared at once, and their bytes.
const TOGETHER: usize = 16;
const WIDE: usize = TOGETHER * CHANNELS;
const NARROW: usize = TOGETHER * COLOURS;

/// The step from one canvas to the next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Changes {
    /// Holds every changed pixel; one pixel when nothing changed.
    pub(super) area: Area,
    /// For each pixel of the area, whether it stays; `None`: too few do.
    pub(super) stays: Option<Vec<bool>>,
}

/// Makes every pixel opaque, or transparent black; returns whether all are opaque.
pub(super) fn threshold(picture: &mut Picture) -> bool {
    if is_opaque(&picture.pixels) {
        return true;
    }
    let mut opaque = true;
    for pixel in picture.as_pixels_mut() {
        if pixel[3] >= OPAQUE_FROM {
            pixel[3] = u8::MAX;
        } else {
            *pixel = [0; 4];
            opaque = false;
        }
    }
    opaque
}

/// Whether an opaque pixel becomes transparent, which no drawing can do.
pub(super) fn clears(before: &Kept, after: &Patch) -> bool {
    let mut clears = false;
    each_pair(before, after, |old, new| clears |= old[3] > new[3]);
    clears
}

/// Hands each pixel where a patch will lie, and the one in its place, to `take`, row by row.
fn each_pair(before: &Kept, after: &Patch, mut take: impl FnMut(&[u8; CHANNELS], &[u8; CHANNELS])) {
    let mut rows = after.picture.rows();
    before.each_row(after.area, |old| {
        let new = rows.next().unwrap_or_default();
        let pairs = old.as_chunks().0.iter().zip(new.as_chunks().0);
        pairs.for_each(|(old, new)| take(old, new));
    });
}

/// The canvas with `patch` on it, in its memory.
pub(super) fn onto(canvas: Kept, patch: Patch) -> Picture {
    if patch.is_whole() {
        drop(canvas);
        return patch.picture;
    }
    let mut canvas = canvas.into_picture();
    let rows = patch.area.rows_mut(&mut canvas);
    for (row, new) in rows.zip(patch.picture.rows()) {
        row.copy_from_slice(new);
    }
    canvas
}

impl Changes {
    /// Of the `area` of a canvas of which `same` says what does not change, pixel by pixel; outside of it
    /// nothing does.
    pub(super) fn new(same: Vec<bool>, area: Area) -> Self {
        let (stays, area) = match drawn(&same, area.width) {
            Some(inside) => (crop(same, area.width, inside), inside.out_of(area)),
            None => (vec![true], Area::FIRST_PIXEL),
        };
        let repeated = stays.iter().filter(|stays| **stays).count() * 10;
        Self {
            area,
            stays: (repeated >= stays.len() * REPEATED_TENTHS).then_some(stays),
        }
    }
}

/// For each pixel of a patch, whether it is the same already.
pub(super) fn same_in_part(before: &Kept, after: &Patch) -> Vec<bool> {
    let mut same = Vec::with_capacity(after.area.count());
    each_pair(before, after, |old, new| {
        same.push(u32::from_ne_bytes(*old) == u32::from_ne_bytes(*new));
    });
    same
}

/// For each pixel, whether it is the same in both. The marks are made in the memory of `before`, so
/// that no more is needed beside two canvases.
pub(super) fn same(before: Kept, after: &Picture) -> Vec<bool> {
    match before {
        Kept::Any(before) => marked(before.pixels, &after.pixels, |&old: &[u8; WIDE]| old),
        Kept::Opaque(before) => marked(before.colours, &after.pixels, |old: &[u8; NARROW]| {
            let mut wide = [0; WIDE];
            widen_row(old, &mut wide);
            wide
        }),
    }
}

/// See above; `widened` makes RGBA of sixteen pixels of `before`.
fn marked<const BYTES: usize>(
    mut before: Vec<u8>,
    after: &[u8],
    widened: impl Fn(&[u8; BYTES]) -> [u8; WIDE],
) -> Vec<bool> {
    let count = after.len() / CHANNELS;
    let (blocks, rest) = after.as_chunks::<WIDE>();
    for (at, new) in blocks.iter().enumerate() {
        if let Some(old) = before[at * BYTES..].first_chunk::<BYTES>() {
            let marks = marks(&widened(old), new);
            // Where the pixels were read before.
            before[at * TOGETHER..][..TOGETHER].copy_from_slice(&marks);
        }
    }
    let (at, number) = (blocks.len(), rest.len() / CHANNELS);
    let marks = marks(
        &widened(&filled_up(&before[at * BYTES..])),
        &filled_up(rest),
    );
    before[at * TOGETHER..][..number].copy_from_slice(&marks[..number]);
    before.truncate(count);
    before.shrink_to_fit();
    // In the same memory still: a byte becomes a byte.
    before.into_iter().map(|mark| mark != 0).collect()
}

/// With zeros behind.
fn filled_up<const BYTES: usize>(bytes: &[u8]) -> [u8; BYTES] {
    let mut all = [0; BYTES];
    all[..bytes.len()].copy_from_slice(bytes);
    all
}

/// For each pixel, 1 if it is the same in both.
fn marks(old: &[u8; WIDE], new: &[u8; WIDE]) -> [u8; TOGETHER] {
    let mut marks = [0; TOGETHER];
    let pairs = old.as_chunks().0.iter().zip(new.as_chunks().0);
    for (mark, (old, new)) in marks.iter_mut().zip(pairs) {
        *mark = u8::from(u32::from_ne_bytes(*old) == u32::from_ne_bytes(*new));
    }
    marks
}

/// The least rectangle around all pixels that do not stay, of rows of `width`.
pub(super) fn drawn(stays: &[bool], width: usize) -> Option<Area> {
    let rows = || {
        stays
            .chunks_exact(width)
            .enumerate()
            .filter(|(_, row)| row.contains(&false))
    };
    let (top, _) = rows().next()?;
    let (bottom, _) = rows().next_back()?;
    let (mut left, mut right) = (width, 0);
    for (_, row) in rows() {
        // Only what is outside of the rectangle so far is of interest.
        left = row[..left].iter().position(|stays| !stays).unwrap_or(left);
        right = row[right..]
            .iter()
            .rposition(|stays| !stays)
            .map_or(right, |last| right + last + 1);
    }
    Some(Area {
        left,
        top,
        width: right - left,
        height: bottom - top + 1,
    })
}

/// What of rows of `width` is inside of `area`, moved together.
pub(super) fn crop<T: Copy>(mut values: Vec<T>, width: usize, area: Area) -> Vec<T> {
    for row in 0..area.height {
        let start = (area.top + row) * width + area.left;
        values.copy_within(start..start + area.width, row * area.width);
    }
    values.truncate(area.width * area.height);
    values
}
