//! Where what a viewer sees differs from what was seen before, told while frames are drawn, so that
//! nobody has to hold the frame before to find out.

use super::canvas::Disposal;
use crate::picture::{Area, Delay, Patch, Picture, Size};

/// Says what is to be given of a canvas of that size on which nothing outside of the area has changed.
pub(crate) type Choose<'c> = &'c mut dyn FnMut(Area, Size) -> Area;

/// Looks on while a canvas is drawn on; only if it is asked to, because looking takes time.
#[derive(Debug, Default)]
pub(super) struct Watch {
    on: bool,
    /// Around all that differs so far.
    changed: Option<Area>,
    /// What the last frame drew, if it does not stay.
    passing: Option<Area>,
}

impl Watch {
    /// Whether frames from now on are looked at.
    pub(super) fn set(&mut self, on: bool) {
        self.on = on;
    }

    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    /// What a viewer sees of a canvas of that `size` after the frame that was drawn last, as far as it is
    /// chosen, or all of it if it was not looked at: `shown`, or if that is nothing, what `stays` in an area.
    pub(super) fn patch(
        &self,
        choose: Option<Choose<'_>>,
        (canvas, delay): (Size, Delay),
        shown: Option<Picture>,
        stays: impl FnOnce(Area) -> Picture,
    ) -> Patch {
        let area = match choose {
            Some(choose) if self.on => choose(self.changed.unwrap_or(Area::FIRST_PIXEL), canvas),
            _ => Area::all(canvas),
        };
        Patch {
            picture: match shown {
                Some(shown) => area.cut_from(shown),
                None => stays(area),
            },
            area,
            canvas,
            delay,
        }
    }

    /// Now comes a frame that draws in `area`.
    pub(super) fn begin(&mut self, area: Area, disposal: Disposal) {
        self.changed = self.passing.take();
        if disposal != Disposal::Keep && area.count() > 0 {
            self.passing = Some(area);
        }
    }

    /// Takes note that anything in `area` may differ.
    pub(super) fn note(&mut self, area: Area) {
        self.changed = Some(match self.changed {
            Some(changed) => changed.around(area),
            None => area,
        });
    }

    /// Has row `y` of `area` drawn by `draw`, and takes note where it becomes another; `same` tells
    /// whether two values look alike.
    pub(super) fn row<P: Copy + PartialEq>(
        &mut self,
        (area, y): (Area, usize),
        row: &mut [P],
        draw: impl FnOnce(&mut [P]),
        same: impl Fn(P, P) -> bool,
    ) {
        if !self.on {
            return draw(row);
        }
        let before = row.to_vec();
        draw(row);
        if before == row {
            return;
        }
        let pairs = || before.iter().zip(row.iter());
        let differs = |(before, after): (&P, &P)| !same(*before, *after);
        if let (Some(first), Some(last)) = (pairs().position(differs), pairs().rposition(differs)) {
            self.note(Area {
                left: area.left + first,
                top: area.top + y,
                width: last - first + 1,
                height: 1,
            });
        }
    }
}
