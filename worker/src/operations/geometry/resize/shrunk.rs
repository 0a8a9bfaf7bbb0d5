//! A resize of a picture that its decoder has already made smaller, because of this resize. Sizes
//! and the part that is kept are those of the whole picture; only the last stretch is resampled.

use protocol::{Filter, Resize};

use super::{Kept, carried_out, plan, result_size};
use crate::decode::View;
use crate::operations::Effect;
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// By how much a picture of `size` may be decoded smaller: a whole number, by which both
/// directions still get smaller afterwards or stay. An eighth is left for far more than that,
/// because means of eight pixels show, unless they are averaged again.
pub(crate) fn shrink_wanted(resize: &Resize, size: Size) -> u32 {
    if resize.filter == Filter::Nearest {
        return 1;
    }
    let plan = plan(resize, size);
    let across = plan.kept.x.1 / f64::from(plan.scaled.width);
    let down = plan.kept.y.1 / f64::from(plan.scaled.height);
    match across.min(down) {
        by if by >= 16.0 => 8,
        by if by >= 4.0 => 4,
        by if by >= 2.0 => 2,
        _ => 1,
    }
}

/// A resize of what is left of a picture.
pub(in crate::operations::geometry) struct OfShrunk {
    resize: Resize,
    view: View,
}

impl OfShrunk {
    pub(in crate::operations::geometry) fn new(resize: Resize, view: View) -> Self {
        Self { resize, view }
    }
}

impl Effect for OfShrunk {
    fn result_size(&self, _size: Size) -> Size {
        result_size(&self.resize, self.view.original)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let original = self.view.original;
        let mut plan = plan(&self.resize, original);
        plan.kept = Kept {
            x: moved(plan.kept.x, original.width, self.view.x, picture.size.width),
            y: moved(
                plan.kept.y,
                original.height,
                self.view.y,
                picture.size.height,
            ),
        };
        carried_out(&self.resize, picture, &plan)
    }
}

/// A start and a length of the original, `own` px long, in what is left of it. Rounding must not
/// lead out of the picture.
fn moved(kept: (f64, f64), own: u32, covered: (f64, f64), side: u32) -> (f64, f64) {
    let scale = covered.1 / f64::from(own);
    let start = (covered.0 + kept.0 * scale).max(0.0);
    (start, (kept.1 * scale).min(f64::from(side) - start))
}
