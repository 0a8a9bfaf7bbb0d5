//! What changes from one canvas to the next, so that only that is written.

use crate::picture::{Area, Picture};

/// Unchanged pixels become transparent when they are at least this part of the rectangle, in
/// tenths: long runs then compress well, while a few scattered ones only break up the rest
/// (6 % larger on noisy clips).
const REPEATED_TENTHS: usize = 3;

/// The step from one canvas to the next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// Holds every changed pixel; one pixel when nothing changed.
    pub(super) area: Area,
    /// For each pixel of the area, whether it stays; `None`: too few do.
    pub(super) stays: Option<Vec<bool>>,
}

/// What changes from `before` to `after`, two canvases of the same size.
pub(super) fn difference(before: &Picture, after: &Picture) -> Difference {
    let area = Area::changed(before, after).unwrap_or(Area::FIRST_PIXEL);
    let pairs = area.pixels(before).zip(area.pixels(after));
    let stays: Vec<bool> = pairs.map(|(old, new)| old == new).collect();
    let repeated = stays.iter().filter(|stays| **stays).count() * 10;
    Difference {
        area,
        stays: (repeated >= stays.len() * REPEATED_TENTHS).then_some(stays),
    }
}
