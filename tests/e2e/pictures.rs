//! What the exact operations, their order and `format` do to a made still and to every frame of
//! a made animation: every pixel is known.

use crate::gif_reader::Gif;
use crate::gifs;
use crate::made;
use crate::picture::{Picture, assert_same};
use crate::png_reader;
use crate::service::Service;

/// Query spellings of one operation in both dialects, and what it does to a picture.
pub(crate) struct Exact {
    pub(crate) effect: &'static str,
    pipeline: &'static str,
    change: fn(&Picture) -> Picture,
}

pub(crate) const EXACT: [Exact; 8] = [
    Exact {
        effect: "/image/invert/",
        pipeline: "op=invert",
        change: inverted,
    },
    Exact {
        effect: "/image/grayscale/",
        pipeline: "op=grayscale",
        change: grey,
    },
    Exact {
        effect: "/image/flip/",
        pipeline: "op=flip",
        change: flipped,
    },
    Exact {
        effect: "/image/mirror/",
        pipeline: "op=mirror",
        change: mirrored,
    },
    Exact {
        effect: "/image/rotate/?degrees=90",
        pipeline: "op=rotate:90",
        change: turned,
    },
    Exact {
        effect: "/image/rotate/?degrees=180",
        pipeline: "op=rotate:180",
        change: |picture| turned(&turned(picture)),
    },
    Exact {
        effect: "/image/rotate/?degrees=-90",
        pipeline: "op=rotate:-90",
        change: |picture| turned(&turned(&turned(picture))),
    },
    Exact {
        effect: "/image/rotate/?degrees=0",
        pipeline: "op=rotate:0",
        change: Picture::clone,
    },
];

pub(crate) fn inverted(picture: &Picture) -> Picture {
    picture.mapped(|[red, green, blue, alpha]| [255 - red, 255 - green, 255 - blue, alpha])
}

/// ITU-R BT.601 luma in 16-bit fixed point, rounded.
fn grey(picture: &Picture) -> Picture {
    picture.mapped(|[red, green, blue, alpha]| {
        let [red, green, blue] = [red, green, blue].map(u32::from);
        let luma = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
        [luma as u8, luma as u8, luma as u8, alpha]
    })
}

pub(crate) fn flipped(picture: &Picture) -> Picture {
    let (width, height) = picture.size();
    Picture::painted(width, height, |x, y| picture.pixel(x, height - 1 - y))
}

pub(crate) fn mirrored(picture: &Picture) -> Picture {
    let (width, height) = picture.size();
    Picture::painted(width, height, |x, y| picture.pixel(width - 1 - x, y))
}

/// By 90 degrees clockwise: the left column becomes the top row, reversed.
pub(crate) fn turned(picture: &Picture) -> Picture {
    let (width, height) = picture.size();
    Picture::painted(height, width, |x, y| picture.pixel(y, height - 1 - x))
}

/// The answer as a PNG; its invisible colours, which no operation promises, are zero.
pub(crate) fn still(service: &Service, path: &str, body: &[u8]) -> Picture {
    let answer = service.post(path, body);
    assert_eq!(answer.status, 200, "{path}: {}", told(&answer.body));
    assert_eq!(answer.header("content-type"), Some("image/png"), "{path}");
    let picture = png_reader::read(&answer.body);
    picture
        .unwrap_or_else(|error| panic!("{path}: {error}"))
        .visible()
}

/// The answer's frames, once it is shown to be the whole animation of [`made::animation`].
pub(crate) fn animation(service: &Service, path: &str) -> Vec<Picture> {
    let answer = service.post(path, &made::animation());
    assert_eq!(answer.status, 200, "{path}: {}", told(&answer.body));
    assert_eq!(answer.header("content-type"), Some("image/gif"), "{path}");
    let gif = Gif::parse(&answer.body).unwrap_or_else(|error| panic!("{path}: {error}"));
    let delays: Vec<u16> = gif.frames.iter().map(|frame| frame.delay_cs).collect();
    assert_eq!(delays, [7, 120, 3, 65_000], "{path}");
    assert_eq!((gif.loops, gif.ended), (Some(3), true), "{path}");
    frames(&gif)
}

