//! Every output format, read back by readers that share no code with the worker; what the
//! options do; byte budgets; the choice by `Accept`; and what is refused.

use crate::gif_reader::Gif;
use crate::made;
use crate::picture::{Picture, assert_same};
use crate::pillow_reader::{self, Read};
use crate::service::{Answer, Service};

/// Smooth colours with a hard edge: what lossy formats are made for, and a little more.
pub(crate) fn photo() -> Picture {
    Picture::painted(160, 120, |x, y| {
        let wave = ((x as f64 / 9.0).sin() * 40.0 + (y as f64 / 7.0).cos() * 40.0) as i32;
        let channel = |base: usize| (base as i32 + wave).clamp(0, 255) as u8;
        let edge = usize::from(x > 80) * 60;
        [channel(x + edge), channel(y + 40), channel(200 - x), 255]
    })
}

pub(crate) fn made(service: &Service, query: &str, source: &[u8]) -> Answer {
    let path = format!("/v1/process?{query}");
    let answer = service.post(&path, source);
    assert_eq!(answer.verdict(), (200, String::new()), "{path}");
    answer
}

pub(crate) fn bytes(service: &Service, query: &str, source: &[u8]) -> Vec<u8> {
    made(service, query, source).body
}

#[test]
fn a_still_comes_out_in_every_format() {
    if !pillow_reader::is_installed() {
        return;
    }
    let service = Service::start();
    let (opaque, soft) = (photo(), made::still(40, 30));
    for (format, kind, psnr) in [
        ("png", "PNG", f64::INFINITY),
        ("apng", "PNG", f64::INFINITY),
        ("webp&lossless=true", "WEBP", f64::INFINITY),
        ("webp", "WEBP", 30.0),
        ("jpeg&subsampling=444", "JPEG", 32.0),
        ("avif", "AVIF", 28.0),
        ("gif", "GIF", 24.0),
    ] {
        let query = format!("format={format}");
        let answer = made(&service, &query, &made::png(&opaque));
        let name = format.split('&').next().unwrap();
        assert_eq!(
            answer.header("content-type"),
            Some(format!("image/{name}").as_str())
        );
        let read = pillow_reader::read(&answer.body);
        assert_eq!(
            (read.format.as_str(), read.frames.len()),
            (kind, 1),
            "{format}"
        );
        let reached = read.frames[0].psnr(&opaque);
        assert!(reached >= psnr, "{format}: {reached:.1} dB");
        if matches!(name, "png" | "apng" | "webp" | "avif") {
            let read = pillow_reader::read(&bytes(&service, &query, &made::png(&soft)));
            let far = read.frames[0].pixels().zip(soft.pixels());
            let far = far
                .filter(|(one, two)| one[3].abs_diff(two[3]) > 24)
                .count();
            assert!(far < 12, "{format}: alpha is off in {far} pixels");
        }
    }
}

#[test]
fn transparent_places_of_a_jpeg_show_the_background() {
    if !pillow_reader::is_installed() {
        return;
    }
    let service = Service::start();
    let source = made::png(&Picture::painted(32, 32, |_, _| [9, 9, 9, 0]));
    for (query, colour) in [
        ("format=jpeg", [255; 3]),
        ("format=jpeg&background=ff8000", [255, 128, 0]),
    ] {
        let read = pillow_reader::read(&bytes(&service, query, &source));
        let pixel = read.frames[0].pixel(9, 9);
        let near = pixel
            .iter()
            .zip(colour)
            .all(|(one, two)| one.abs_diff(two) <= 3);
        assert!(near, "{query}: {pixel:?}");
    }
}

/// The frames of the made animation, as a GIF's reader sees them.
fn animation_frames() -> Vec<Picture> {
    let source = made::animation();
    let gif = Gif::parse(&source).unwrap();
    let canvases = gif.canvases().map(|canvas| canvas.unwrap());
    canvases.map(|rgba| Picture::new(40, 30, rgba)).collect()
}

fn animation(service: &Service, query: &str, source: &[u8]) -> Read {
    pillow_reader::read(&bytes(service, query, source))
}

#[test]
fn an_animation_keeps_frames_delays_plays_canvas_and_transparency_in_every_format() {
    if !pillow_reader::is_installed() {
        return;
    }
    let service = Service::start();
    let expected = animation_frames();
    for (format, exact) in [
        ("apng", true),
        ("webp&lossless=true", true),
        ("webp&quality=95", false),
        ("gif", true),
    ] {
        // Three repetitions are four plays.
        let loops = if format == "gif" { 3 } else { 4 };
        let read = animation(&service, &format!("format={format}"), &made::animation());
        assert_eq!(read.delays_ms, [70.0, 1200.0, 30.0, 650_000.0], "{format}");
        assert_eq!(read.loops, Some(loops), "{format}");
        assert_eq!(read.frames.len(), expected.len(), "{format}");
        for (index, (actual, expected)) in read.frames.iter().zip(&expected).enumerate() {
            let what = format!("{format}, frame {index}");
            assert!(
                actual.same_mask(expected),
                "{what}: other pixels are transparent"
            );
            if exact {
                assert_same(&actual.visible(), expected, &what);
            } else {
                // Its blue is noise from pixel to pixel, which halved chroma cannot keep.
                let psnr = actual.psnr(expected);
                assert!(psnr > 14.0, "{what}: {psnr:.1} dB");
            }
        }
    }
}

