//! Petpet: a hand pats the picture, which gives way and springs back.

use protocol::PetPet;

use super::generated::Script;
use crate::operations::mask::shape::{Ends, Point, Shape};
use crate::operations::sample::{Outside, place, sample};
use crate::picture::{CHANNELS, Picture, Size};

const SKIN: [u8; 4] = [255, 226, 204, 255];
const SHADE: [u8; 4] = [238, 190, 164, 255];
const LINE: [u8; 4] = [52, 34, 30, 255];
const SLEEVE: [u8; 4] = [92, 108, 214, 255];

impl Script for PetPet {
    const FRAMES: u32 = 10;
    const DELAY_CS: u16 = 4;

    fn frame(&self, picture: &Picture, number: u32) -> Picture {
        let side = picture.size.width.max(picture.size.height);
        let turn = f64::from(number) / f64::from(Self::FRAMES) * std::f64::consts::TAU;
        // The hand is longer above than below.
        let pressed = ((1.0 - turn.cos()) / 2.0).powf(1.4);
        let mut result = Picture::blank(Size::new(side, side));
        let top = 0.2 + 0.2 * pressed;
        let (left, right) = (0.12 - 0.05 * pressed, 0.97 + 0.03 * pressed);
        squashed(picture, &mut result, [left, top, right, 1.0]);
        let side = f64::from(side);
        let hand = |(x, y): Point| (x * side, (y + top + 0.06) * side);
        draw(&mut result, hand, pressed, side);
        result
    }
}

/// The picture in a box, whose sides are parts of the canvas.
fn squashed(picture: &Picture, canvas: &mut Picture, [left, top, right, bottom]: [f64; 4]) {
    let side = f64::from(canvas.size.width);
    let scale = |size: u32, from: f64, to: f64| f64::from(size) / ((to - from) * side);
    let (across, down) = (
        scale(picture.size.width, left, right),
        scale(picture.size.height, top, bottom),
    );
    for (y, row) in canvas.rows_mut().enumerate() {
        for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
            let at_x = (x as f64 + 0.5 - left * side) * across;
            let at_y = (y as f64 + 0.5 - top * side) * down;
            *pixel = sample(picture, place(at_x, at_y), Outside::CLEAR);
        }
    }
}

/// The hand, seen from the side, its fingers over the picture's upper edge, which is at 0; it
/// comes from above left.
fn draw(canvas: &mut Picture, onto: impl Fn(Point) -> Point, pressed: f64, side: f64) {
    // Fingers lie flat when pressed.
    let reach = 0.03 * pressed;
    let fingers: [(Point, Point); 4] = [
        ((0.40, -0.10), (0.66 + reach, -0.05)),
        ((0.38, -0.07), (0.64 + reach, 0.02)),
        ((0.34, -0.04), (0.56 + reach, 0.08)),
        ((0.28, -0.03), (0.44 + reach, 0.12)),
    ];
    let thumb = ((0.20, -0.02), (0.27 - reach, 0.13));
    let palm = |more: f64| {
        let mut shape = Shape::default();
        shape.limb((0.26, -0.12), (0.42, -0.1), (0.115 + more, 0.085 + more));
        shape
    };
    let limb = |(from, to): (Point, Point), more: f64| {
        let mut shape = Shape::default();
        shape.limb(from, to, (0.05 + more, 0.04 + more));
        shape
    };
    let arm = |more: f64| {
        let mut shape = Shape::default();
        shape.limb((-0.1, -0.42), (0.22, -0.15), (0.085 + more, 0.08 + more));
        shape
    };
    let sleeve = |more: f64| {
        let mut shape = Shape::default();
        shape.stroke(
            &[(-0.2, -0.5), (0.045, -0.3)],
            0.23 + 2.0 * more,
            Ends::Square,
        );
        shape
    };
    let line = (0.012_f64).max(0.8 / side);
    let mut fill = |shape: Shape, colour: [u8; 4]| shape.moved(&onto).fill(canvas, colour);
    for outlined in [true, false] {
        let (more, skin) = if outlined { (line, LINE) } else { (0.0, SKIN) };
        fill(arm(more), skin);
        fill(palm(more), skin);
        fill(limb(thumb, more), skin);
    }
    // From the far one to the near one, each before the one behind it.
    for finger in fingers {
        fill(limb(finger, line), LINE);
        fill(limb(finger, 0.0), SKIN);
    }
    // The back of the hand hides where the fingers begin.
    fill(palm(-0.012), SKIN);
    let mut knuckles = Shape::default();
    for (from, _) in fingers {
        knuckles.ellipse((from.0 + 0.035, from.1 - 0.005), (0.016, 0.011));
    }
    fill(knuckles, SHADE);
    fill(sleeve(line), LINE);
    fill(sleeve(0.0), SLEEVE);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::compose;
    use protocol::Colour;

    #[test]
    fn the_picture_is_lowest_in_the_middle_of_the_animation() {
        let green = Colour([0, 200, 0, 255]);
        let picture = compose::filled(Size::new(100, 60), green);
        let top = |number: u32| {
            let frame = PetPet {}.frame(&picture, number);
            assert_eq!(frame.size, Size::new(100, 100));
            let column = frame.as_pixels().iter().skip(90).step_by(100);
            column.take_while(|pixel| **pixel != green.0).count()
        };
        assert!(
            top(5) > top(2) && top(2) > top(0),
            "{} {} {}",
            top(5),
            top(2),
            top(0)
        );
        assert!((19..22).contains(&top(0)), "{}", top(0));
    }

    #[test]
    fn around_picture_and_hand_there_is_nothing() {
        let picture = compose::filled(Size::new(60, 60), Colour::WHITE);
        let frame = PetPet {}.frame(&picture, 0);
        let at = |x: usize, y: usize| frame.as_pixels()[y * 60 + x][3];
        assert_eq!((at(59, 0), at(0, 59), at(30, 50)), (0, 0, 255));
        assert!(frame.as_pixels().contains(&SKIN));
    }
}