fn frames(gif: &Gif<'_>) -> Vec<Picture> {
    let canvases = gif.canvases().map(|canvas| canvas.expect("sound pixels"));
    canvases
        .map(|rgba| Picture::new(gif.width, gif.height, rgba))
        .collect()
}

fn made_frames() -> Vec<Picture> {
    frames(&Gif::parse(&made::animation()).expect("a sound GIF"))
}

fn told(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned()
}

#[test]
fn exact_operations_give_every_expected_pixel_of_a_still() {
    let service = Service::start();
    let source = made::still(40, 30);
    let body = made::png(&source);
    for exact in &EXACT {
        let expected = (exact.change)(&source).visible();
        let pipeline = format!("/v1/process?{}", exact.pipeline);
        for path in [exact.effect, &pipeline] {
            assert_same(&still(&service, path, &body), &expected, path);
        }
    }
}

#[test]
fn exact_operations_give_every_expected_pixel_of_every_frame() {
    let service = Service::start();
    for exact in &EXACT {
        let pipeline = format!("/v1/process?{}", exact.pipeline);
        for path in [exact.effect, &pipeline] {
            let actual = animation(&service, path);
            for (index, (actual, before)) in actual.iter().zip(made_frames()).enumerate() {
                let expected = (exact.change)(&before).visible();
                assert_same(actual, &expected, &format!("{path}, frame {index}"));
            }
        }
    }
}

#[test]
fn the_order_of_a_pipeline_matters_and_is_kept() {
    let service = Service::start();
    let source = made::still(40, 30);
    let body = made::png(&source);
    let turned_first = still(&service, "/v1/process?op=rotate:90&op=flip", &body);
    assert_same(
        &turned_first,
        &flipped(&turned(&source)).visible(),
        "rotate, flip",
    );
    let flipped_first = still(&service, "/v1/process?op=flip&op=rotate:90", &body);
    assert_same(
        &flipped_first,
        &turned(&flipped(&source)).visible(),
        "flip, rotate",
    );
    assert!(
        turned_first != flipped_first,
        "the made picture is too even"
    );
}

#[test]
fn format_chooses_the_format_of_a_pipelines_result() {
    let service = Service::start();
    let source = made::opaque_still(16, 12);
    let png = made::png(&source);

    let first = still(
        &service,
        "/v1/process?op=invert&format=png",
        &made::animation(),
    );
    assert_same(
        &first,
        &inverted(&made_frames()[0]).visible(),
        "the first frame",
    );

    let answer = service.post("/v1/process?op=invert&format=gif", &png);
    assert_eq!(answer.header("content-type"), Some("image/gif"));
    let gif = Gif::parse(&answer.body).expect("a sound GIF");
    assert_eq!((gif.frames.len(), gif.width, gif.height), (1, 16, 12));
    // 192 pixels have no more than 192 colours, so the palette holds each of them.
    assert_same(&frames(&gif)[0], &inverted(&source), "a GIF of few colours");

    let answer = service.post("/v1/process?op=invert&format=tga", &png);
    assert!(
        (400..=422).contains(&answer.status),
        "status {}",
        answer.status
    );
}

#[test]
fn a_still_of_many_colours_becomes_a_gif_that_looks_the_same() {
    let service = Service::start();
    let source = made::still(60, 50);
    let answer = service.post("/v1/process?op=rotate:0&format=gif", &made::png(&source));
    let gif = Gif::parse(&answer.body).expect("a sound GIF");
    // Made to be hard: 1,824 colours, each of one pixel. With 256 colours the three
    // quantisers of Pillow reach 24.5 to 27.4 dB on it; 16 colours give 15 dB.
    let outcome = gifs::as_close_as_a_palette_allows(&frames(&gif)[0], &source.thresholded(), 23.0);
    outcome.expect("close enough");
}
