//! Forms on small pictures, pixel by pixel.

use super::*;
use crate::picture::Size;

fn covered(shape: &Shape, side: u32) -> Vec<u8> {
    let mut picture = Picture::blank(Size::new(side, side));
    shape.fill(&mut picture, [255; 4]);
    picture.as_pixels().iter().map(|pixel| pixel[3]).collect()
}

#[test]
fn a_pixel_is_covered_as_much_as_the_form_lies_on_it() {
    let mut shape = Shape::default();
    shape.polygon(&[(0.5, 0.25), (2.0, 0.25), (2.0, 1.5), (0.5, 1.5)]);
    assert_eq!(covered(&shape, 3), [96, 191, 0, 64, 128, 0, 0, 0, 0]);
    let mut slanted = Shape::default();
    slanted.polygon(&[(0.0, 0.0), (3.0, 0.0), (0.0, 1.0)]);
    // 1 - 1/6, 1/2, 1/6 of each pixel.
    for (found, expected) in covered(&slanted, 3).into_iter().zip([213_u8, 128, 43]) {
        assert!(found.abs_diff(expected) < 2, "{found}, not {expected}");
    }
}

#[test]
fn parts_that_overlap_are_one_in_whatever_direction_they_go() {
    let mut shape = Shape::default();
    shape.polygon(&[(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]);
    shape.polygon(&[(0.0, 1.0), (0.0, 3.0), (2.0, 3.0), (2.0, 1.0)]);
    assert_eq!(covered(&shape, 3), [255, 255, 0, 255, 255, 0, 255, 255, 0]);
}

#[test]
fn a_stroke_is_as_wide_as_asked_for_and_its_corners_are_sharp() {
    let mut shape = Shape::default();
    shape.stroke(&[(2.0, 2.0), (8.0, 2.0), (8.0, 8.0)], 2.0, Ends::Square);
    let sum: u32 = covered(&shape, 10).into_iter().map(u32::from).sum();
    // Two lines of 8 × 2 that share a corner of 2 × 2.
    assert_eq!(sum, (16 + 16 - 4) * 255);
}

#[test]
fn a_form_that_is_turned_stays_as_large() {
    let mut shape = Shape::default();
    shape.polygon(&[(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)]);
    let (sin, cos) = 0.6_f64.sin_cos();
    let turned = shape.moved(|(x, y)| (8.0 + x * cos - y * sin, 8.0 + x * sin + y * cos));
    let sum: u32 = covered(&turned, 16).into_iter().map(u32::from).sum();
    assert!((sum as f64 / 255.0 - 64.0).abs() < 0.3, "{sum}");
}

#[test]
fn what_lies_outside_is_cut_off() {
    let mut shape = Shape::default();
    shape.ellipse((1.5, 1.5), (1e7, 1e7));
    assert_eq!(covered(&shape, 3), [255; 9]);
    let mut far = Shape::default();
    far.ellipse((-50.0, 1.0), (9.0, 9.0));
    far.ellipse((50.0, 1.0), (9.0, 9.0));
    far.star((1.0, 99.0), 9.0);
    assert_eq!(covered(&far, 3), [0; 9]);
    assert_eq!(covered(&Shape::default(), 3), [0; 9]);
}
