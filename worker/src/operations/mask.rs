//! Rounded corners and circles with soft edges; outlines of any form are in `mask/shape.rs`.

pub(super) mod shape;

use protocol::Colour;

use super::compose::mix;
use crate::picture::{Area, CHANNELS, Picture, Size};

/// Fills what lies outside the rounded corners with `background`. A radius of half the shorter
/// side makes a circle of a square.
pub(super) fn round(picture: &mut Picture, radius: f64, background: Colour) {
    let (all, size) = (Area::whole(picture), picture.size);
    round_part(picture, (all, size), radius, background);
}

/// The same to the part of a picture of `size` that lies in `area`.
pub(super) fn round_part(
    part: &mut Picture,
    (area, size): (Area, Size),
    radius: f64,
    background: Colour,
) {
    let (width, height) = (size.width as usize, size.height as usize);
    let radius = radius.min(width.min(height) as f64 / 2.0);
    let reach = (radius.ceil() as usize).min(width).min(height);
    // How far the middle of pixel `at` of `length` lies outside the straight part of a side.
    let outside = |at: usize, length: usize| {
        let middle = at as f64 + 0.5;
        (radius - middle)
            .max(middle - (length as f64 - radius))
            .max(0.0)
    };
    let columns = area.columns();
    let within = |from: usize, to: usize| from.max(columns.start)..to.min(columns.end);
    for (y, row) in area.lines().zip(part.rows_mut()) {
        let dy = outside(y, height);
        if dy == 0.0 {
            continue;
        }
        let pixels = row.as_chunks_mut::<CHANNELS>().0;
        let right = width.saturating_sub(reach).max(reach);
        for x in within(0, reach).chain(within(right, width)) {
            let dx = outside(x, width);
            let inside = (radius - (dx * dx + dy * dy).sqrt() + 0.5).clamp(0.0, 1.0);
            if inside < 1.0 {
                let pixel = &mut pixels[x - columns.start];
                *pixel = mix(background.0, *pixel, (inside * 255.0 + 0.5) as u32);
            }
        }
    }
}
