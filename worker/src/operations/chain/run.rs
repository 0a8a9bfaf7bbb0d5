//! Operations on each frame by itself, one behind the other: to all of it, or, by the last of them, to
//! the part of it that changed.

use protocol::Limit;

use super::Reel;
use super::changed::{Changed, Part};
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

    /// What the next frame draws: where it may, and does not do so much more, only what changed.
    pub(super) fn next_patch(&mut self) -> Result<Option<Patch>, Refused> {
        let begun = std::mem::replace(&mut self.begun, true);
        let (first_local, reach) = self.local();
        if begun && first_local == 0 && self.changed.is_worth_it() {
            let (changed, mut part) = (&mut self.changed, None);
            let patch = self.reel.next_part(&mut |area, canvas| {
                part = changed.part(area, reach, canvas);
                part.map_or(Area::all(canvas), |part| part.needed)
            })?;
            return patch.map(|patch| self.finish(patch, 0, part)).transpose();
        }
        let Some(Frame { picture, delay }) = self.reel.next_frame()? else {
            return Ok(None);
        };
        let made_from = picture.size;
        let picture = self.apply(0..first_local, picture)?;
        let last = self.stages.len();
        let changed = match first_local < last && delay != Delay::NONE {
            true => self.changed.compare(&picture, made_from),
            false => None,
        };
        let part = changed.and_then(|area| self.changed.part(area, reach, picture.size));
        let mut patch = Patch::from(Frame { picture, delay });
        if let Some(Part { needed, .. }) = part {
            patch.picture = needed.cut_from(patch.picture);
            patch.area = needed;
        }
        self.finish(patch, first_local, part).map(Some)
    }

    /// Does the operations from `first` on; of the result no more is right than `part` says.
    fn finish(
        &mut self,
        mut patch: Patch,
        first: usize,
        part: Option<Part>,
    ) -> Result<Patch, Refused> {
        let picture = self.apply(first..self.stages.len(), patch.picture)?;
        let Some(Part { touched, .. }) = part else {
            return Ok(Frame {
                picture,
                delay: patch.delay,
            }
            .into());
        };
        patch.picture = touched.within(patch.area).cut_from(picture);
        patch.area = touched;
        Ok(patch)
    }

    /// The first of the last operations that have a reach, and how far these look together; before the first
    /// frame none is known to have one.
    fn local(&self) -> (usize, usize) {
        let reaches = self
            .stages
            .iter()
            .rev()
            .map(|stage| stage.effect.as_ref()?.reach());
        let reaches: Vec<usize> = reaches.map_while(|reach| reach).collect();
        (self.stages.len() - reaches.len(), reaches.iter().sum())
    }

    fn apply(
        &mut self,
        stages: std::ops::Range<usize>,
        mut picture: Picture,
    ) -> Result<Picture, Refused> {
        for stage in &mut self.stages[stages] {
            picture = stage.apply(picture, self.pixels_max, self.progress)?;
        }
        Ok(picture)
    }
}

impl Reel for Run<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        let Some(Frame { picture, delay }) = self.reel.next_frame()? else {
            return Ok(None);
        };
        let picture = self.apply(0..self.stages.len(), picture)?;
        Ok(Some(Frame { picture, delay }))
    }
}

impl Stage<'_> {
    /// Of a part of a frame that is the same as of the whole.
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
