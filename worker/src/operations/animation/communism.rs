//! Communism: a red flag with hammer and sickle waves over the picture.

use protocol::{Colour, Communism};

use super::flag::Flag;
use crate::operations::compose;
use crate::operations::mask::shape::{Point, Shape};
use crate::picture::{Picture, Size};

const RED: [u8; 4] = [204, 8, 12, 255];
const GOLD: [u8; 4] = [255, 216, 32, 255];

impl Flag for Communism {
    fn cloth(size: Size) -> Picture {
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        let unit = width.min(height) * 0.23;
        let middle = (width.min(height * 1.4) * 0.36, height * 0.46);
        let onto = |(x, y): Point| (middle.0 + x * unit, middle.1 + y * unit);
        let mut cloth = compose::filled(size, Colour(RED));
        let mut star = Shape::default();
        star.star((0.0, -1.36), 0.26);
        star.moved(onto).fill(&mut cloth, GOLD);
        sickle().moved(onto).fill(&mut cloth, GOLD);
        // Apart from the blade below it.
        hammer(0.07).moved(onto).fill(&mut cloth, RED);
        hammer(0.0).moved(onto).fill(&mut cloth, GOLD);
        cloth
    }
}

/// A blade between two circles, and its handle, about the middle of a circle of radius 1.
fn sickle() -> Shape {
    let mut shape = Shape::default();
    let arc = |middle: Point, radius: f64, from: f64, to: f64| {
        (0..=40).map(move |step| {
            let angle = (from + (to - from) * f64::from(step) / 40.0).to_radians();
            (
                middle.0 + radius * angle.cos(),
                middle.1 - radius * angle.sin(),
            )
        })
    };
    // Counted from the right, against the clock: from the tip above to the handle below left.
    let outer = arc((0.0, 0.0), 1.0, 100.0, -132.0);
    let inner = arc((-0.16, -0.1), 0.86, -128.0, 88.0);
    let blade: Vec<Point> = outer.chain(inner).collect();
    shape.polygon(&blade);
    shape.limb((-0.62, 0.7), (-0.98, 1.06), (0.075, 0.12));
    shape
}

/// From below right to above left, its head across; everything by `more` thicker.
fn hammer(more: f64) -> Shape {
    let mut upright = Shape::default();
    let half = 0.085 + more;
    let (top, foot) = (-0.7, 1.22 + more);
    upright.polygon(&[(-half, top), (half, top), (half, foot), (-half, foot)]);
    let (left, right) = (-0.36 - more, 0.3 + more);
    let (top, bottom) = (-0.86 - more, -0.54 + more);
    upright.polygon(&[
        (left + 0.16, top),
        (right, top),
        (right, bottom),
        (left, bottom),
        (left, bottom - 0.1),
    ]);
    let (sin, cos) = 45.0_f64.to_radians().sin_cos();
    upright.moved(|(x, y)| (x * cos + y * sin, y * cos - x * sin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_emblem_is_golden_on_red_and_lies_in_the_upper_half_at_the_pole() {
        let cloth = Communism::cloth(Size::new(300, 200));
        let golden: Vec<(usize, usize)> = cloth
            .as_pixels()
            .iter()
            .enumerate()
            .filter(|(_, pixel)| **pixel == GOLD)
            .map(|(at, _)| (at % 300, at / 300))
            .collect();
        assert!((1000..9000).contains(&golden.len()), "{}", golden.len());
        assert!(golden.iter().all(|(x, y)| *x < 190 && *y > 5 && *y < 160));
        assert_eq!(cloth.as_pixels()[250], RED);
    }
}
