//! Forms made of polygons and strokes, filled with soft edges: what flags, hands, explosions
//! and letters are drawn with. Knows no holes, and no curves but those made of short lines.
//!
//! Source of the filling: the signed area to the right of each edge, summed up along the row, as
//! R. Levien's font-rs describes it; overlapping parts are one, because the sum is cut off at 1.

use crate::operations::compose::over;
use crate::picture::{CHANNELS, Picture};

/// x and y, px.
pub(in crate::operations) type Point = (f64, f64);

/// Longest spike at a corner of a stroke, in half widths; sharper corners are cut off.
const MITRE: f64 = 3.0;

/// How a stroke ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::operations) enum Ends {
    /// At its last point.
    Cut,
    /// Half its width behind that.
    Square,
    /// Where it begins.
    Joined,
}

/// Outlines that are filled together.
#[derive(Clone, Default)]
pub(in crate::operations) struct Shape {
    /// From their upper to their lower end, and whether that is their own direction.
    edges: Vec<(Point, Point, f64)>,
}

impl Shape {
    /// Adds what lies inside a line that ends where it begins and does not cross itself.
    pub(in crate::operations) fn polygon(&mut self, points: &[Point]) {
        let Some(&last) = points.last() else { return };
        let pairs = || {
            std::iter::once(last)
                .chain(points.iter().copied())
                .zip(points)
        };
        let area: f64 = pairs().map(|((ax, ay), &(bx, by))| ax * by - bx * ay).sum();
        // All go round in one direction, so that parts that overlap never cancel out.
        let turn = if area < 0.0 { -1.0 } else { 1.0 };
        for (from, &to) in pairs() {
            // Level ones cover nothing, until they are moved.
            if from.1 <= to.1 {
                self.edges.push((from, to, turn));
            } else {
                self.edges.push((to, from, -turn));
            }
        }
    }

    /// Adds an ellipse with its axes along those of the picture.
    pub(in crate::operations) fn ellipse(&mut self, (x, y): Point, (across, down): (f64, f64)) {
        let steps = (across.max(down).sqrt() * 6.0).clamp(12.0, 160.0) as u32;
        let points: Vec<Point> = (0..steps)
            .map(|step| {
                let (sin, cos) =
                    (f64::from(step) / f64::from(steps) * std::f64::consts::TAU).sin_cos();
                (x + across * cos, y + down * sin)
            })
            .collect();
        self.polygon(&points);
    }

    /// Adds a star of five points, one of them upwards.
    pub(in crate::operations) fn star(&mut self, (x, y): Point, radius: f64) {
        // The inner corners of a star whose sides go on through one another.
        let inner = radius * 0.381_966;
        let points: [Point; 10] = std::array::from_fn(|at| {
            let (sin, cos) = (at as f64 / 10.0 * std::f64::consts::TAU).sin_cos();
            let radius = if at % 2 == 0 { radius } else { inner };
            (x + radius * sin, y - radius * cos)
        });
        self.polygon(&points);
    }

    /// Adds a limb: two discs, and all between them.
    pub(in crate::operations) fn limb(&mut self, from: Point, to: Point, (one, two): (f64, f64)) {
        self.ellipse(from, (one, one));
        self.ellipse(to, (two, two));
        let (x, y) = (to.0 - from.0, to.1 - from.1);
        let length = x.hypot(y).max(1e-9);
        let (x, y) = (-y / length, x / length);
        self.polygon(&[
            (from.0 + x * one, from.1 + y * one),
            (to.0 + x * two, to.1 + y * two),
            (to.0 - x * two, to.1 - y * two),
            (from.0 - x * one, from.1 - y * one),
        ]);
    }

