//! Magik: the picture squeezed where least is to be seen, and pulled out again. Seams of the
//! least energy are taken out of a small copy, one by one; where its pixels that are left came
//! from says how the picture itself is bent, which so stays sharp.
//!
//! Source: S. Avidan and A. Shamir, "Seam Carving for Content-Aware Image Resizing", SIGGRAPH
//! 2007.

use protocol::Magik;

use crate::operations::Effect;
use crate::operations::colours::luma;
use crate::operations::geometry;
use crate::operations::sample::{Outside, warped};
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// Longest side that is carved, px; the work grows with its third power.
const LONGEST: u32 = 160;

impl Effect for Magik {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = picture.size;
        let longer = size.width.max(size.height);
        let scale = f64::from(LONGEST.min(longer)) / f64::from(longer);
        let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
        let own = Size::new(scaled(size.width), scaled(size.height));
        let small = if own == size {
            picture.clone()
        } else {
            geometry::quickly(picture.clone(), own)?
        };
        let rest = 1.0 - f64::from(self.scale) * 0.1;
        let mut grid = Grid::of(&small);
        grid.carve(rest);
        grid = grid.transposed();
        grid.carve(rest);
        let map = Map::of(&grid.transposed());
        let (across, down) = (
            f64::from(size.width) / f64::from(own.width),
            f64::from(size.height) / f64::from(own.height),
        );
        let to_map = (
            map.width as f64 / f64::from(size.width),
            map.height as f64 / f64::from(size.height),
        );
        Ok(warped(&picture, size, Outside::Edge, |x, y| {
            let [x, y] = map.at(x * to_map.0 - 0.5, y * to_map.1 - 0.5);
            (f64::from(x) * across, f64::from(y) * down)
        }))
    }
}

/// What is left of a picture: for each pixel its light, and where it was.
struct Grid {
    width: usize,
    height: usize,
    /// Cells from one row to the next.
    stride: usize,
    light: Vec<i32>,
    from: Vec<[f32; 2]>,
}

impl Grid {
    fn of(picture: &Picture) -> Self {
        let (width, height) = (picture.size.width as usize, picture.size.height as usize);
        // What is transparent has no colour to differ.
        let seen = |pixel: &[u8; 4]| i32::from(luma(*pixel)) * i32::from(pixel[3]) / 255;
        let middle = |at: usize| [(at % width) as f32 + 0.5, (at / width) as f32 + 0.5];
        Self {
            width,
            height,
            stride: width,
            light: picture.as_pixels().iter().map(seen).collect(),
            from: (0..width * height).map(middle).collect(),
        }
    }

    fn transposed(&self) -> Self {
        let cells = (0..self.width).flat_map(|x| (0..self.height).map(move |y| (x, y)));
        let index = |(x, y): (usize, usize)| y * self.stride + x;
        Self {
            width: self.height,
            height: self.width,
            stride: self.height,
            light: cells.clone().map(|at| self.light[index(at)]).collect(),
            from: cells.map(|at| self.from[index(at)]).collect(),
        }
    }

    /// Takes out seams from top to bottom until that share of the width is left.
    fn carve(&mut self, rest: f64) {
        let width = ((self.width as f64 * rest).round() as usize).max(1);
        let mut sums = vec![0; self.stride * self.height];
        while self.width > width {
            self.add_up(&mut sums);
            self.take_out(&sums);
        }
    }

    /// The least energy of a way from the top to each cell: how much pixels on it differ from
    /// their neighbours.
    fn add_up(&self, sums: &mut [i32]) {
        let last = self.width - 1;
        for y in 0..self.height {
            let line = |y: usize| &self.light[y * self.stride..][..self.width];
            let row = line(y);
            let upper = line(y.saturating_sub(1));
            let lower = line((y + 1).min(self.height - 1));
            let (before, after) = sums.split_at_mut(y * self.stride);
            let above = before.get(y.saturating_sub(1) * self.stride..);
            for x in 0..=last {
                let (left, right) = (x.saturating_sub(1), (x + 1).min(last));
                let energy = (row[right] - row[left]).abs() + (lower[x] - upper[x]).abs();
                let so_far = match above {
                    Some(above) if y > 0 => above[left].min(above[x]).min(above[right]),
                    _ => 0,
                };
                after[x] = so_far + energy;
            }
        }
    }

