//! Where most is to be seen: edges, strong colours, the colour of skin and what is unlike the
//! rest, and a little preference for the middle, summed over a small version of the picture.

use crate::operations::plane::{Plane, steepness};
use crate::picture::{Picture, Size};

use super::resize;

/// Longer side of the small version, px.
const SMALL: u32 = 160;

/// Where a box of `size`, which fits into the picture, has most in it: left and top.
pub(super) fn best(picture: &Picture, size: Size) -> (u32, u32) {
    let longer = picture.size.width.max(picture.size.height);
    let scale = f64::from(SMALL.min(longer)) / f64::from(longer);
    let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    let small = Size::new(scaled(picture.size.width), scaled(picture.size.height));
    let Ok(small) = resize::quickly(picture.clone(), small) else {
        return (0, 0);
    };
    let sums = Sums::of(&small);
    let (width, height) = (scaled(size.width), scaled(size.height));
    let free_x = small.size.width.saturating_sub(width);
    let free_y = small.size.height.saturating_sub(height);
    let mut best = (0, 0, f64::MIN);
    for top in 0..=free_y {
        for left in 0..=free_x {
            let off = |at: u32, free: u32| {
                if free == 0 {
                    0.0
                } else {
                    f64::from(at) / f64::from(free) - 0.5
                }
            };
            let middle = 1.0 - 0.2 * off(left, free_x).hypot(off(top, free_y));
            let value = sums.inside(left, top, width, height) * middle;
            if value > best.2 {
                best = (left, top, value);
            }
        }
    }
    // The ends are exact, whatever the scale.
    let back = |at: u32, free: u32, full: u32| match free {
        0 => full / 2,
        _ => (f64::from(at) / f64::from(free) * f64::from(full)).round() as u32,
    };
    (
        back(best.0, free_x, picture.size.width - size.width),
        back(best.1, free_y, picture.size.height - size.height),
    )
}

/// Sums of all values left of and above each place: (width + 1) × (height + 1).
struct Sums {
    stride: usize,
    values: Vec<f64>,
}

impl Sums {
    fn of(picture: &Picture) -> Self {
        let stride = picture.size.width as usize + 1;
        let plane = Plane::of(picture);
        let usual = mean(picture);
        let mut values = vec![0.0; stride];
        for (y, row) in picture.rows().enumerate() {
            values.push(0.0);
            let mut sum = 0.0;
            for (x, pixel) in row.as_chunks().0.iter().enumerate() {
                // Rough ground is not all that matters.
                let edge = f64::from(steepness(plane.at(x, y))).min(200.0);
                sum += edge + colourful(*pixel) + unlike(*pixel, usual);
                values.push(sum + values[y * stride + x + 1]);
            }
        }
        Self { stride, values }
    }

    fn inside(&self, left: u32, top: u32, width: u32, height: u32) -> f64 {
        let at = |x: u32, y: u32| self.values[y as usize * self.stride + x as usize];
        let (right, bottom) = (left + width, top + height);
        // A hundredth decides where nothing is to be seen.
        0.01 + at(right, bottom) - at(left, bottom) - at(right, top) + at(left, top)
    }
}

fn mean(picture: &Picture) -> [f64; 3] {
    let pixels = picture.as_pixels();
    [0, 1, 2].map(|channel| {
        let sum: u64 = pixels.iter().map(|pixel| u64::from(pixel[channel])).sum();
        sum as f64 / pixels.len().max(1) as f64
    })
}

/// How far a colour is from the usual one.
fn unlike([r, g, b, a]: [u8; 4], usual: [f64; 3]) -> f64 {
    let off = [r, g, b].into_iter().zip(usual);
    let squares: f64 = off
        .map(|(own, usual)| (f64::from(own) - usual).powi(2))
        .sum();
    squares.sqrt() * 0.5 * f64::from(a) / 255.0
}

/// How much a colour draws the eye, beside edges.
fn colourful([r, g, b, a]: [u8; 4]) -> f64 {
    let (brightest, darkest) = (r.max(g).max(b), r.min(g).min(b));
    let strength = f64::from(brightest - darkest);
    // The hues of skin lie in a narrow range, however dark it is.
    let (r, g, b) = (f64::from(r), f64::from(g), f64::from(b));
    let sum = (r + g + b).max(1.0);
    let (red, green) = (r / sum, g / sum);
    let skin = brightest > 60 && (0.36..0.56).contains(&red) && (0.27..0.36).contains(&green);
    let skin = if skin { 120.0 } else { 0.0 };
    (strength * 0.3 + skin) * f64::from(a) / 255.0
}
