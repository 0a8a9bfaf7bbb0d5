//! The step from one frame to the next where a format can draw with any alpha (APNG, WebP):
//! the rectangle that changed, either as it is now, to replace what was there, or with what
//! stays left transparent, to be laid over it. Nothing outside the rectangle is touched.

use super::difference::difference;
use crate::picture::{Area, Picture, Size};

/// What is to be drawn.
pub(super) struct Step {
    pub(super) area: Area,
    /// Width × height × 4 of the area.
    pub(super) pixels: Vec<u8>,
    /// Laid over the canvas; else it replaces what the rectangle covers.
    pub(super) over: bool,
}

/// A pixel that lets through what was there before.
const NOTHING: [u8; 4] = [0; 4];

impl Step {
    /// All of `canvas`.
    pub(super) fn whole(canvas: &Picture) -> Self {
        Self {
            area: Area::whole(canvas),
            pixels: canvas.pixels.clone(),
            over: false,
        }
    }

    /// From `before` to `after`, two canvases of the same size. With `even` the rectangle
    /// begins at even places, as WebP wants it; with `exact` the format keeps every pixel, and
    /// what stays may be left out.
    pub(super) fn between(before: &Picture, after: &Picture, even: bool, exact: bool) -> Self {
        let found = difference(before, after);
        let mut area = found.area;
        if even {
            area.width += area.left % 2;
            area.left -= area.left % 2;
            area.height += area.top % 2;
            area.top -= area.top % 2;
        }
        let pairs = || area.pixels(before).zip(area.pixels(after));
        if pairs().all(|(old, new)| old == new) {
            let pixels = NOTHING.to_vec();
            return Self {
                area: Area::FIRST_PIXEL,
                pixels,
                over: true,
            };
        }
        let over = exact
            && found.stays.is_some()
            && pairs().all(|(old, new)| old == new || new[3] == u8::MAX);
        let pixels = if over {
            let drawn = |(old, new)| if old == new { NOTHING } else { new };
            pairs().flat_map(drawn).collect()
        } else {
            area.pixels(after).flatten().collect()
        };
        Self { area, pixels, over }
    }

    pub(super) fn size(&self) -> Size {
        Size::new(self.area.width as u32, self.area.height as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let step = Step::between(&canvas(before), &canvas(after), even, true);
        let letters = step
            .pixels
            .as_chunks::<4>()
            .0
            .iter()
            .map(|pixel| match pixel[3] {
                0 => '.',
                _ => pixel[0] as char,
            });
        (step.area.left, step.area.top, letters.collect(), step.over)
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