    fn take_out(&mut self, sums: &[i32]) {
        let mut range = 0..self.width;
        for y in (0..self.height).rev() {
            let row = y * self.stride;
            let at = range
                .clone()
                .min_by_key(|x| sums[row + x])
                .unwrap_or(range.start);
            self.light
                .copy_within(row + at + 1..row + self.width, row + at);
            self.from
                .copy_within(row + at + 1..row + self.width, row + at);
            range = at.saturating_sub(1)..(at + 2).min(self.width);
        }
        self.width -= 1;
    }
}

/// Where the pixels of a grid came from, evened out so that nothing is torn.
struct Map {
    width: usize,
    height: usize,
    from: Vec<[f32; 2]>,
}

impl Map {
    fn of(grid: &Grid) -> Self {
        let mut map = Self {
            width: grid.width,
            height: grid.height,
            from: grid.from.clone(),
        };
        for _ in 0..2 {
            map.from = map.evened();
        }
        map
    }

    fn evened(&self) -> Vec<[f32; 2]> {
        let near = |at: usize, end: usize| [at.saturating_sub(1), at, (at + 1).min(end - 1)];
        let mean = |x: usize, y: usize| {
            let mut sum = [0.0; 2];
            for row in near(y, self.height) {
                for column in near(x, self.width) {
                    let [from_x, from_y] = self.from[row * self.width + column];
                    sum = [sum[0] + from_x, sum[1] + from_y];
                }
            }
            sum.map(|sum| sum / 9.0)
        };
        (0..self.height)
            .flat_map(|y| (0..self.width).map(move |x| (x, y)))
            .map(|(x, y)| mean(x, y))
            .collect()
    }

    /// Between the four nearest cells.
    fn at(&self, x: f64, y: f64) -> [f32; 2] {
        let (x, y) = (
            x.clamp(0.0, self.width as f64 - 1.0),
            y.clamp(0.0, self.height as f64 - 1.0),
        );
        let (left, top) = (x as usize, y as usize);
        let (fx, fy) = ((x - left as f64) as f32, (y - top as f64) as f32);
        let (right, below) = (
            (left + 1).min(self.width - 1),
            (top + 1).min(self.height - 1),
        );
        let cell = |x: usize, y: usize| self.from[y * self.width + x];
        let mixed = |from: [f32; 2], to: [f32; 2], share: f32| {
            [0, 1].map(|axis: usize| from[axis] + (to[axis] - from[axis]) * share)
        };
        let upper = mixed(cell(left, top), cell(right, top), fx);
        let lower = mixed(cell(left, below), cell(right, below), fx);
        mixed(upper, lower, fy)
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::compose;
    use crate::operations::tests::{done, pattern};
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn what_is_plain_gives_way_to_what_is_not() {
        let mut given = compose::filled(Size::new(120, 120), Colour([90, 90, 90, 255]));
        let mut busy = pattern(40, 40);
        compose::flatten(&mut busy, Colour::WHITE);
        compose::place(&mut given, &busy, 40, 40);
        let plain = |picture: &crate::picture::Picture| {
            let plain = |pixel: &&[u8; 4]| **pixel == [90, 90, 90, 255];
            picture.as_pixels().iter().filter(plain).count()
        };
        let result = done("magik:5", given.clone());
        assert!(plain(&result) < plain(&given) * 2 / 3, "{}", plain(&result));
    }

    #[test]
    fn a_plain_picture_stays_as_it_is() {
        let given = compose::filled(Size::new(33, 20), Colour([90, 160, 30, 200]));
        assert_eq!(done("magik:7", given.clone()), given);
    }
}
