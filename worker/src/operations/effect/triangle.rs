//! Triangle: the picture in plain triangles, whose corners lie where its edges are.

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
        let mut soft = picture.clone();
        detail::gaussian(&mut soft, f64::from(self.size) / 12.0 + 0.5);
        let (width, height) = (
            i64::from(picture.size.width),
            i64::from(picture.size.height),
        );
        let (columns, rows) = ((width + side - 1) / side, (height + side - 1) / side);
        let points = points(&soft, side, columns, rows);
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
    let area = |(ax, ay): Point, (bx, by): Point, (x, y): Point| {
        (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    };
    let (b, c) = if area(a, b, c) < 0 { (c, b) } else { (b, c) };
    let (width, height) = (i64::from(source.size.width), i64::from(source.size.height));
    let xs = a.0.min(b.0).min(c.0).max(0)..a.0.max(b.0).max(c.0).min(width);
    let ys = a.1.min(b.1).min(c.1).max(0)..a.1.max(b.1).max(c.1).min(height);
    let inside = |from: Point, to: Point, x: i64, y: i64| {
        // Middles of pixels, in halves.
        let double = |(x, y): Point| (2 * x, 2 * y);
        let value = area(double(from), double(to), (2 * x + 1, 2 * y + 1));
        let owned = to.1 < from.1 || (to.1 == from.1 && to.0 > from.0);
        value > 0 || (value == 0 && owned)
    };
    let mut covered = Vec::new();
    let mut sums = [0_u64; CHANNELS];
    for y in ys {
        for x in xs.clone() {
            if inside(a, b, x, y) && inside(b, c, x, y) && inside(c, a, x, y) {
                let index = (y * width + x) as usize;
                covered.push(index);
                let [r, g, b, alpha] = source.as_pixels()[index].map(u64::from);
                for (sum, value) in sums
                    .iter_mut()
                    .zip([r * alpha, g * alpha, b * alpha, alpha])
                {
                    *sum += value;
                }
            }
        }
    }
    let rounded = |sum: u64, count: u64| ((sum + count / 2) / count.max(1)) as u8;
    let [r, g, b, alpha] = sums;
    let [r, g, b] = [r, g, b].map(|sum| rounded(sum, alpha));
    let colour = [r, g, b, rounded(alpha, covered.len() as u64)];
    let mut off = 0;
    let count = covered.len() as u64;
    for index in covered {
        let pixel = source.as_pixels()[index];
        let apart = |channel: usize| u64::from(pixel[channel].abs_diff(colour[channel]));
        // What is transparent differs from nothing.
        off += (apart(0) + apart(1) + apart(2)) * u64::from(pixel[3]) / 255;
        target.as_pixels_mut()[index] = colour;
    }
    off / (3 * count.max(1))
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
