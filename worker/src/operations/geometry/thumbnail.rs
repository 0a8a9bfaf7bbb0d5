//! Thumbnail: a resize that never enlarges, into a square box.

use protocol::{Colour, Filter, Fit, Gravity, Resize, Thumbnail};

use super::resize::Resized;
use crate::operations::{Effect, Prepare};
use crate::picture::Picture;

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

impl Prepare for Thumbnail {
    fn prepare<'a>(&'a self, first: &Picture) -> Box<dyn Effect + 'a> {
        Box::new(Resized::new(resize(self), first.size))
    }
}
