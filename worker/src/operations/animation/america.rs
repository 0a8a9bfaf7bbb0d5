//! America: the stars and stripes wave over the picture.

use protocol::{America, Colour};

use super::flag::Flag;
use crate::operations::compose;
use crate::operations::mask::shape::Shape;
use crate::picture::{Picture, Size};

const RED: [u8; 4] = [190, 20, 44, 255];
const WHITE: [u8; 4] = [255; 4];
const BLUE: [u8; 4] = [26, 38, 96, 255];

impl Flag for America {
    /// Thirteen stripes, and fifty stars in nine rows of six and five.
    fn cloth(size: Size) -> Picture {
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        let stripe = height / 13.0;
        let mut cloth = compose::filled(size, Colour(WHITE));
        let bar = |top: f64, right: f64, thick: f64| {
            let mut shape = Shape::default();
            let bottom = top + thick;
            shape.polygon(&[(0.0, top), (right, top), (right, bottom), (0.0, bottom)]);
            shape
        };
        for number in (0..13).step_by(2) {
            bar(f64::from(number) * stripe, width, stripe).fill(&mut cloth, RED);
        }
        let (across, down) = (width * 0.42, stripe * 7.0);
        bar(0.0, across, down).fill(&mut cloth, BLUE);
        let mut stars = Shape::default();
        let radius = (across / 12.0).min(down / 10.0) * 0.62;
        for row in 1..10 {
            for column in (1..12).filter(|column| (column + row) % 2 == 0) {
                let at = (
                    f64::from(column) * across / 12.0,
                    f64::from(row) * down / 10.0,
                );
                stars.star(at, radius);
            }
        }
        stars.fill(&mut cloth, WHITE);
        cloth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_stripes_and_fifty_stars() {
        let cloth = America::cloth(Size::new(1300, 780));
        let at = |x: usize, y: usize| cloth.as_pixels()[y * 1300 + x];
        for number in 0..13 {
            let expected = if number % 2 == 0 { RED } else { WHITE };
            assert_eq!(at(1200, number * 60 + 30), expected, "stripe {number}");
        }
        let canton = cloth.as_pixels().iter().enumerate();
        let starlight: f64 = canton
            .filter(|(at, _)| at % 1300 < 546 && at / 1300 < 420)
            .map(|(_, pixel)| f64::from(pixel[0] - BLUE[0]) / f64::from(255 - BLUE[0]))
            .sum();
        // Ten triangles between the middle, a point and an inner corner, for a radius of 1.
        let radius = 42.0 * 0.62;
        let star = radius * radius * 1.1226;
        let stars = starlight / star;
        assert!((49.0..51.0).contains(&stars), "{stars}");
    }
}
