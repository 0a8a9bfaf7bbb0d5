//! What changes from one canvas to the next, so that only that is drawn. Canvases hold opaque
//! pixels, and transparent black ones; both have the same size.

use crate::picture::{Area, CHANNELS, Picture};

/// Alpha from which a pixel is opaque; GIF knows no more than that.
const OPAQUE_FROM: u8 = 128;
/// Unchanged pixels stay when they are at least this part of the rectangle, in tenths: a few
/// scattered ones only break up the rest.
const REPEATED_TENTHS: usize = 3;

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
    let all = picture
        .as_pixels()
        .iter()
        .fold(u8::MAX, |all, pixel| all & pixel[3]);
    if all == u8::MAX {
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
pub(super) fn clears(before: &Picture, after: &Picture) -> bool {
    let pairs = before.as_pixels().iter().zip(after.as_pixels());
    pairs.into_iter().any(|(old, new)| old[3] > new[3])
}

/// What changes from `before` to `after`. The marks are made in the memory of `before`, so that no
/// more is needed beside two canvases.
pub(super) fn between(before: Picture, after: &Picture) -> Changes {
    let width = after.size.width as usize;
    let same = same(before.pixels, &after.pixels);
    let area = drawn(&same, width).unwrap_or(Area::FIRST_PIXEL);
    let stays = crop(same, width, area);
    let repeated = stays.iter().filter(|stays| **stays).count() * 10;
    Changes {
        area,
        stays: (repeated >= stays.len() * REPEATED_TENTHS).then_some(stays),
    }
}

/// For each pixel, whether it is the same in both.
fn same(mut before: Vec<u8>, after: &[u8]) -> Vec<bool> {
    /// Bytes of sixteen pixels.
    const TOGETHER: usize = 16 * CHANNELS;
    let (together, rest) = after.as_chunks::<TOGETHER>();
    // A mark is written only where the pixels were read before.
    for (at, new) in together.iter().enumerate() {
        if let Some(&old) = before[at * TOGETHER..].first_chunk::<TOGETHER>() {
            let marks: [u8; TOGETHER / CHANNELS] = marks(&old, new);
            before[at * marks.len()..][..marks.len()].copy_from_slice(&marks);
        }
    }
    let done = after.len() - rest.len();
    for (at, new) in (done..).step_by(CHANNELS).zip(rest.as_chunks().0) {
        if let Some(&old) = before[at..].first_chunk::<CHANNELS>() {
            let [mark] = marks(&old, new);
            before[at / CHANNELS] = mark;
        }
    }
    before.truncate(after.len() / CHANNELS);
    before.shrink_to_fit();
    // In the same memory still: a byte becomes a byte.
    before.into_iter().map(|mark| mark != 0).collect()
}

fn marks<const BYTES: usize, const PIXELS: usize>(
    old: &[u8; BYTES],
    new: &[u8; BYTES],
) -> [u8; PIXELS] {
    let mut marks = [0; PIXELS];
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
