//! HOG: histograms of oriented gradients, drawn: in each cell, how much of which direction its
//! edges have, as against what there is around it.
//!
//! Source: N. Dalal and B. Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR
//! 2005: cells, nine unsigned directions, votes by magnitude, blocks of cells normalised.

use protocol::{Colour, Hog};

use crate::operations::Effect;
use crate::operations::mask::shape::{Ends, Shape};
use crate::operations::plane::{Plane, gradient};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

const DIRECTIONS: usize = 9;

type Votes = [f32; DIRECTIONS];

impl Effect for Hog {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let side = self.size as usize;
        let width = picture.size.width as usize;
        let columns = width.div_ceil(side);
        let cells = normalised(&votes(&picture, side), columns);
        let marks: Vec<Vec<u8>> = (0..DIRECTIONS)
            .map(|direction| mark(side, direction))
            .collect();
        picture.as_pixels_mut().fill(Colour::BLACK.0);
        for (y, row) in picture.rows_mut().enumerate() {
            let cells = &cells[y / side * columns..];
            let pixels = row.as_chunks_mut::<CHANNELS>().0;
            for (cell, pixels) in cells.iter().zip(pixels.chunks_mut(side)) {
                for (mark, votes) in marks.iter().zip(cell) {
                    // The brightest line is seen where several cross.
                    let strength = (votes * 256.0) as u32;
                    for (pixel, inked) in pixels.iter_mut().zip(&mark[y % side * side..]) {
                        let light = ((u32::from(*inked) * strength) >> 8) as u8;
                        pixel[0] = pixel[0].max(light);
                    }
                }
            }
            for pixel in pixels {
                *pixel = [pixel[0], pixel[0], pixel[0], 255];
            }
        }
        Ok(picture)
    }
}

/// What is voted for in each cell, row by row.
fn votes(picture: &Picture, side: usize) -> Vec<Votes> {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let columns = width.div_ceil(side);
    let mut cells = vec![[0.0; DIRECTIONS]; columns * height.div_ceil(side)];
    let plane = Plane::of(picture);
    for (y, row) in plane.rows().enumerate() {
        for (x, around) in row.enumerate() {
            let (across, down) = gradient(around);
            if (across, down) == (0, 0) {
                continue;
            }
            let (across, down) = (across as f32, down as f32);
            let angle = down.atan2(across).rem_euclid(std::f32::consts::PI);
            let vote = (angle / std::f32::consts::PI * DIRECTIONS as f32) as usize % DIRECTIONS;
            let cell = y / side * columns + x / side;
            cells[cell][vote] += (across * across + down * down).sqrt();
        }
    }
    // Cells at the edge are not whole.
    for (at, cell) in cells.iter_mut().enumerate() {
        let wide = side.min(width - at % columns * side);
        let high = side.min(height - at / columns * side);
        cell.iter_mut()
            .for_each(|votes| *votes /= (wide * high) as f32);
    }
    cells
}

/// 0 to 1: each cell against the strongest direction in the 5 × 5 cells around it; where there is
/// next to nothing, nothing is made of it.
fn normalised(cells: &[Votes], columns: usize) -> Vec<Votes> {
    let rows = cells.len() / columns.max(1);
    let near = |at: usize, end: usize| at.saturating_sub(2)..(at + 3).min(end);
    let strongest: Vec<f32> = cells
        .iter()
        .map(|cell| cell.iter().copied().fold(0.0, f32::max))
        .collect();
    let one = |(at, cell): (usize, &Votes)| {
        let around = near(at / columns, rows)
            .flat_map(|y| near(at % columns, columns).map(move |x| y * columns + x));
        let most = around.map(|at| strongest[at]).fold(0.0, f32::max);
        cell.map(|votes| (votes / (most * 0.75 + 14.0)).min(1.0).powf(0.8))
    };
    cells.iter().enumerate().map(one).collect()
}

/// A line through the middle of a cell, along the edge, which is across the gradient.
fn mark(side: usize, direction: usize) -> Vec<u8> {
    let angle = (direction as f64 + 0.5) / DIRECTIONS as f64 * std::f64::consts::PI;
    let (sin, cos) = (angle + std::f64::consts::FRAC_PI_2).sin_cos();
    let middle = side as f64 / 2.0;
    let (x, y) = (cos * middle * 0.94, sin * middle * 0.94);
    let mut line = Shape::default();
    line.stroke(
        &[(middle - x, middle - y), (middle + x, middle + y)],
        (side as f64 / 9.0).max(1.0),
        Ends::Cut,
    );
    let mut cell = Picture::blank(Size::new(side as u32, side as u32));
    line.fill(&mut cell, [255; CHANNELS]);
    cell.as_pixels().iter().map(|pixel| pixel[3]).collect()
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, letters};

    #[test]
    fn a_line_runs_along_the_edge() {
        // Dark to the left, bright to the right: an upright edge.
        let given = letters(16, &"        zzzzzzzz".repeat(16));
        let result = done("hog:16", given);
        let at = |x: usize, y: usize| u32::from(result.as_pixels()[y * 16 + x][0]);
        let upright = at(7, 3) + at(8, 3) + at(7, 12) + at(8, 12);
        let level = at(3, 7) + at(3, 8) + at(12, 7) + at(12, 8);
        assert!(upright > 300 && level < 40, "{upright} {level}");
    }
}