    /// Adds a line of that width through all points, its corners sharp.
    pub(in crate::operations) fn stroke(&mut self, points: &[Point], width: f64, ends: Ends) {
        let half = width / 2.0;
        let mut points = points.to_vec();
        points.dedup_by(|one, two| (one.0 - two.0).hypot(one.1 - two.1) < 1e-6);
        if points.len() < 2 {
            // A dot.
            if let Some(&(x, y)) = points.first() {
                self.stroke(&[(x - 1e-3, y), (x + 1e-3, y)], width, Ends::Square);
            }
            return;
        }
        let closed = ends == Ends::Joined;
        if closed {
            points.extend_from_within(..2);
        }
        let count = points.len();
        for (at, pair) in points.windows(2).enumerate() {
            let [from, to] = [pair[0], pair[1]];
            let along = direction(from, to);
            // A closed line ends with its first part once more, which only its corner is for.
            if !closed || at + 2 < count {
                let square = ends == Ends::Square;
                let end = |last: bool| if last && square { half } else { 0.0 };
                let (before, after) = (end(at == 0), end(at + 2 == count));
                let from = (from.0 - along.0 * before, from.1 - along.1 * before);
                let to = (to.0 + along.0 * after, to.1 + along.1 * after);
                let side = (-along.1 * half, along.0 * half);
                self.polygon(&[
                    (from.0 + side.0, from.1 + side.1),
                    (to.0 + side.0, to.1 + side.1),
                    (to.0 - side.0, to.1 - side.1),
                    (from.0 - side.0, from.1 - side.1),
                ]);
            }
            if let Some(&next) = points.get(at + 2) {
                self.corner(to, along, direction(to, next), half);
            }
        }
    }

    /// Fills the gap on the outer side of a corner.
    fn corner(&mut self, (x, y): Point, one: Point, two: Point, half: f64) {
        let turn = one.0 * two.1 - one.1 * two.0;
        let outer = if turn > 0.0 { -half } else { half };
        let side = |(x, y): Point| (-y * outer, x * outer);
        let (first, second) = (side(one), side(two));
        let (sum_x, sum_y) = (first.0 + second.0, first.1 + second.1);
        // The tip lies as far out as makes its part along both sides one half width.
        let scale = 2.0 * half * half / (sum_x * sum_x + sum_y * sum_y).max(1e-9);
        let tip = (sum_x * scale, sum_y * scale);
        let at = |(dx, dy): Point| (x + dx, y + dy);
        if tip.0.hypot(tip.1) < MITRE * half {
            self.polygon(&[(x, y), at(first), at(tip), at(second)]);
        } else {
            self.polygon(&[(x, y), at(first), at(second)]);
        }
    }

    /// Adds all that another has.
    pub(in crate::operations) fn join(&mut self, other: &Self) {
        self.edges.extend_from_slice(&other.edges);
    }

    /// What lies between two heights.
    pub(in crate::operations) fn between(&self, top: f64, bottom: f64) -> Self {
        // Where there is no edge there is nothing to the right of it, so parts of edges do.
        let cut = |(from, to, turn): &(Point, Point, f64)| {
            let slope = (to.0 - from.0) / (to.1 - from.1);
            let at = |y: f64| (from.0 + (y - from.1) * slope, y);
            let (upper, lower) = (from.1.max(top), to.1.min(bottom));
            (upper < lower).then(|| (at(upper), at(lower), *turn))
        };
        Self {
            edges: self.edges.iter().filter_map(cut).collect(),
        }
    }

    /// All moved: `to` says where each point goes.
    pub(in crate::operations) fn moved(&self, to: impl Fn(Point) -> Point) -> Self {
        let mut moved = Self::default();
        for (from, end, turn) in &self.edges {
            let (from, end) = (to(*from), to(*end));
            if from.1 <= end.1 {
                moved.edges.push((from, end, *turn));
            } else {
                moved.edges.push((end, from, -turn));
            }
        }
        moved
    }

    /// Lays `colour` over what is covered.
    pub(in crate::operations) fn fill(&self, picture: &mut Picture, colour: [u8; CHANNELS]) {
        self.paint(picture, |_, _| colour);
    }

