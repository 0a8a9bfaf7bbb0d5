//! What holds for every operation of the catalogue, with the arguments of its example and with
//! the defaults.

use protocol::CATALOGUE;

use super::*;

/// The example of every operation, and its name alone where that is enough.
fn every() -> impl Iterator<Item = &'static str> {
    let bare = |name: &'static str| Operation::from_text(name).is_ok().then_some(name);
    CATALOGUE
        .iter()
        .flat_map(move |spec| [Some(spec.example), bare(spec.name)])
        .flatten()
}

#[test]
fn the_same_request_gives_the_same_pixels() {
    for text in every() {
        let given = pattern(37, 29);
        assert_eq!(done(text, given.clone()), done(text, given), "{text}");
    }
}

#[test]
fn every_shape_of_picture_passes() {
    for text in every() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (2, 2), (3, 70), (70, 3), (5, 5)] {
            for given in [
                pattern(width, height),
                Picture::blank(Size::new(width, height)),
            ] {
                let result = done(text, given);
                assert!(result.size.pixels() > 0, "{text} of {width} x {height}");
                let bytes = result.size.stride() * result.size.height as usize;
                assert_eq!(result.pixels.len(), bytes, "{text} of {width} x {height}");
            }
        }
    }
}

#[test]
fn what_is_transparent_lends_no_colour() {
    for text in every() {
        let hidden = |colour: [u8; 3]| {
            let mut given = pattern(41, 33);
            for (at, pixel) in given.as_pixels_mut().iter_mut().enumerate() {
                if at % 3 == 0 || at % 41 < 12 {
                    *pixel = [colour[0], colour[1], colour[2], 0];
                }
            }
            let mut result = done(text, given);
            for pixel in result.as_pixels_mut() {
                if pixel[3] == 0 {
                    *pixel = [0; 4];
                }
            }
            result
        };
        let ring = text == "blur";
        assert!(ring || hidden([0, 0, 0]) == hidden([255, 0, 160]), "{text}");
    }
}

#[test]
fn the_first_frame_decides_and_no_frame_changes_the_size() {
    for text in every() {
        let first = pattern(40, 30);
        let plain = Picture::blank(first.size);
        let frames = vec![first, plain, letters(40, &"ab".repeat(600))];
        let sizes: Vec<Size> = done_to_all(text, frames)
            .iter()
            .map(|frame| frame.size)
            .collect();
        assert!(
            sizes.iter().all(|size| *size == sizes[0]),
            "{text}: {sizes:?}"
        );
    }
}
