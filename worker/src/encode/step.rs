//! The step from one frame to the next where a format can draw with any alpha (APNG, WebP):
//! the rectangle that changed, either as it is now, to replace what was there, or with what
//! stays left transparent, to be laid over it. Nothing outside the rectangle is touched.

use std::borrow::Cow;

use crate::picture::{Area, CHANNELS, Patch, Picture, Size};

/// Unchanged pixels become transparent when they are at least this part of the rectangle, in
/// tenths: long runs then compress well, while a few scattered ones only break up the rest
/// (6 % larger on noisy clips).
const REPEATED_TENTHS: usize = 3;
/// A pixel that lets through what was there before.
const NOTHING: [u8; CHANNELS] = [0; CHANNELS];

/// What is to be drawn.
pub(super) struct Step<'a> {
    pub(super) area: Area,
    /// Width × height × 4 of the area.
    pub(super) pixels: Cow<'a, [u8]>,
    /// Laid over the canvas; else it replaces what the rectangle covers.
    pub(super) over: bool,
}

impl<'a> Step<'a> {
    /// All of `canvas`.
    pub(super) fn whole(canvas: &'a Picture) -> Self {
        Self::rows_of(canvas, Area::whole(canvas))
    }

    /// From one canvas to what it is with the patch `after` on it, which takes its place there: no more memory
    /// is needed than that of both. With `even` the rectangle begins at even places, as WebP wants it;
    /// with `exact` the format keeps every pixel, and what stays may be left out.
    pub(super) fn between(canvas: &'a mut Picture, after: Patch, even: bool, exact: bool) -> Self {
        let Some(changed) = after.area.changed(canvas, &after.picture) else {
            return Self {
                area: Area::FIRST_PIXEL,
                pixels: Cow::Borrowed(&NOTHING),
                over: true,
            };
        };
        let over = exact && much_stays(canvas, &after, changed);
        let area = if even {
            changed.begun_evenly()
        } else {
            changed
        };
        if !over && after.is_whole() && area.width == after.picture.size.width as usize {
            *canvas = after.picture;
            return Self::rows_of(canvas, area);
        }
        Self {
            area,
            pixels: Cow::Owned(moved(canvas, after, area, over)),
            over,
        }
    }

    /// An area as wide as the canvas: it stands there in one piece.
    fn rows_of(canvas: &'a Picture, area: Area) -> Self {
        let stride = canvas.size.stride();
        let bytes = area.top * stride..(area.top + area.height) * stride;
        Self {
            area,
            pixels: Cow::Borrowed(&canvas.pixels[bytes]),
            over: false,
        }
    }

    pub(super) fn size(&self) -> Size {
        Size::new(self.area.width as u32, self.area.height as u32)
    }
}

/// Whether what stays of an area may be left out, and is worth it.
fn much_stays(before: &Picture, after: &Patch, area: Area) -> bool {
    let within = area.within(after.area);
    let rows = || area.rows(before).zip(within.rows(&after.picture));
    let repeated: usize = rows().map(|(old, new)| count_same(old, new)).sum();
    repeated * 10 >= area.count() * REPEATED_TENTHS
        && rows().all(|(old, new)| is_new_opaque(old, new))
}

/// How many pixels of two rows are the same.
fn count_same(old: &[u8], new: &[u8]) -> usize {
    let same = words(old).zip(words(new));
    // A row has at most 2¹⁶ pixels or so.
    let same = same.fold(0, |count, (old, new)| count + u32::from(old == new));
    same as usize
}

/// Whether every pixel of a row that is not the same is opaque.
fn is_new_opaque(old: &[u8], new: &[u8]) -> bool {
    let pairs = words(old).zip(words(new));
    // Without branches, which would be noise to a processor that guesses.
    let all = pairs.fold(u32::MAX, |all, (old, new)| {
        all & (new | u32::from(old == new).wrapping_neg())
    });
    all >> 24 == u32::from(u8::MAX)
}

fn words(row: &[u8]) -> impl Iterator<Item = u32> {
    let pixels = row.as_chunks::<CHANNELS>().0.iter();
    pixels.map(|pixel| u32::from_le_bytes(*pixel))
}

/// Moves `area` of `after` onto the canvas, and gives it by itself, in the memory that it came in;
/// with `over` what stays is left out.
fn moved(canvas: &mut Picture, after: Patch, area: Area, over: bool) -> Vec<u8> {
    let within = area.within(after.area);
    let stride = after.picture.size.stride();
    let mut pixels = after.picture.pixels;
    let mut new = vec![0; area.width * CHANNELS];
    for (y, row) in area.rows_mut(canvas).enumerate() {
        let from = (within.top + y) * stride + within.left * CHANNELS;
        new.copy_from_slice(&pixels[from..from + row.len()]);
        // Never behind the place that it was read from.
        let target = &mut pixels[y * row.len()..(y + 1) * row.len()];
        target.copy_from_slice(&new);
        if over {
            let olds = row.as_chunks::<CHANNELS>().0;
            for (target, old) in target.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(olds) {
                if target == old {
                    *target = NOTHING;
                }
            }
        }
        row.copy_from_slice(&new);
    }
    pixels.truncate(area.count() * CHANNELS);
    pixels.shrink_to_fit();
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{Delay, Frame};

    fn canvas(letters: &str) -> Picture {
        let pixels = letters.bytes().flat_map(|letter| match letter {
            b'.' => [0; 4],
            letter => [letter, letter, letter, 255],
        });
        Picture {
            size: Size::new(letters.len() as u32 / 2, 2),
            pixels: pixels.collect(),
        }
    }

    fn step(before: &str, after: &str, even: bool) -> (usize, usize, String, bool) {
        let (mut shown, after) = (canvas(before), canvas(after));
        let (picture, delay) = (after.clone(), Delay::NONE);
        let patch = Frame { picture, delay }.into();
        let step = Step::between(&mut shown, patch, even, true);
        let (pixels, _) = step.pixels.as_chunks::<4>();
        let letters = pixels.iter().map(|pixel| match pixel[3] {
            0 => '.',
            _ => pixel[0] as char,
        });
        let found = (step.area.left, step.area.top, letters.collect(), step.over);
        assert_eq!(shown, after);
        found
    }

    #[test]
    fn only_what_changed_is_drawn() {
        assert_eq!(
            step("aaaabbbb", "aaaabcbb", false),
            (1, 1, "c".into(), false)
        );
        assert_eq!(
            step("aaaabbbb", "aaaabcbb", true),
            (0, 0, "aabc".into(), false)
        );
        assert_eq!(
            step("aaaabbbb", "caaabbbd", false),
            (0, 0, "c......d".into(), true)
        );
    }

    #[test]
    fn what_becomes_transparent_replaces_and_nothing_new_is_one_empty_pixel() {
        assert_eq!(
            step("aaaabbbb", "a.aabbbb", false),
            (1, 0, ".".into(), false)
        );
        assert_eq!(step("aaaabbbb", "aaaabbbb", true), (0, 0, ".".into(), true));
    }
}
