//! Operations for which a colour is all that counts: what becomes of a pixel depends on nothing but
//! itself, and an opaque one stays opaque.

use protocol::{Operation, Tone};

use super::chain::Work;
use super::find;
use crate::picture::Picture;
use crate::refused::Refused;

/// Whether it is one of these.
pub(crate) fn is_enough(operation: &Operation) -> bool {
    let Operation::Tone(tone) = operation else {
        return false;
    };
    match tone {
        Tone::Brightness(_)
        | Tone::Contrast(_)
        | Tone::Saturation(_)
        | Tone::Hue(_)
        | Tone::Gamma(_)
        | Tone::Levels(_)
        | Tone::Grayscale(_)
        | Tone::Sepia(_)
        | Tone::Tint(_)
        | Tone::Duotone(_)
        | Tone::Invert(_)
        | Tone::Posterize(_)
        | Tone::Solarize(_)
        | Tone::Threshold(_) => true,
        // The whole picture counts, alpha does not stay, the place counts.
        Tone::Normalize(_) | Tone::Opacity(_) | Tone::Vignette(_) => false,
    }
}

/// All of them, one after the other.
pub(crate) fn apply(operations: &[Operation], picture: Picture) -> Result<Picture, Refused> {
    operations.iter().try_fold(picture, |picture, operation| {
        let Work::Each(operation) = find(operation) else {
            return Err(Refused::bug("not an operation on colours"));
        };
        operation.prepare(&picture).apply(picture)
    })
}