#[test]
fn an_animation_that_plays_once_or_for_ever_does_so_in_every_format() {
    if !pillow_reader::is_installed() {
        return;
    }
    let service = Service::start();
    for (loops, plays) in [(None, 1), (Some(0), 0), (Some(9), 10)] {
        let source = made::gif(40, 30, loops, &made::animation_frames());
        for format in ["apng", "webp"] {
            let read = animation(&service, &format!("format={format}"), &source);
            assert_eq!(read.loops, Some(plays), "{format} of {loops:?}");
        }
        let answer = bytes(&service, "format=gif", &source);
        assert_eq!(Gif::parse(&answer).unwrap().loops, loops);
    }
}

#[test]
fn a_frame_that_changes_nothing_stays_a_frame() {
    if !pillow_reader::is_installed() {
        return;
    }
    let service = Service::start();
    let mut frames = made::animation_frames();
    frames.truncate(1);
    for _ in 0..2 {
        frames.extend(made::animation_frames().into_iter().take(1));
    }
    let source = made::gif(40, 30, Some(0), &frames);
    for format in ["gif", "apng", "webp", "webp&lossless=true"] {
        let read = animation(&service, &format!("format={format}"), &source);
        assert_eq!(read.delays_ms, [70.0; 3], "{format}");
        assert_same(&read.frames[2], &read.frames[0], format);
    }
}

#[test]
fn of_an_animation_a_still_format_gives_the_first_frame() {
    if !pillow_reader::is_installed() {
        return;
    }
    let service = Service::start();
    let first = &animation_frames()[0];
    for format in ["png", "jpeg", "avif"] {
        let read = animation(&service, &format!("format={format}"), &made::animation());
        assert_eq!(read.frames.len(), 1, "{format}");
        assert_eq!(read.frames[0].size(), first.size(), "{format}");
        let psnr = read.frames[0].psnr(first);
        assert!(psnr > 12.0, "{format}: {psnr:.1} dB");
    }
}

#[test]
fn auto_gives_what_the_client_names_and_says_that_it_varies() {
    let service = Service::start();
    let (still, moving) = (made::png(&photo()), made::animation());
    for (accept, of_still, of_animation) in [
        (
            "image/avif,image/webp,*/*;q=0.8",
            "image/avif",
            "image/webp",
        ),
        ("image/webp", "image/webp", "image/webp"),
        ("image/avif", "image/avif", "image/gif"),
        ("image/avif;q=0, */*", "image/png", "image/gif"),
        ("*/*", "image/png", "image/gif"),
    ] {
        for (source, expected) in [(&still, of_still), (&moving, of_animation)] {
            let answer = service.post_accepting("/v1/process?format=auto", accept, source);
            assert_eq!(answer.header("content-type"), Some(expected), "{accept}");
            assert_eq!(answer.header("vary"), Some("Accept"), "{accept}");
        }
    }
    let answer = service.post_accepting("/v1/process", "image/webp", &still);
    assert_eq!(answer.header("content-type"), Some("image/png"));
    assert_eq!(answer.header("vary"), None);
}

#[test]
fn an_animation_is_streamed_through_a_few_canvases() {
    // The source itself is longer than the default allows.
    let service = Service::with(&[("workers", "1"), ("source_bytes_max", "128 MiB")]);
    // 480 × 270 × 380 frames are 197 MB of canvases.
    let source = made::long_animation(480, 270, 380);
    for format in ["gif", "apng", "webp&effort=0&quality=20"] {
        let answer = made(&service, &format!("op=mirror&format={format}"), &source);
        assert!(!answer.body.is_empty());
        let status = std::fs::read_to_string(format!("/proc/{}/status", service.idle_pids()[0]));
        let status = status.unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .unwrap();
        let kilobytes: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        crate::manifest::say(&format!(
            "{format}: peak {kilobytes} kB, source {} B, result {} B",
            source.len(),
            answer.body.len()
        ));
        let coded = (source.len() + 2 * answer.body.len()) / 1024;
        assert!(kilobytes < 64 * 1024 + coded, "{format}: {kilobytes} kB");
    }
}
