//! Sizes of every way to fit, and pixels where they are known.

use proptest::prelude::*;

use super::axis::Axis;
use super::*;
use crate::operations::tests::{done, letters, pattern, picture, spelt};

fn resize(width: Option<u32>, height: Option<u32>, fit: Fit, filter: Filter) -> Resize {
    Resize {
        width,
        height,
        fit,
        filter,
        enlarge: true,
        gravity: Gravity::Center,
        background: protocol::Colour::TRANSPARENT,
    }
}

fn applied(resize: &Resize, given: Picture) -> Result<Picture, Refused> {
    Resized::new(*resize, given.size).apply(given)
}

#[test]
fn the_size_follows_what_is_given() {
    for (width, height, fit, expected, without_enlarging) in [
        (Some(50), None, Fit::Fit, (50, 25), (50, 25)),
        (None, Some(50), Fit::Fit, (100, 50), (100, 50)),
        (Some(60), Some(60), Fit::Fit, (60, 30), (60, 30)),
        (Some(400), Some(100), Fit::Fit, (200, 100), (100, 50)),
        (Some(400), Some(100), Fit::Inside, (100, 50), (100, 50)),
        (Some(60), Some(40), Fit::Inside, (60, 30), (60, 30)),
        (Some(60), Some(60), Fit::Stretch, (60, 60), (60, 50)),
        (Some(60), Some(40), Fit::Fill, (80, 40), (80, 40)),
        (Some(60), Some(60), Fit::Fill, (120, 60), (100, 50)),
        (Some(60), Some(60), Fit::Cover, (60, 60), (60, 50)),
        (Some(60), Some(60), Fit::Contain, (60, 60), (60, 60)),
        (Some(1), None, Fit::Fit, (1, 1), (1, 1)),
    ] {
        let mut resize = resize(width, height, fit, Filter::Lanczos3);
        for expected in [expected, without_enlarging] {
            let size = result_size(&resize, Size::new(100, 50));
            assert_eq!((size.width, size.height), expected, "{resize:?}");
            resize.enlarge = false;
        }
    }
}

#[test]
fn nearest_repeats_pixels_exactly() {
    let resize = resize(Some(4), Some(4), Fit::Stretch, Filter::Nearest);
    let result = applied(&resize, letters(2, "abcd")).unwrap();
    assert_eq!(spelt(&result), "aabbaabbccddccdd");
}

#[test]
fn cover_cuts_off_and_contain_adds() {
    for (text, expected) in [
        ("resize:2:2:cover:nearest", "bcfg"),
        ("resize:2:2:cover:nearest:gravity=west", "abef"),
        ("resize:2:2:cover:nearest:gravity=east", "cdgh"),
        ("resize:4:4:cover:nearest", "bbccbbccffggffgg"),
        (
            "resize:4:4:contain:nearest:background=#414141",
            "AAAAabcdefghAAAA",
        ),
        (
            "resize:4:4:contain:nearest:gravity=north",
            "abcdefgh\0\0\0\0\0\0\0\0",
        ),
        (
            "resize:6:4:contain:nearest:enlarge=false",
            "\0\0\0\0\0\0\0abcd\0\0efgh\0\0\0\0\0\0\0",
        ),
    ] {
        assert_eq!(
            spelt(&done(text, letters(4, "abcdefgh"))),
            expected,
            "{text}"
        );
    }
}

#[test]
fn transparent_pixels_lend_no_colour() {
    let given = picture(2, &[[200, 10, 10, 255], [0, 255, 0, 0]]);
    for filter in [
        Filter::Box,
        Filter::Bilinear,
        Filter::Hamming,
        Filter::CatmullRom,
        Filter::Mitchell,
        Filter::Lanczos3,
    ] {
        let resize = resize(Some(1), Some(1), Fit::Stretch, filter);
        let [r, g, b, a] = applied(&resize, given.clone()).unwrap().as_pixels()[0];
        assert!(r.abs_diff(200) <= 1 && g.abs_diff(10) <= 1 && b.abs_diff(10) <= 1);
        assert!(a.abs_diff(128) <= 1, "{filter:?}: alpha {a}");
    }
}

#[test]
fn the_same_size_changes_nothing() {
    let given = picture(2, &[[1, 2, 3, 4], [5, 6, 7, 0]]);
    let resize = resize(Some(2), None, Fit::Fit, Filter::Lanczos3);
    assert_eq!(applied(&resize, given.clone()), Ok(given));
}

proptest! {
    #[test]
    fn a_part_is_the_same_as_that_part_of_the_whole(
        (width, height) in (1u32..140, 1u32..140),
        (to_width, to_height) in (1u32..170, 1u32..170),
        filter in prop::sample::select(vec![Filter::Lanczos3, Filter::Hamming]),
        fit in prop::sample::select(vec![Fit::Stretch, Fit::Cover, Fit::Contain, Fit::Inside]),
        (x, y, w, h) in (0.0..1.0, 0.0..1.0, 0.0..1.0, 0.0..1.0),
    ) {
        let resize = resize(Some(to_width), Some(to_height), fit, filter);
        let given = pattern(width, height);
        let effect = Resized::new(resize, given.size);
        let whole = effect.apply(given.clone()).unwrap();
        let parts = effect.parts().unwrap();
        let range = |from: f64, length: f64, side: u32| {
            let from = (from * f64::from(side)) as usize;
            from..from + 1 + (length * f64::from(side - from as u32 - 1)) as usize
        };
        let wanted = Area::of(range(x, w, whole.size.width), range(y, h, whole.size.height));
        let needed = parts.needed(wanted, given.size);
        let part = needed.cut_from(given.clone());
        let made = parts.apply_to_part(part, wanted, given.size).unwrap();
        prop_assert!(made == wanted.cut_from(whole));
        // And it is known to change with what it is made from, but where there is only background.
        let touched = parts.touched(needed, given.size);
        prop_assert!(fit == Fit::Contain || touched.shared(wanted) == Some(wanted));
    }
}

#[test]
fn a_part_goes_on_to_a_place_whose_weights_are_rounded_as_those_of_the_whole() {
    // At its sides a picture ends, so that fewer pixels share in a place, and each weighs more.
    let axis = |count| Axis::new(Filter::Lanczos3, 400, count, (0.0, 400.0));
    let further = |count: u32| {
        let middle = count as usize / 2..count as usize / 2 + 1;
        axis(count).made(middle.clone()) != middle
    };
    let further = (1..400).filter(|count| further(*count)).count();
    assert!((20..100).contains(&further), "{further} of 399 sizes");
}
