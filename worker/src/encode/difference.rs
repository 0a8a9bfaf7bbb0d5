//! What changes from one canvas to the next, so that only that is written.

use crate::picture::Picture;

/// Unchanged pixels become transparent when they are at least this part of the rectangle, in
/// tenths: long runs then compress well, while a few scattered ones only break up the rest
/// (6 % larger on noisy clips).
const REPEATED_TENTHS: u64 = 3;

/// A rectangle of a canvas, px; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

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
    let mut bounds = Bounds::default();
    let mut changed = 0_u64;
    for (y, (old, new)) in before.rows().zip(after.rows()).enumerate() {
        if old == new {
            continue;
        }
        let pairs = old.as_chunks::<4>().0.iter().zip(new.as_chunks::<4>().0);
        for (x, _) in pairs.enumerate().filter(|(_, (old, new))| old != new) {
            bounds.include(x, y);
            changed += 1;
        }
    }
    let area = bounds.area();
    let pixels = area.width as u64 * area.height as u64;
    let repeated = (pixels - changed.min(pixels)) * 10 >= pixels * REPEATED_TENTHS;
    Difference {
        area,
        stays: repeated.then(|| {
            let pairs = area.pixels(before).zip(area.pixels(after));
            pairs.map(|(old, new)| old == new).collect()
        }),
    }
}

impl Area {
    /// All of `canvas`.
    pub(super) fn whole(canvas: &Picture) -> Self {
        Self {
            left: 0,
            top: 0,
            width: canvas.size.width as usize,
            height: canvas.size.height as usize,
        }
    }

    /// The pixels of `canvas` inside, row by row.
    pub(super) fn pixels(self, canvas: &Picture) -> impl Iterator<Item = [u8; 4]> {
        canvas
            .rows()
            .skip(self.top)
            .take(self.height)
            .flat_map(move |row| row.as_chunks().0.iter().skip(self.left).take(self.width))
            .copied()
    }
}

#[derive(Default)]
struct Bounds {
    /// First and last column, first and last row.
    corners: Option<(usize, usize, usize, usize)>,
}

impl Bounds {
    fn include(&mut self, x: usize, y: usize) {
        let (left, right, top, _) = self.corners.unwrap_or((x, x, y, y));
        self.corners = Some((left.min(x), right.max(x), top, y));
    }

    fn area(&self) -> Area {
        let (left, right, top, bottom) = self.corners.unwrap_or_default();
        Area {
            left,
            top,
            width: right - left + 1,
            height: bottom - top + 1,
        }
    }
}
