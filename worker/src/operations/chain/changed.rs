//! Operations of which a part of the result needs no more than a part of the picture are done anew only
//! where a frame differs from the one before it. The result is the same there, byte for byte.
//!
//! No canvas is held for it. Where frames differ is told by the decoder, which draws them; and what of the
//! result stays is on the encoder's canvas, so that it needs to be given no more than what does not.

use crate::decode::Choose;
use crate::operations::{Effect, GRID, Parts};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

/// A rectangle that is to be done must be less than so many tenths of the picture.
const WORTH_TENTHS: usize = 7;
/// After so many frames in a row that changed nearly everywhere, no more are looked at.
pub(super) const IN_VAIN_MAX: u32 = 3;

/// Whether to look where frames differ.
#[derive(Default)]
pub(super) struct Changed {
    in_vain: u32,
}

/// What is to be done to a picture in which little changed.
pub(super) struct Plan {
    /// What is to be given to the first operation.
    pub(super) needed: Area,
    /// What each operation makes.
    pub(super) steps: Vec<Step>,
    /// What the last one makes, and the size of its whole.
    pub(super) wanted: Area,
    pub(super) canvas: Size,
}

/// What an operation makes of a part of a picture.
pub(super) struct Step {
    /// The size of the whole picture.
    size: Size,
    /// The part of its result.
    wanted: Area,
}

impl Changed {
    /// Whether frames are still looked at.
    pub(super) fn is_worth_it(&self) -> bool {
        self.in_vain < IN_VAIN_MAX
    }

    /// What `operations` must do if a picture of that size differs in `changed` from the one before, and what
    /// is to be given of the result is chosen; `None` if that is so much that all may be done as well.
    pub(super) fn plan(
        &mut self,
        operations: &[Local<'_>],
        (changed, size): (Area, Size),
        choose: Choose<'_>,
    ) -> Option<Plan> {
        let plan = Plan::new(operations, changed, size, choose);
        let is_little = plan.needed.count() * 10 < Area::all(size).count() * WORTH_TENTHS;
        self.in_vain = match is_little {
            true => 0,
            false => self.in_vain + 1,
        };
        is_little.then_some(plan)
    }
}

impl Plan {
    /// Forwards where something may change, backwards what is needed for it.
    fn new(operations: &[Local<'_>], changed: Area, size: Size, choose: Choose<'_>) -> Self {
        let (mut touched, mut canvas) = (changed, size);
        let mut steps = Vec::with_capacity(operations.len());
        for operation in operations {
            touched = operation.touched(touched, canvas);
            let (size, wanted) = (canvas, touched);
            steps.push(Step { size, wanted });
            canvas = operation.result_size(size);
        }
        let wanted = choose(touched, canvas);
        let mut needed = wanted;
        for (operation, step) in operations.iter().zip(&mut steps).rev() {
            step.wanted = needed;
            needed = operation.needed(needed, step.size);
        }
        Self {
            needed,
            steps,
            wanted,
            canvas,
        }
    }
}

/// An operation that can be done to a part of a picture.
#[derive(Clone, Copy)]
pub(super) enum Local<'a> {
    /// It looks so far around each pixel.
    Around(&'a dyn Effect, usize),
    /// It knows what it makes its parts of.
    Placed(&'a dyn Effect, &'a dyn Parts),
}

impl<'a> Local<'a> {
    /// `None` if it is one that cannot.
    pub(super) fn of(effect: &'a dyn Effect) -> Option<Self> {
        let placed = effect.parts().map(|parts| Self::Placed(effect, parts));
        placed.or_else(|| Some(Self::Around(effect, effect.reach()?)))
    }

    fn result_size(self, size: Size) -> Size {
        match self {
            Self::Around(effect, _) | Self::Placed(effect, _) => effect.result_size(size),
        }
    }

    fn touched(self, changed: Area, size: Size) -> Area {
        match self {
            Self::Around(_, reach) => changed.grown(reach, size),
            Self::Placed(_, parts) => parts.touched(changed, size),
        }
    }

    fn needed(self, wanted: Area, size: Size) -> Area {
        match self {
            Self::Around(_, 0) => wanted,
            Self::Around(_, reach) => on_grid(wanted.grown(reach, size)),
            Self::Placed(_, parts) => parts.needed(wanted, size),
        }
    }

    /// Does it, to the part of a picture that the step needs.
    pub(super) fn apply(self, part: Picture, step: Step) -> Result<Picture, Refused> {
        let Step { size, wanted } = step;
        let made = match self {
            // What lies near the sides of what was given is not right.
            Self::Around(effect, _) => {
                let needed = self.needed(wanted, size);
                wanted.within(needed).cut_from(effect.apply(part)?)
            }
            Self::Placed(_, parts) => parts.apply_to_part(part, wanted, size)?,
        };
        debug_assert_eq!(made.size, wanted.size());
        Ok(made)
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
