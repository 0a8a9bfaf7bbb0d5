//! What changes from one canvas to the next, so that only that is written. Both canvases have
//! been through [`threshold`]: every pixel is opaque, or transparent black.

use crate::picture::Picture;

/// Alpha from which a pixel is opaque; GIF knows no more than that.
const OPAQUE_FROM: u8 = 128;
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

/// Makes every pixel opaque, or transparent black.
pub(super) fn threshold(picture: &mut Picture) {
    for pixel in picture.as_pixels_mut() {
        if pixel[3] >= OPAQUE_FROM {
            pixel[3] = 255;
        } else {
            *pixel = [0; 4];
        }
    }
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

/// Whether an opaque pixel becomes transparent, which no drawing can do.
pub(super) fn clears(before: &Picture, after: &Picture) -> bool {
    let pairs = before.as_pixels().iter().zip(after.as_pixels());
    pairs.into_iter().any(|(old, new)| old[3] > new[3])
}

/// What must be drawn on an empty canvas to get `canvas`.
pub(super) fn from_empty(canvas: &Picture) -> Difference {
    let mut bounds = Bounds::default();
    for (y, row) in canvas.rows().enumerate() {
        let opaque = |pixel: &[u8; 4]| pixel[3] != 0;
        let pixels = row.as_chunks::<4>().0;
        if let (Some(first), Some(last)) = (
            pixels.iter().position(opaque),
            pixels.iter().rposition(opaque),
        ) {
            bounds.include(first, y);
            bounds.include(last, y);
        }
    }
    Difference {
        area: bounds.area(),
        stays: None,
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
    pub(super) fn pixels_mut(self, canvas: &mut Picture) -> impl Iterator<Item = &mut [u8; 4]> {
        let rows = canvas.rows_mut().skip(self.top).take(self.height);
        rows.flat_map(move |row| {
            let pixels = row.as_chunks_mut().0.iter_mut();
            pixels.skip(self.left).take(self.width)
        })
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
