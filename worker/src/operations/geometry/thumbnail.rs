//! Thumbnail: a resize that never enlarges, into a square box.

use protocol::{Colour, Filter, Fit, Gravity, Resize, Thumbnail};

use crate::operations::Effect;
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// The same as a resize.
pub(super) fn resize(thumbnail: &Thumbnail) -> Resize {
    Resize {
        width: Some(thumbnail.size),
        height: Some(thumbnail.size),
        fit: Fit::Inside,
        filter: Filter::Lanczos3,
        enlarge: false,
        gravity: Gravity::Center,
        background: Colour::TRANSPARENT,
    }
}

impl Effect for Thumbnail {
    fn result_size(&self, size: Size) -> Size {
        resize(self).result_size(size)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        resize(self).apply(picture)
    }
}
