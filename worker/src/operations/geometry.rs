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

use protocol::Geometry;

use super::Prepare;
pub(super) use canvas::halves;
pub(super) use resize::{quickly, smoothly};

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
