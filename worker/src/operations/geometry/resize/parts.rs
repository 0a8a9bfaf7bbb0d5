//! A resize as what is done to every frame of one size, or to parts of it.

use std::cell::OnceCell;
use std::ops::Range;

use protocol::{Filter, Resize};

use super::axis::Axis;
use super::{Pass, Passes, Plan, carried_out, convolved, laid, plan, result_size};
use crate::operations::geometry::canvas::Laid;
use crate::operations::{Effect, Parts};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

/// See the module.
pub(in crate::operations::geometry) struct Resized {
    resize: Resize,
    size: Size,
    /// From the first part on.
    placed: OnceCell<Placed>,
}

/// Where everything comes from.
struct Placed {
    plan: Plan,
    /// `None` in a direction in which nothing is done.
    x: Option<Axis>,
    y: Option<Axis>,
    laid: Option<Laid>,
}

impl Resized {
    /// Of frames of that size.
    pub(in crate::operations::geometry) fn new(resize: Resize, size: Size) -> Self {
        Self {
            resize,
            size,
            placed: OnceCell::new(),
        }
    }

    fn placed(&self) -> &Placed {
        self.placed.get_or_init(|| {
            let plan = plan(&self.resize, self.size);
            let Passes { across, down, .. } = plan.passes(self.size);
            let axis = |own: u32, pass: Option<Pass>| {
                pass.map(|pass| Axis::new(self.resize.filter, own, pass.count, pass.kept))
            };
            Placed {
                x: axis(self.size.width, across),
                y: axis(self.size.height, down),
                laid: laid(&self.resize, &plan),
                plan,
            }
        })
    }
}

impl Effect for Resized {
    fn result_size(&self, size: Size) -> Size {
        result_size(&self.resize, size)
    }

    fn parts(&self) -> Option<&dyn Parts> {
        match self.resize.filter {
            Filter::Lanczos3 | Filter::Hamming => Some(self),
            // Where a pixel is about to count, or a weight lies right between two that there are, what becomes of
            // it is a matter of the last bit, and so of where a part begins. With sines that does not happen.
            _ => None,
        }
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let plan = plan(&self.resize, picture.size);
        carried_out(&self.resize, picture, &plan)
    }
}

impl Parts for Resized {
    fn touched(&self, changed: Area, _size: Size) -> Area {
        let placed = self.placed();
        let touched = placed.each(changed, Axis::touched);
        match &placed.laid {
            Some(laid) => touched.out_of(laid.place),
            None => touched,
        }
    }

    fn needed(&self, wanted: Area, _size: Size) -> Area {
        let placed = self.placed();
        placed.each(placed.made(wanted), Axis::needed)
    }

    fn apply_to_part(&self, part: Picture, wanted: Area, size: Size) -> Result<Picture, Refused> {
        let placed = self.placed();
        let made = placed.made(wanted);
        let pass = |axis: &Option<Axis>, places: Range<usize>| {
            axis.as_ref().map(|axis| Pass {
                count: places.len() as u32,
                kept: axis.kept(places),
            })
        };
        let passes = Passes {
            across: pass(&placed.x, made.columns()),
            down: pass(&placed.y, made.lines()),
            ..placed.plan.passes(size)
        };
        let part = convolved(part, &passes, self.resize.filter)
            .map_err(|error| Refused::bug(format!("resize to {made:?}: {error}")))?;
        let shown = placed.shown(wanted).within(made).cut_from(part);
        Ok(match &placed.laid {
            Some(laid) => laid.part(shown, wanted),
            None => shown,
        })
    }
}

impl Placed {
    /// What of the scaled picture is seen in `wanted`.
    fn shown(&self, wanted: Area) -> Area {
        match &self.laid {
            Some(laid) => laid.needed(wanted),
            None => wanted,
        }
    }

    /// What of the scaled picture must be made for `wanted`.
    fn made(&self, wanted: Area) -> Area {
        self.each(self.shown(wanted), Axis::made)
    }

    /// The same in both directions, where something is done.
    fn each(&self, area: Area, place: impl Fn(&Axis, Range<usize>) -> Range<usize>) -> Area {
        let on = |axis: &Option<Axis>, range: Range<usize>| match axis {
            Some(axis) => place(axis, range),
            None => range,
        };
        Area::of(on(&self.x, area.columns()), on(&self.y, area.lines()))
    }
}
