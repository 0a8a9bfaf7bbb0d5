//! EXIF orientation: whichever of the eight a file asks for, the upright picture is worked on,
//! and the answer does not ask to be turned again.

use crate::made;
use crate::manifest::small_entries;
use crate::picture::{Picture, assert_same};
use crate::pictures::{flipped, mirrored, turned};
use crate::png_reader;
use crate::service::Service;

/// What a viewer does to the stored pixels for each orientation, 1 first.
const UPRIGHT: [fn(&Picture) -> Picture; 8] = [
    Picture::clone,
    mirrored,
    |stored| turned(&turned(stored)),
    flipped,
    |stored| mirrored(&turned(stored)),
    turned,
    |stored| flipped(&turned(stored)),
    |stored| turned(&turned(&turned(stored))),
];

fn answer(service: &Service, body: &[u8]) -> Picture {
    let answer = service.post("/v1/process?op=rotate:0", body);
    assert_eq!(answer.status, 200, "{}", answer.body.escape_ascii());
    let asks = answer.body.windows(4).any(|chunk| chunk == b"eXIf");
    assert!(!asks, "the answer asks to be turned again");
    png_reader::read(&answer.body)
        .expect("a sound PNG")
        .visible()
}

#[test]
fn a_png_of_any_orientation_is_answered_upright() {
    let service = Service::start();
    let stored = made::still(40, 30);
    for (orientation, upright) in (1..).zip(UPRIGHT) {
        let body = made::png_with_orientation(&stored, orientation);
        let expected = upright(&stored).visible();
        let what = format!("orientation {orientation}");
        assert_same(&answer(&service, &body), &expected, &what);
    }
}

#[test]
fn a_jpeg_of_any_orientation_is_answered_upright() {
    let service = Service::start();
    let entries = small_entries();
    let jpeg = entries
        .iter()
        .find(|entry| entry.name == "photo/restart_markers_odd.jpg")
        .expect("a JPEG whose sides differ");
    let jpeg = jpeg.bytes();
    let stored = answer(&service, &jpeg);
    assert_eq!(stored.size(), (102, 77));
    for (orientation, upright) in (1..).zip(UPRIGHT) {
        let body = made::jpeg_with_orientation(&jpeg, orientation);
        let what = format!("orientation {orientation}");
        assert_same(&answer(&service, &body), &upright(&stored), &what);
    }
}

#[test]
fn an_orientation_that_does_not_exist_is_ignored() {
    let service = Service::start();
    let stored = made::still(40, 30);
    for orientation in [0, 9, 255] {
        let body = made::png_with_orientation(&stored, orientation);
        let what = format!("orientation {orientation}");
        assert_same(&answer(&service, &body), &stored.visible(), &what);
    }
}

#[test]
fn operations_apply_to_the_upright_picture() {
    let service = Service::start();
    let stored = made::opaque_still(40, 30);
    let body = made::png_with_orientation(&stored, 6);
    let answer = service.post("/v1/process?op=flip&op=resize:15", &body);
    let picture = png_reader::read(&answer.body).expect("a sound PNG");
    assert_eq!(picture.size(), (15, 20));
    let answer = service.post("/flip/", &body);
    let picture = png_reader::read(&answer.body).expect("a sound PNG");
    assert_same(
        &picture,
        &flipped(&turned(&stored)),
        "turned upright, then flipped",
    );
}
