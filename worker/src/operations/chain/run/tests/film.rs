//! Frames of which it is known where each differs from the one before.

use std::cell::Cell;
use std::rc::Rc;

use super::super::*;
use crate::decode::Choose;
use crate::operations::tests::pattern;
use crate::picture::{Area, CHANNELS};

/// Frames that are there already, and where each differs from the one before.
pub(super) struct Told<'a> {
    pub(super) frames: std::slice::Iter<'a, (Picture, Area)>,
    /// Whether anybody wanted to know of the last one.
    pub(super) asked: Rc<Cell<bool>>,
}

impl Told<'_> {
    fn next(&mut self, asked: bool) -> Option<(Frame, Area)> {
        self.asked.set(asked);
        let (picture, changed) = self.frames.next()?.clone();
        let delay = Delay::hundredths(1);
        Some((Frame { picture, delay }, changed))
    }
}

impl Reel for Told<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        Ok(self.next(false).map(|(frame, _)| frame))
    }

    fn next_part(&mut self, choose: Choose<'_>) -> Result<Option<Patch>, Refused> {
        let next = self.next(true).map(|(frame, changed)| {
            let mut patch = Patch::from(frame);
            patch.area = choose(changed, patch.canvas);
            patch.picture = patch.area.cut_from(patch.picture);
            patch
        });
        Ok(next)
    }
}

/// Frames of 331 × 247, in each of which one of [`AREAS`] is changed.
pub(super) fn frames(opaque: bool) -> Vec<(Picture, Area)> {
    let mut picture = pattern(331, 247);
    if opaque {
        let pixels = picture.as_pixels_mut().iter_mut();
        pixels.for_each(|pixel| pixel[3] = 255);
    }
    let mut frames = vec![(picture.clone(), Area::whole(&picture))];
    for area in AREAS {
        picture = changed(&picture, area);
        frames.push((picture.clone(), area));
    }
    frames.push((picture, Area::FIRST_PIXEL));
    frames
}

/// Some pixels of `picture` become others.
pub(super) fn changed(picture: &Picture, area: Area) -> Picture {
    let mut result = picture.clone();
    for row in area.rows_mut(&mut result) {
        for pixel in row.as_chunks_mut().0 {
            let [r, g, b, a]: [u8; CHANNELS] = *pixel;
            *pixel = [b ^ 85, r.wrapping_add(99), g / 2, a.wrapping_add(128)];
        }
    }
    result
}

/// Columns and rows from..to.
const fn area(left: usize, right: usize, top: usize, bottom: usize) -> Area {
    Area {
        left,
        top,
        width: right - left,
        height: bottom - top,
    }
}

/// In pictures of 331 × 247.
const AREAS: [Area; 7] = [
    area(0, 1, 0, 1),
    area(330, 331, 246, 247),
    area(150, 170, 120, 125),
    area(0, 9, 200, 247),
    area(63, 65, 127, 129),
    area(300, 331, 3, 90),
    area(17, 18, 0, 247),
];
