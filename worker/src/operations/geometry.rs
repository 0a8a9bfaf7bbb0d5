//! Size, place and outline.

mod border;
mod canvas;
mod circle;
mod crop;
mod extend;
mod flip;
mod mirror;
mod pad;
mod perspective;
mod resize;
mod rotate;
mod round;
mod saliency;
mod shadow;
mod thumbnail;
mod tile;
mod trim;
mod turn;

use protocol::{Filter, Fit, Geometry, Resize};

use super::{Effect, Prepare};
use crate::decode::{View, Wanted};
use crate::picture::Size;
pub(super) use canvas::halves;
pub(crate) use crop::area as crop_area;
pub(crate) use resize::{Scaling, scaling, shrink_wanted as resize_shrink_wanted};
pub(super) use resize::{quickly, smoothly};

/// What is needed of a picture of `size` if this is what is done to it first.
pub(super) fn wanted(operation: &Geometry, size: Size) -> Wanted {
    let smaller = |resize| Wanted::Smaller(resize::shrink_wanted(resize, size));
    match operation {
        Geometry::Resize(operation) => smaller(operation),
        Geometry::Thumbnail(operation) => smaller(&thumbnail::resize(operation)),
        Geometry::Crop(operation) => crop::area(operation, size).map_or(Wanted::All, Wanted::Part),
        _ => Wanted::All,
    }
}

/// The operation as a resize to pixels between those that are there, on no canvas.
pub(crate) fn as_resize(operation: &Geometry) -> Option<Resize> {
    let resize = match operation {
        Geometry::Resize(operation) => *operation,
        Geometry::Thumbnail(operation) => thumbnail::resize(operation),
        _ => return None,
    };
    (resize.fit != Fit::Contain && resize.filter != Filter::Nearest).then_some(resize)
}

/// The operation on what was decoded for it.
pub(super) fn on_view<'a>(operation: &Geometry, view: View) -> Option<Box<dyn Effect + 'a>> {
    let resize = match operation {
        Geometry::Resize(operation) => *operation,
        Geometry::Thumbnail(operation) => thumbnail::resize(operation),
        Geometry::Crop(operation) => return Some(Box::new(crop::of_view(operation, view)?)),
        _ => return None,
    };
    Some(Box::new(resize::OfShrunk::new(resize, view)))
}

pub(super) fn find(operation: &Geometry) -> &dyn Prepare {
    match operation {
        Geometry::Resize(operation) => operation,
        Geometry::Thumbnail(operation) => operation,
        Geometry::Crop(operation) => operation,
        Geometry::Trim(operation) => operation,
        Geometry::Pad(operation) => operation,
        Geometry::Extend(operation) => operation,
        Geometry::Rotate(operation) => operation,
        Geometry::Flip(operation) => operation,
        Geometry::Mirror(operation) => operation,
        Geometry::Circle(operation) => operation,
        Geometry::Round(operation) => operation,
        Geometry::Border(operation) => operation,
        Geometry::Shadow(operation) => operation,
        Geometry::Tile(operation) => operation,
        Geometry::Perspective(operation) => operation,
    }
}
