//! Triangle: the picture in plain triangles, whose corners lie where its edges are.

use std::ops::Range;

use protocol::Triangle;

use crate::operations::plane::{Plane, steepness};
use crate::operations::random::Random;
use crate::operations::{Effect, detail};
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

type Point = (i64, i64);

/// How often a triangle is halved at most, and the shortest side that is, px.
const DEPTH: u32 = 3;
const SHORTEST: i64 = 7;
/// By how much its pixels may differ from their mean, in one channel and in the mean, before it is.
const UNEVEN: u64 = 16;

impl Effect for Triangle {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let side = i64::from(self.size);
        let (width, height) = (
            i64::from(picture.size.width),
            i64::from(picture.size.height),
        );
        let (columns, rows) = ((width + side - 1) / side, (height + side - 1) / side);
        let points = {
            let mut soft = picture.clone();
            detail::gaussian(&mut soft, f64::from(self.size) / 12.0 + 0.5);
            points(&soft, side, columns, rows)
        };
        let at = |column: i64, row: i64| points[(row * (columns + 1) + column) as usize];
        let source = picture.clone();
        for row in 0..rows {
            for column in 0..columns {
                let (a, b) = (at(column, row), at(column + 1, row));
                let (c, d) = (at(column, row + 1), at(column + 1, row + 1));
                let length = |(ax, ay): Point, (bx, by): Point| (ax - bx).pow(2) + (ay - by).pow(2);
                let halves = if length(a, d) < length(b, c) {
                    [[a, b, d], [a, d, c]]
                } else {
                    [[a, b, c], [b, d, c]]
                };
                for corners in halves {
                    split(&source, &mut picture, corners, DEPTH);
                }
            }
        }
        Ok(picture)
    }
}

/// The corners of a grid, each moved to the strongest edge nearby; those on the picture's own
/// edges stay there.
fn points(soft: &Picture, side: i64, columns: i64, rows: i64) -> Vec<Point> {
    let plane = Plane::of(soft);
    let (width, height) = (i64::from(soft.size.width), i64::from(soft.size.height));
    let mut random = Random::new(3);
    let mut points = Vec::new();
    let near = side * 2 / 5;
    for row in 0..=rows {
        for column in 0..=columns {
            let (x, y) = ((column * side).min(width), (row * side).min(height));
            let outer_x = column == 0 || column == columns;
            let outer_y = row == 0 || row == rows;
            let mut best = (x, y, -1.0);
            for _ in 0..24 {
                let mut moved = |outer: bool| {
                    let by = i64::from(random.below(2 * near as u32 + 1)) - near;
                    if outer { 0 } else { by }
                };
                let (x, y) = (x + moved(outer_x), y + moved(outer_y));
                let (at_x, at_y) = (x.clamp(0, width - 1), y.clamp(0, height - 1));
                let edge = steepness(plane.at(at_x as usize, at_y as usize));
                if edge > best.2 {
                    best = (x, y, edge);
                }
            }
            points.push((best.0, best.1));
        }
    }
    points
}

/// Fills a triangle, and where more is to be seen in it, its halves.
fn split(source: &Picture, target: &mut Picture, corners: [Point; 3], depth: u32) {
    let uneven = fill(source, target, corners);
    let length = |(ax, ay): Point, (bx, by): Point| (ax - bx).pow(2) + (ay - by).pow(2);
    let [a, b, c] = corners;
    // The longest side first.
    let sides = [
        (length(a, b), [a, b, c]),
        (length(b, c), [b, c, a]),
        (length(c, a), [c, a, b]),
    ];
    let (longest, [one, two, tip]) = sides.into_iter().max().unwrap_or(sides[0]);
    if depth == 0 || uneven < UNEVEN || longest < 4 * SHORTEST * SHORTEST {
        return;
    }
    let middle = ((one.0 + two.0) / 2, (one.1 + two.1) / 2);
    split(source, target, [one, middle, tip], depth - 1);
    split(source, target, [middle, two, tip], depth - 1);
}

