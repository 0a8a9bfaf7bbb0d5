//! Operations on each frame by itself, one behind the other: to all of it, or to the part of it that
//! changed.

use protocol::Limit;

use super::Reel;
use super::changed::{Changed, Local, Plan};
use crate::decode::Choose;
use crate::operations::{Compose, Effect, Prepare};
use crate::picture::{Area, Delay, Frame, Patch, Picture};
use crate::progress::Progress;
use crate::refused::Refused;

/// An operation that waits for its first frame.
pub(super) enum Preparation<'a> {
    Alone(&'a dyn Prepare),
    With(&'a dyn Compose, &'a Picture),
}

/// An operation that does the same to each frame.
pub(super) struct Stage<'a> {
    /// Its number in the job.
    pub(super) index: usize,
    pub(super) preparation: Preparation<'a>,
    /// From the first frame on.
    pub(super) effect: Option<Box<dyn Effect + 'a>>,
}

/// See the module; there may be no operation at all.
pub(super) struct Run<'a> {
    reel: Box<dyn Reel + 'a>,
    stages: Vec<Stage<'a>>,
    pixels_max: u64,
    progress: &'a Progress,
    /// Whether the first frame has been given.
    begun: bool,
    changed: Changed,
}

impl<'a> Run<'a> {
    pub(super) fn new(reel: Box<dyn Reel + 'a>, pixels_max: u64, progress: &'a Progress) -> Self {
        Self {
            reel,
            stages: Vec::new(),
            pixels_max,
            progress,
            begun: false,
            changed: Changed::default(),
        }
    }

    /// Puts an operation behind the others.
    pub(super) fn push(&mut self, stage: Stage<'a>) {
        self.stages.push(stage);
    }

    pub(super) fn into_reel(self) -> Box<dyn Reel + 'a> {
        match self.stages.is_empty() {
            true => self.reel,
            false => Box::new(self),
        }
    }

    /// What the next frame draws: where that is not nearly everything, only what changed.
    pub(super) fn next_patch(&mut self) -> Result<Option<Patch>, Refused> {
        // A format may have its rectangles begin at even places only.
        self.next_part(&mut |touched, _| touched.begun_evenly())
    }

    /// Does all operations to the part of a frame that was chosen, of which more may have been given.
    fn carry_out(&self, plan: Plan, patch: Patch) -> Result<Patch, Refused> {
        let chosen = plan.needed.within(patch.area);
        let mut picture = chosen.cut_from(patch.picture);
        for (stage, step) in self.stages.iter().zip(plan.steps) {
            self.progress.at_operation(stage.index);
            if let Some(operation) = stage.local() {
                picture = operation.apply(picture, step)?;
            }
        }
        Ok(Patch {
            picture,
            area: plan.wanted,
            canvas: plan.canvas,
            delay: patch.delay,
        })
    }

    /// Does all operations to a whole frame.
    fn apply(&mut self, mut picture: Picture, delay: Delay) -> Result<Frame, Refused> {
        for stage in &mut self.stages {
            picture = stage.apply(picture, self.pixels_max, self.progress)?;
        }
        Ok(Frame { picture, delay })
    }
}

impl Reel for Run<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        let Some(Frame { picture, delay }) = self.reel.next_frame()? else {
            return Ok(None);
        };
        self.apply(picture, delay).map(Some)
    }

    fn next_part(&mut self, choose: Choose<'_>) -> Result<Option<Patch>, Refused> {
        let begun = std::mem::replace(&mut self.begun, true);
        let (reel, changed) = (&mut self.reel, &mut self.changed);
        let operations: Option<Vec<_>> = self.stages.iter().map(Stage::local).collect();
        let mut plan = None;
        let patch = match operations.filter(|_| begun && changed.is_worth_it()) {
            Some(operations) => reel.next_part(&mut |area, canvas| {
                plan = changed.plan(&operations, (area, canvas), choose);
                plan.as_ref().map_or(Area::all(canvas), |plan| plan.needed)
            }),
            None => reel.next_frame().map(|frame| frame.map(Patch::from)),
        };
        let Some(patch) = patch? else {
            return Ok(None);
        };
        let patch = match plan {
            Some(plan) => self.carry_out(plan, patch),
            None => self.apply(patch.picture, patch.delay).map(Patch::from),
        };
        patch.map(Some)
    }
}

impl Stage<'_> {
    /// `None` if it cannot be done to parts, or has seen no frame.
    fn local(&self) -> Option<Local<'_>> {
        Local::of(self.effect.as_deref()?)
    }

    /// Does it to a whole frame.
    fn apply(
        &mut self,
        picture: Picture,
        pixels_max: u64,
        progress: &Progress,
    ) -> Result<Picture, Refused> {
        progress.at_operation(self.index);
        let effect = match self.effect.take() {
            Some(effect) => effect,
            None => self.preparation.prepare(&picture)?,
        };
        let effect = self.effect.insert(effect);
        let size = effect.result_size(picture.size);
        Refused::output_over(Limit::OutputPixels, size.pixels(), pixels_max)?;
        let picture = effect.apply(picture)?;
        debug_assert_eq!(picture.size, size);
        Ok(picture)
    }
}

impl<'a> Preparation<'a> {
    fn prepare(&self, first: &Picture) -> Result<Box<dyn Effect + 'a>, Refused> {
        match *self {
            Self::Alone(operation) => Ok(operation.prepare(first)),
            Self::With(operation, other) => operation.prepare(other, first),
        }
    }
}

#[cfg(test)]
mod tests;
