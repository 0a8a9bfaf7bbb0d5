//! Sizes of every way to fit, and pixels where they are known.

use super::*;
use crate::operations::tests::{done, letters, picture, spelt};

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
            let size = resize.result_size(Size::new(100, 50));
            assert_eq!((size.width, size.height), expected, "{resize:?}");
            resize.enlarge = false;
        }
    }
}

#[test]
fn nearest_repeats_pixels_exactly() {
    let resize = resize(Some(4), Some(4), Fit::Stretch, Filter::Nearest);
    let result = resize.apply(letters(2, "abcd")).unwrap();
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
        let [r, g, b, a] = resize.apply(given.clone()).unwrap().as_pixels()[0];
        assert!(r.abs_diff(200) <= 1 && g.abs_diff(10) <= 1 && b.abs_diff(10) <= 1);
        assert!(a.abs_diff(128) <= 1, "{filter:?}: alpha {a}");
    }
}

#[test]
fn the_same_size_changes_nothing() {
    let given = picture(2, &[[1, 2, 3, 4], [5, 6, 7, 0]]);
    let resize = resize(Some(2), None, Fit::Fit, Filter::Lanczos3);
    assert_eq!(resize.apply(given.clone()), Ok(given));
}
