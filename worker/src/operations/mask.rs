//! Rounded corners and circles with soft edges; outlines of any form are in `mask/shape.rs`.

pub(super) mod shape;

use protocol::Colour;

use super::compose::mix;
use crate::picture::{CHANNELS, Picture};

/// Fills what lies outside the rounded corners with `background`. A radius of half the shorter
/// side makes a circle of a square.
pub(super) fn round(picture: &mut Picture, radius: f64, background: Colour) {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let radius = radius.min(width.min(height) as f64 / 2.0);
    let reach = (radius.ceil() as usize).min(width).min(height);
    // How far the middle of pixel `at` of `length` lies outside the straight part of a side.
    let outside = |at: usize, length: usize| {
        let middle = at as f64 + 0.5;
        (radius - middle)
            .max(middle - (length as f64 - radius))
            .max(0.0)
    };
    for (y, row) in picture.rows_mut().enumerate() {
        let dy = outside(y, height);
        if dy == 0.0 {
            continue;
        }
        let pixels = row.as_chunks_mut::<CHANNELS>().0;
        let ends = (0..reach).chain(width.saturating_sub(reach).max(reach)..width);
        for x in ends {
            let dx = outside(x, width);
            let inside = (radius - (dx * dx + dy * dy).sqrt() + 0.5).clamp(0.0, 1.0);
            if inside < 1.0 {
                pixels[x] = mix(background.0, pixels[x], (inside * 255.0 + 0.5) as u32);
            }
        }
    }
}
