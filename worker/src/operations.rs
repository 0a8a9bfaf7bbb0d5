//! The list of operations, run by a loop. What each one does is in the file of its name; what
//! each one is called, and which values its parameters may have, is in `protocol`.

mod blur;
mod flip;
mod gaussian;
mod grayscale;
mod invert;
mod mirror;
mod pixel;
mod resize;
mod rotate;

use protocol::{Limit, Operation};

use crate::picture::{Picture, Size};
use crate::progress::Progress;
use crate::refused::Refused;

/// An operation that knows how to be done.
trait Effect {
    /// The size that a picture of `size` will have afterwards.
    fn result_size(&self, size: Size) -> Size {
        size
    }

    /// Does it, to one frame; frames never see each other.
    fn apply(&self, picture: Picture) -> Result<Picture, Refused>;
}

fn effect(operation: &Operation) -> &dyn Effect {
    match operation {
        Operation::Blur(effect) => effect,
        Operation::Invert(effect) => effect,
        Operation::Grayscale(effect) => effect,
        Operation::Pixel(effect) => effect,
        Operation::Flip(effect) => effect,
        Operation::Mirror(effect) => effect,
        Operation::Rotate(effect) => effect,
        Operation::Resize(effect) => effect,
    }
}

/// Applies `operations` in order; each result is held against `pixels_max` before memory is
/// taken for it.
///
/// # Errors
/// When a result would be too large.
pub(crate) fn apply_all(
    operations: &[Operation],
    mut picture: Picture,
    pixels_max: u64,
    progress: &Progress,
) -> Result<Picture, Refused> {
    for (index, operation) in operations.iter().enumerate() {
        progress.at_operation(index);
        let effect = effect(operation);
        let size = effect.result_size(picture.size);
        Refused::output_over(Limit::OutputPixels, size.pixels(), pixels_max)?;
        picture = effect.apply(picture)?;
        debug_assert_eq!(picture.size, size);
    }
    Ok(picture)
}

#[cfg(test)]
mod tests;