    /// Lays over what is covered the colour that `colour` says for the pixel at x, y.
    pub(in crate::operations) fn paint(
        &self,
        picture: &mut Picture,
        mut colour: impl FnMut(usize, usize) -> [u8; CHANNELS],
    ) {
        self.cover(picture, |x, y, pixel, covered| {
            let [r, g, b, a] = colour(x, y);
            *pixel = over(*pixel, [r, g, b, (u32::from(a) * covered / 255) as u8]);
        });
    }

    /// Visits the pixels that are covered, with how much they are, 1 to 255.
    pub(in crate::operations) fn cover(
        &self,
        picture: &mut Picture,
        mut visit: impl FnMut(usize, usize, &mut [u8; CHANNELS], u32),
    ) {
        let all = || self.edges.iter().flat_map(|(from, to, _)| [from, to]);
        let bound = |pick: fn(&Point) -> f64| {
            let values = || all().map(pick);
            (
                values().fold(f64::MAX, f64::min),
                values().fold(f64::MIN, f64::max),
            )
        };
        let ((left, right), (top, bottom)) = (bound(|point| point.0), bound(|point| point.1));
        // Casts saturate: what lies outside is cut off, and of nothing there is nothing.
        let limit = |at: f64, end: u32| (at as usize).min(end as usize);
        let columns =
            limit(left.floor(), picture.size.width)..limit(right.ceil(), picture.size.width);
        let lines =
            limit(top.floor(), picture.size.height)..limit(bottom.ceil(), picture.size.height);
        let stride = picture.size.width as usize;
        let mut sums = vec![0.0_f32; columns.len() + 2];
        for y in lines {
            sums.fill(0.0);
            let strip = y as f64..y as f64 + 1.0;
            for edge in &self.edges {
                accumulate(&mut sums, edge, &strip, columns.start as f64);
            }
            let mut sum = 0.0;
            let pixels = &mut picture.as_pixels_mut()[y * stride..][columns.clone()];
            for ((x, pixel), change) in columns.clone().zip(pixels).zip(&sums) {
                sum += change;
                let covered = (sum.abs().min(1.0) * 255.0 + 0.5) as u32;
                if covered > 0 {
                    visit(x, y, pixel, covered);
                }
            }
        }
    }
}

fn direction(from: Point, to: Point) -> Point {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let length = x.hypot(y).max(1e-9);
    (x / length, y / length)
}

/// Adds what an edge changes in each column of a strip of at most one row: how much of a pixel
/// lies to its right, less what the pixel before has had of that.
fn accumulate(
    sums: &mut [f32],
    (from, to, turn): &(Point, Point, f64),
    strip: &std::ops::Range<f64>,
    left: f64,
) {
    let (top, bottom) = (from.1.max(strip.start), to.1.min(strip.end));
    if top >= bottom {
        return;
    }
    let slope = (to.0 - from.0) / (to.1 - from.1);
    let end = (sums.len() - 2) as f64;
    let at = |y: f64| (from.0 + (y - from.1) * slope - left).clamp(0.0, end);
    let (one, two) = (at(top), at(bottom));
    let (one, two) = (one.min(two), one.max(two));
    let height = ((bottom - top) * turn) as f32;
    let first = one.floor();
    let column = first as usize;
    if two <= first + 1.0 {
        let right = ((one + two) / 2.0 - first) as f32;
        sums[column] += height * (1.0 - right);
        sums[column + 1] += height * right;
        return;
    }
    // The share of the height in which the edge has passed a column's right side, column by
    // column, and the mean of it inside each column.
    let width = two - one;
    let area = |x: f64| {
        let passed = (x - one).clamp(0.0, width);
        passed * passed / (2.0 * width) + (x - two).max(0.0)
    };
    let (mut before, mut filled) = (0.0, 0.0);
    for (step, sum) in sums[column..].iter_mut().enumerate() {
        let right = first + step as f64 + 1.0;
        let area = area(right);
        let inside = area - filled;
        *sum += height * (inside - before) as f32;
        (before, filled) = (inside, area);
        if right > two + 1.0 {
            break;
        }
    }
}

#[cfg(test)]
mod tests;
