//! Operations that look no further than so many pixels are done anew only where a frame differs from
//! the one before it. The result is the same there, byte for byte: a larger rectangle is done, and what
//! lies near its sides is thrown away.
//!
//! No canvas is held for it. Where frames differ is told by the decoder, which draws them; and what of the
//! result stays is on the encoder's canvas, so that it needs to be given no more than what does not.
//! Only behind operations after which a decoder's word is of no use, if they make frames so small that it
//! costs little, the frame before is held and compared.

use crate::operations::GRID;
use crate::picture::{Area, Picture, Size};

/// A rectangle that is to be done must be less than so many tenths of the picture.
const WORTH_TENTHS: usize = 7;
/// After so many frames in a row that changed nearly everywhere, no more are looked at.
pub(super) const IN_VAIN_MAX: u32 = 3;
/// A frame is held where the canvas that it was made from is so many times larger.
const SMALLER: u64 = 2;

/// What is known of where frames differ.
#[derive(Default)]
pub(super) struct Changed {
    before: Option<Picture>,
    in_vain: u32,
}

/// What must be done to a picture in which little changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// What is to be given to the operations.
    pub(super) needed: Area,
    /// Where their result is right, and may differ from the one before.
    pub(super) touched: Area,
}

impl Changed {
    /// Whether frames are still looked at.
    pub(super) fn is_worth_it(&self) -> bool {
        self.in_vain < IN_VAIN_MAX
    }

    /// Where `picture` differs from the one of the call before, if it is to be found out: it was made from
    /// a canvas of size `made_from`.
    pub(super) fn compare(&mut self, picture: &Picture, made_from: Size) -> Option<Area> {
        let is_small = picture.size.pixels() * SMALLER <= made_from.pixels();
        let before = self.before.take().filter(|_| is_small);
        if !is_small || !self.is_worth_it() {
            return None;
        }
        let Some(mut before) = before.filter(|before| before.size == picture.size) else {
            self.before = Some(picture.clone());
            return None;
        };
        let changed = Area::whole(picture).changed(&before, picture);
        if let Some(changed) = changed {
            let rows = changed.rows_mut(&mut before).zip(changed.rows(picture));
            rows.for_each(|(before, row)| before.copy_from_slice(row));
        }
        self.before = Some(before);
        Some(changed.unwrap_or(Area::FIRST_PIXEL))
    }

    /// What must be done if a picture of that size differs in `changed` from the one before; `None` if that
    /// is so much that all may be done as well.
    pub(super) fn part(&mut self, changed: Area, reach: usize, size: Size) -> Option<Part> {
        // A format may have its rectangles begin at even places only.
        let touched = changed.grown(reach, size).begun_evenly();
        let needed = match reach {
            0 => touched,
            _ => on_grid(touched.grown(reach, size)),
        };
        if needed.count() * 10 < Area::all(size).count() * WORTH_TENTHS {
            self.in_vain = 0;
            return Some(Part { needed, touched });
        }
        self.in_vain += 1;
        if !self.is_worth_it() {
            self.before = None;
        }
        None
    }
}

/// Grown until it begins where patterns do.
fn on_grid(area: Area) -> Area {
    let (left, top) = (area.left / GRID * GRID, area.top / GRID * GRID);
    Area {
        left,
        top,
        width: area.left + area.width - left,
        height: area.top + area.height - top,
    }
}