/// Fills a triangle with the mean of what it covers, and returns how far pixels are off that. A
/// pixel on a side that two triangles share belongs to one of them.
fn fill(source: &Picture, target: &mut Picture, [a, b, c]: [Point; 3]) -> u64 {
    let (b, c) = if area(a, b, c) < 0 { (c, b) } else { (b, c) };
    let (width, height) = (i64::from(source.size.width), i64::from(source.size.height));
    let xs = a.0.min(b.0).min(c.0).max(0)..a.0.max(b.0).max(c.0).min(width);
    let ys = a.1.min(b.1).min(c.1).max(0)..a.1.max(b.1).max(c.1).min(height);
    let sides = [Side::new(a, b), Side::new(b, c), Side::new(c, a)];
    // Of each row one stretch.
    let mut covered = Vec::with_capacity(ys.clone().count());
    let mut sums = [0_u64; CHANNELS];
    let mut count = 0;
    for y in ys {
        let inside = stretch(&sides, xs.clone(), y);
        let row = (y * width) as usize;
        let stretch = row + inside.start..row + inside.end;
        for pixel in &source.as_pixels()[stretch.clone()] {
            let [r, g, b, alpha] = pixel.map(u64::from);
            let weighted = [r * alpha, g * alpha, b * alpha, alpha];
            for (sum, value) in sums.iter_mut().zip(weighted) {
                *sum += value;
            }
        }
        count += stretch.len() as u64;
        covered.push(stretch);
    }
    let rounded = |sum: u64, count: u64| ((sum + count / 2) / count.max(1)) as u8;
    let [r, g, b, alpha] = sums;
    let [r, g, b] = [r, g, b].map(|sum| rounded(sum, alpha));
    let colour = [r, g, b, rounded(alpha, count)];
    let mut off = 0;
    for stretch in covered {
        for pixel in &source.as_pixels()[stretch.clone()] {
            let apart = |channel: usize| u64::from(pixel[channel].abs_diff(colour[channel]));
            // What is transparent differs from nothing.
            off += (apart(0) + apart(1) + apart(2)) * u64::from(pixel[3]) / 255;
        }
        target.as_pixels_mut()[stretch].fill(colour);
    }
    off / (3 * count.max(1))
}

/// Twice the area of a triangle, above 0 if its corners go round clockwise.
fn area((ax, ay): Point, (bx, by): Point, (x, y): Point) -> i64 {
    (bx - ax) * (y - ay) - (by - ay) * (x - ax)
}

/// A side of a triangle: which pixels lie within it.
struct Side {
    from: Point,
    to: Point,
    /// From which value of [`area`] on: what lies on the side itself belongs to one of two.
    least: i64,
}

impl Side {
    fn new(from: Point, to: Point) -> Self {
        let owned = to.1 < from.1 || (to.1 == from.1 && to.0 > from.0);
        // Middles of pixels, in halves.
        let double = |(x, y): Point| (2 * x, 2 * y);
        Self {
            from: double(from),
            to: double(to),
            least: i64::from(!owned),
        }
    }

    /// At least 0 within.
    fn within(&self, x: i64, y: i64) -> i64 {
        area(self.from, self.to, (2 * x + 1, 2 * y + 1)) - self.least
    }
}

/// Which pixels of a row lie within all sides: they are neighbours.
fn stretch(sides: &[Side; 3], xs: Range<i64>, y: i64) -> Range<usize> {
    let step = |side: &Side| side.within(1, y) - side.within(0, y);
    let steps = [step(&sides[0]), step(&sides[1]), step(&sides[2])];
    let mut within = sides.each_ref().map(|side| side.within(xs.start, y));
    let mut inside = 0..0;
    for x in xs {
        if within.iter().all(|within| *within >= 0) {
            if inside.is_empty() {
                inside.start = x as usize;
            }
            inside.end = x as usize + 1;
        }
        for (within, step) in within.iter_mut().zip(steps) {
            *within += step;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use crate::operations::tests::{done, letters};

    #[test]
    fn triangles_are_smaller_where_there_is_more_to_see() {
        let plain = "a".repeat(48);
        let busy: String = ("\u{1}z".repeat(4) + "z\u{1}\u{1}\u{1}zzzz").repeat(3);
        let given = letters(48, &(plain.repeat(48) + &busy.repeat(48)));
        let result = done("triangle:48", given);
        let kinds = |rows: std::ops::Range<usize>| {
            let pixels = result.as_pixels()[rows.start * 48..rows.end * 48].iter();
            pixels.collect::<std::collections::BTreeSet<_>>().len()
        };
        assert!(kinds(60..90) > 8, "{}", kinds(60..90));
        assert!(kinds(0..24) <= 4, "{}", kinds(0..24));
    }
}
