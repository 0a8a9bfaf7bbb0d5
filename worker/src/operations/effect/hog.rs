//! HOG: histograms of oriented gradients, drawn: in each cell, how much of which direction its
//! edges have.
//!
//! Source: N. Dalal and B. Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR
//! 2005: cells, nine unsigned directions, votes by magnitude.

use protocol::{Colour, Hog};

use crate::operations::Effect;
use crate::operations::compose;
use crate::operations::plane::{Plane, gradient};
use crate::picture::Picture;
use crate::refused::Refused;

const DIRECTIONS: usize = 9;

impl Effect for Hog {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let side = self.size as usize;
        let (width, height) = (picture.size.width as usize, picture.size.height as usize);
        let plane = Plane::of(&picture);
        let mut result = compose::filled(picture.size, Colour::BLACK);
        for top in (0..height).step_by(side) {
            for left in (0..width).step_by(side) {
                let mut votes = [0.0_f64; DIRECTIONS];
                for y in top..(top + side).min(height) {
                    for x in left..(left + side).min(width) {
                        let (across, down) = gradient(plane.at(x, y));
                        let (across, down) = (f64::from(across), f64::from(down));
                        let angle = down.atan2(across).rem_euclid(std::f64::consts::PI);
                        let vote = angle / std::f64::consts::PI * DIRECTIONS as f64;
                        votes[vote as usize % DIRECTIONS] += across.hypot(down);
                    }
                }
                for (direction, votes) in votes.iter().enumerate() {
                    let light = votes / (side * side) as f64 * 5.0;
                    draw(&mut result, (left, top), side, direction, light);
                }
            }
        }
        Ok(result)
    }
}

/// A line through the middle of a cell, along the edge, which is across the gradient.
fn draw(
    picture: &mut Picture,
    (left, top): (usize, usize),
    side: usize,
    direction: usize,
    light: f64,
) {
    let angle = (direction as f64 + 0.5) / DIRECTIONS as f64 * std::f64::consts::PI;
    let (sin, cos) = (angle + std::f64::consts::FRAC_PI_2).sin_cos();
    let light = light.min(255.0) as u8;
    let half = side as f64 / 2.0;
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    for step in 0..side {
        let off = step as f64 + 0.5 - half;
        let x = (left as f64 + half + off * cos) as usize;
        let y = (top as f64 + half + off * sin) as usize;
        if x < width && y < height {
            let pixel = &mut picture.as_pixels_mut()[y * width + x];
            let sum = pixel[0].saturating_add(light);
            *pixel = [sum, sum, sum, 255];
        }
    }
}
