//! A photograph of the corpus, whole and damaged. How close the colours are to those of others
//! is judged outside of the crate.

use protocol::Reason;

use super::*;
use crate::decode::tests::LIMITS;

const PHOTO: &[u8] = include_bytes!("../../../../tests/images/other/hopper.avif");
const LIMITS_OF_PHOTO: Limits = Limits {
    pixels_max: 128 * 128,
    total_pixels_max: 128 * 128,
    ..LIMITS
};

#[test]
fn a_photograph_is_read() {
    let picture = decode(PHOTO, &LIMITS_OF_PHOTO).unwrap();
    assert_eq!(picture.size, Size::new(128, 128));
    assert!(picture.as_pixels().iter().all(|pixel| pixel[3] == 255));
    let shades = picture.as_pixels().iter().map(|pixel| pixel[1]);
    assert!(shades.clone().min() < Some(30) && shades.max() > Some(220));
}

#[test]
fn the_size_is_limited_before_any_pixel() {
    let refused = decode(PHOTO, &LIMITS).unwrap_err();
    assert!(matches!(refused.reason, Reason::TooLarge(_)));
}

#[test]
fn a_file_cut_anywhere_is_a_bad_image() {
    for length in 32..PHOTO.len() {
        let refused = decode(&PHOTO[..length], &LIMITS_OF_PHOTO).unwrap_err();
        assert_eq!(refused.reason, Reason::BadImage, "{length} bytes");
    }
}

#[test]
fn tiles_and_other_codecs_are_unsupported() {
    for kind in [b"grid", b"hvc1"] {
        let mut file = PHOTO.to_vec();
        let at = file.windows(4).position(|four| four == b"av01").unwrap();
        file[at..at + 4].copy_from_slice(kind);
        let refused = decode(&file, &LIMITS_OF_PHOTO).unwrap_err();
        assert_eq!(refused.reason, Reason::UnsupportedFormat);
    }
}

#[test]
fn the_container_turns_and_mirrors() {
    let plain = decode(PHOTO, &LIMITS_OF_PHOTO).unwrap();
    let item = |turns, mirrored| {
        let mut item = Items::read(PHOTO).unwrap().primary().unwrap();
        (item.quarter_turns_left, item.mirrored) = (turns, mirrored);
        item
    };
    let twice = turn(&item(3, None)).applied(turn(&item(1, None)).applied(plain.clone()));
    assert_eq!(twice, plain);
    // To the left: what was the right column becomes the top row.
    let left = turn(&item(1, None)).applied(plain.clone());
    assert_eq!(left.as_pixels()[5], plain.as_pixels()[5 * 128 + 127]);
    let flipped = turn(&item(0, Some(0))).applied(plain.clone());
    assert_eq!(flipped.as_pixels()[5], plain.as_pixels()[127 * 128 + 5]);
    // Turned first: the top row of what was turned is at the bottom then.
    let both = turn(&item(1, Some(0))).applied(plain.clone());
    assert_eq!(
        both.as_pixels()[127 * 128 + 5],
        plain.as_pixels()[5 * 128 + 127]
    );
}

#[test]
fn of_a_smaller_one_each_pixel_is_a_mean() {
    let whole = decode(PHOTO, &LIMITS_OF_PHOTO).unwrap();
    for by in [2_usize, 4, 8] {
        // Half as much is decoded smaller as may be.
        let frames = open_for(PHOTO, &LIMITS_OF_PHOTO, |size| {
            assert_eq!(size, Size::new(64, 64));
            Wanted::Smaller(by as u32)
        });
        let Frames::View(Some(picture), view) = frames.unwrap() else {
            panic!("it is whole");
        };
        let side = 128 / by;
        assert_eq!(picture.size, Size::new(side as u32, side as u32));
        assert_eq!((view.original, view.x), (whole.size, (0.0, side as f64)));
        let mut off = 0.0;
        for (at, pixel) in picture.as_pixels().iter().enumerate() {
            let (left, top) = (at % side * by, at / side * by);
            for (channel, found) in pixel.iter().enumerate() {
                let rows = top..top + by;
                let covered = rows.flat_map(|y| &whole.as_pixels()[y * 128 + left..][..by]);
                let sum: f64 = covered.map(|pixel| f64::from(pixel[channel])).sum();
                off += (sum / (by * by) as f64 - f64::from(*found)).abs();
            }
        }
        // Of the whole picture chroma is interpolated, and colours that do not exist are cut off.
        let mean = off / picture.pixels.len() as f64;
        assert!(mean < 0.7, "by {by}: {mean:.2} off");
    }
}
