//! The list of operations, run as a chain: each takes frames from the one before it and gives
//! frames to the next, so that memory is bounded by a few canvases however long the animation
//! is. What each one does is in the file of its name; what each one is called, and which values
//! its parameters may have, is in `protocol`.

mod animation;
mod chain;
pub(crate) mod colours_alone;
mod composite;
mod detail;
mod effect;
mod geometry;
mod tone;

// What several operations are made of.
mod colours;
mod compose;
mod grain;
mod in_place;
mod lettering;
mod mask;
mod plane;
mod random;
mod rounding;
mod sample;

use protocol::Operation;

use crate::decode::{View, Wanted};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;
use chain::Work;
pub(crate) use chain::{Chain, Reel, chain};
pub(crate) use geometry::{Scaling, as_resize, crop_area, resize_shrink_wanted, scaling};

/// Patterns of the place that [`Effect::reach`] allows repeat after so many px, or a part of that.
const GRID: usize = 64;

/// What is done to a frame: the same to every one, whatever is on it, so that an animation
/// neither flickers nor changes its size.
trait Effect {
    /// The size that a picture of `size` will have afterwards.
    fn result_size(&self, size: Size) -> Size {
        size
    }

    /// How far from a pixel, in px, the last one lies that its result depends on, 0 if that is the pixel
    /// itself, wherever it is; `None` where it depends on more than these: on the place (but for a pattern of
    /// [`GRID`]), on the size, or on the picture as a whole.
    /// Of an animation such an operation is done only where something changes (`chain/run.rs`).
    fn reach(&self) -> Option<usize> {
        None
    }

    /// The same for operations that depend on the place: how they make a part of their result; `None` where that
    /// takes the whole picture.
    fn parts(&self) -> Option<&dyn Parts> {
        None
    }

    /// Does it, to one frame; frames never see each other.
    fn apply(&self, picture: Picture) -> Result<Picture, Refused>;
}

/// How an operation that depends on the place makes a part of its result.
trait Parts {
    /// Where in the result of a picture of `size` something may differ if the picture does in `changed`; any
    /// place where there is none.
    fn touched(&self, changed: Area, _size: Size) -> Area {
        changed
    }

    /// Of a picture of `size`, the part that `wanted` of the result is made from.
    fn needed(&self, wanted: Area, _size: Size) -> Area {
        wanted
    }

    /// Makes `wanted` of the result, from that part of a picture of `size`.
    fn apply_to_part(&self, part: Picture, wanted: Area, size: Size) -> Result<Picture, Refused>;

    /// Makes all of a result that is as large as the picture.
    fn apply_to_all(&self, picture: Picture) -> Result<Picture, Refused> {
        let (all, size) = (Area::whole(&picture), picture.size);
        self.apply_to_part(picture, all, size)
    }
}

/// An operation before it has seen a picture. What depends on content is decided here, by the
/// first frame for all of them; an operation that decides nothing is its own effect.
trait Prepare {
    /// What will be done to every frame, this first one included.
    fn prepare<'a>(&'a self, first: &Picture) -> Box<dyn Effect + 'a>;
}

/// An operation that takes a second picture.
trait Compose {
    /// The number of that picture among the job's; 2 is the second.
    fn picture(&self) -> u32;

    /// What will be done to every frame, `first` included.
    ///
    /// # Errors
    /// When `other` cannot be brought to the size that it must have.
    fn prepare<'a>(
        &'a self,
        other: &Picture,
        first: &Picture,
    ) -> Result<Box<dyn Effect + 'a>, Refused>;
}

impl<E: Effect> Prepare for E {
    fn prepare<'a>(&'a self, _first: &Picture) -> Box<dyn Effect + 'a> {
        Box::new(self)
    }
}

impl<E: Effect + ?Sized> Effect for &E {
    fn result_size(&self, size: Size) -> Size {
        (**self).result_size(size)
    }

    fn reach(&self) -> Option<usize> {
        (**self).reach()
    }

    fn parts(&self) -> Option<&dyn Parts> {
        (**self).parts()
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        (**self).apply(picture)
    }
}

/// What these operations need of a picture of `size`.
pub(crate) fn wanted(operations: &[Operation], size: Size) -> Wanted {
    match operations.first() {
        Some(Operation::Geometry(operation)) => geometry::wanted(operation, size),
        _ => Wanted::All,
    }
}

/// The first operation on what was decoded for it.
fn on_view<'a>(operation: &Operation, view: View) -> Option<Box<dyn Effect + 'a>> {
    match operation {
        Operation::Geometry(operation) => geometry::on_view(operation, view),
        _ => None,
    }
}

fn find(operation: &Operation) -> Work<'_> {
    match operation {
        Operation::Geometry(operation) => Work::Each(geometry::find(operation)),
        Operation::Tone(operation) => Work::Each(tone::find(operation)),
        Operation::Detail(operation) => Work::Each(detail::find(operation)),
        Operation::Animation(operation) => Work::Whole(animation::find(operation)),
        Operation::Effect(operation) => Work::Each(effect::find(operation)),
        Operation::Composite(operation) => Work::With(composite::find(operation)),
    }
}

#[cfg(test)]
mod tests;
