//! What the operations do whose pixels are not exactly known: sizes, and what must be true of
//! the pixels however they are computed.

use crate::made;
use crate::picture::{Picture, Pixel, assert_same};
use crate::pictures::{EXACT, animation, still};
use crate::service::Service;

/// Each with the size that a picture of 40 × 30 must come out with.
const SIZES: [(&str, &str, (usize, usize)); 10] = [
    ("/blur/", "op=blur", (40, 30)),
    ("/blur/?sigma=3", "op=blur:3", (40, 30)),
    ("/pixel/", "op=pixel", (40, 30)),
    ("/pixel/?size=8", "op=pixel:8", (40, 30)),
    ("/resize/?width=20", "op=resize:20", (20, 15)),
    ("/resize/?height=60", "op=resize::60", (80, 60)),
    ("/resize/?width=20&height=20", "op=resize:20:20", (20, 15)),
    (
        "/resize/?width=20&height=20&fit=stretch",
        "op=resize:20:20:stretch",
        (20, 20),
    ),
    (
        "/resize/?width=80&filter=nearest",
        "op=resize:80:60:fit:nearest",
        (80, 60),
    ),
    (
        "/rotate/?degrees=45&expand=false",
        "op=rotate:45:false",
        (40, 30),
    ),
];

#[test]
fn sizes_come_out_as_asked_for_a_still_and_for_every_frame() {
    let service = Service::start();
    let body = made::png(&made::still(40, 30));
    for (effect, pipeline, size) in SIZES {
        let pipeline = format!("/v1/process?{pipeline}");
        for path in [effect, &pipeline] {
            assert_eq!(still(&service, path, &body).size(), size, "{path}");
            for frame in animation(&service, path) {
                assert_eq!(frame.size(), size, "{path}");
            }
        }
    }
}

#[test]
fn a_turn_by_45_degrees_grows_the_canvas_and_leaves_its_corners_transparent() {
    let service = Service::start();
    let body = made::png(&made::opaque_still(40, 30));
    let still = still(&service, "/rotate/?degrees=45", &body);
    assert_eq!(still.pixel(still.width / 2, still.height / 2)[3], 255);
    for picture in [vec![still], animation(&service, "/rotate/?degrees=45")].concat() {
        // (40 + 30) × cos 45° = 49.5
        let (width, height) = picture.size();
        assert!(
            (49..=51).contains(&width) && (49..=51).contains(&height),
            "{width}x{height}"
        );
        for corner in [
            (0, 0),
            (width - 1, 0),
            (0, height - 1),
            (width - 1, height - 1),
        ] {
            assert_eq!(picture.pixel(corner.0, corner.1), [0; 4], "{corner:?}");
        }
    }
}

#[test]
fn pixel_makes_blocks_of_one_colour() {
    let service = Service::start();
    let body = made::png(&made::opaque_still(40, 30));
    let picture = still(&service, "/pixel/?size=8", &body);
    for y in 0..30 {
        for x in 0..40 {
            assert_eq!(
                picture.pixel(x, y),
                picture.pixel(x / 8 * 8, y / 8 * 8),
                "{x}, {y}"
            );
        }
    }
    assert!(
        picture.pixel(0, 0) != picture.pixel(8, 8),
        "more than one block"
    );
}

#[test]
fn a_gaussian_spreads_a_point_evenly_and_keeps_a_plain_colour() {
    let service = Service::start();
    let plain = Picture::painted(21, 21, |_, _| [90, 160, 30, 255]);
    let blurred = still(&service, "/blur/?sigma=2", &made::png(&plain));
    assert_same(&blurred, &plain, "a plain colour");

    let point = Picture::painted(21, 21, |x, y| match (x, y) {
        (10, 10) => [255, 255, 255, 255],
        _ => [0, 0, 0, 255],
    });
    let blurred = still(&service, "/blur/?sigma=2", &made::png(&point));
    let at = |x, y| i32::from(blurred.pixel(x, y)[0]);
    // 255 / (2π × 2²) = 10.1 in the middle, e^-½ of it two pixels away.
    assert!((8..=12).contains(&at(10, 10)), "{}", at(10, 10));
    assert!((5..=8).contains(&at(12, 10)), "{}", at(12, 10));
    for (x, y) in [(10, 8), (8, 10), (12, 10)] {
        assert!((at(x, y) - at(10, 12)).abs() <= 1, "not round at {x}, {y}");
    }
    assert_eq!(at(0, 0), 0);
}

#[test]
fn a_picture_of_one_pixel_passes_every_operation() {
    let service = Service::start();
    let pixel: Pixel = [10, 200, 90, 255];
    let body = made::png(&Picture::painted(1, 1, |_, _| pixel));
    for (effect, _, _) in SIZES
        .iter()
        .filter(|(effect, _, _)| !effect.contains("resize"))
    {
        assert_eq!(
            still(&service, effect, &body).pixel(0, 0),
            pixel,
            "{effect}"
        );
    }
    for exact in &EXACT {
        assert_eq!(
            still(&service, exact.effect, &body).size(),
            (1, 1),
            "{}",
            exact.effect
        );
    }
}
