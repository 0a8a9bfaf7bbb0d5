//! What depends on a pixel's neighbours.

mod blur;
mod boxblur;
mod edge;
mod emboss;
mod flatten;
mod gaussian;
mod halftone;
mod median;
mod mosaic;
mod motionblur;
mod noise;
mod oilpaint;
mod pixel;
mod sharpen;
mod zoomblur;

use protocol::Detail;

use super::Prepare;

pub(super) use gaussian::{blur as gaussian, blurred_plane, reach as gaussian_reach};

pub(super) fn find(operation: &Detail) -> &dyn Prepare {
    match operation {
        Detail::Blur(operation) => operation,
        Detail::BoxBlur(operation) => operation,
        Detail::MotionBlur(operation) => operation,
        Detail::ZoomBlur(operation) => operation,
        Detail::Sharpen(operation) => operation,
        Detail::Median(operation) => operation,
        Detail::Edge(operation) => operation,
        Detail::Emboss(operation) => operation,
        Detail::Pixel(operation) => operation,
        Detail::Mosaic(operation) => operation,
        Detail::Noise(operation) => operation,
        Detail::OilPaint(operation) => operation,
        Detail::Halftone(operation) => operation,
        Detail::Flatten(operation) => operation,
    }
}
