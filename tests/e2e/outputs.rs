//! Every output format, read back by readers that share no code with the worker; what the
//! options do; byte budgets; the choice by `Accept`; and what is refused.

use serde_json::json;

use crate::gif_reader::Gif;
use crate::made;
use crate::picture::{Picture, assert_same};
use crate::pillow_reader::{self, Read};
use crate::service::{Answer, Service};

/// Smooth colours with a hard edge: what lossy formats are made for, and a little more.
fn photo() -> Picture {
    Picture::painted(160, 120, |x, y| {
        let wave = ((x as f64 / 9.0).sin() * 40.0 + (y as f64 / 7.0).cos() * 40.0) as i32;
        let channel = |base: usize| (base as i32 + wave).clamp(0, 255) as u8;
        let edge = usize::from(x > 80) * 60;
        [channel(x + edge), channel(y + 40), channel(200 - x), 255]
    })
}

fn made(service: &Service, query: &str, source: &[u8]) -> Answer {
    let path = format!("/v1/process?{query}");
    let answer = service.post(&path, source);
    assert_eq!(answer.verdict(), (200, String::new()), "{path}");
    answer
}

fn bytes(service: &Service, query: &str, source: &[u8]) -> Vec<u8> {
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

/// The first marker of a JPEG's frame, and its components' sampling factors.
fn frame_header(jpeg: &[u8]) -> (u8, Vec<u8>) {
    let mut at = 2;
    loop {
        let (marker, length) = (
            jpeg[at + 1],
            u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]),
        );
        if matches!(marker, 0xc0..=0xc3) {
            let components = jpeg[at + 10..].chunks(3).take(jpeg[at + 9].into());
            return (marker, components.map(|component| component[1]).collect());
        }
        at += 2 + usize::from(length);
    }
}

#[test]
fn options_do_what_they_say() {
    let service = Service::start();
    let source = made::png(&photo());
    let bytes = |query: &str| bytes(&service, query, &source);
    for format in ["jpeg", "webp", "avif"] {
        let sizes = ["10", "50", "95"]
            .map(|quality| bytes(&format!("format={format}&quality={quality}")).len());
        assert!(
            sizes.is_sorted() && sizes[0] < sizes[2],
            "{format}: {sizes:?}"
        );
    }
    assert_eq!(frame_header(&bytes("format=jpeg")).0, 0xc0);
    assert_eq!(frame_header(&bytes("format=jpeg&progressive=true")).0, 0xc2);
    for (name, luma) in [("420", 0x22), ("422", 0x21), ("444", 0x11)] {
        let query = format!("format=jpg&subsampling={name}");
        assert_eq!(frame_header(&bytes(&query)).1, [luma, 0x11, 0x11], "{name}");
    }
    let best = bytes("format=png&compression=best").len();
    assert!(best < bytes("format=png").len(), "{best}");
    let few = bytes("format=gif&colors=8");
    let gif = Gif::parse(&few).unwrap();
    assert!(gif.global_colours.is_some_and(|colours| colours <= 16));
    let plain = bytes("format=gif&colors=8&dither=none");
    assert_eq!(few, plain, "the default, and the same bytes every time");
    for dither in ["ordered", "diffusion"] {
        let other = bytes(&format!("format=gif&colors=8&dither={dither}"));
        assert_ne!(other, plain, "{dither}");
    }
    assert_eq!(&bytes("format=webp")[12..16], b"VP8 ");
    assert_eq!(&bytes("format=webp&lossless=1")[12..16], b"VP8L");
}

#[test]
fn a_form_may_name_the_output_too() {
    let service = Service::start();
    let job = json!({"ops": [], "output": {"format": "jpeg", "quality": 30, "progressive": true}});
    let mut body = b"--x\r\ncontent-disposition: form-data; name=\"job\"\r\n\r\n".to_vec();
    body.extend(job.to_string().bytes());
    body.extend(b"\r\n--x\r\ncontent-disposition: form-data; name=\"image\"\r\n\r\n");
    body.extend(made::png(&photo()));
    body.extend(b"\r\n--x--\r\n");
    let answer = service.post_as("/v1/process", "multipart/form-data; boundary=x", &body);
    assert_eq!(answer.header("content-type"), Some("image/jpeg"));
    assert_eq!(frame_header(&answer.body).0, 0xc2);
}

#[test]
fn a_byte_budget_is_kept_and_what_it_cost_is_told() {
    let service = Service::start();
    let source = made::png(&photo());
    for format in ["jpeg", "webp", "avif"] {
        let full = bytes(&service, &format!("format={format}&quality=90"), &source).len();
        let budget = full / 2;
        let query = format!("format={format}&quality=90&max_bytes={budget}");
        let answer = made(&service, &query, &source);
        assert!(
            answer.body.len() <= budget,
            "{format}: {}",
            answer.body.len()
        );
        let traded = answer.header("x-framefarm-traded").unwrap();
        let quality: u8 = traded.strip_prefix("quality=").unwrap().parse().unwrap();
        assert!((1..90).contains(&quality), "{format}: {traded}");
        let query = format!("format={format}&quality=90&max_bytes={full}");
        let answer = made(&service, &query, &source);
        assert_eq!(answer.header("x-framefarm-traded"), None, "{format}");
    }
}

#[test]
fn an_animation_gives_up_what_it_must_and_keeps_its_total_time() {
    if !pillow_reader::is_installed() {
        return;
    }
    let service = Service::start();
    for format in ["gif", "webp", "apng"] {
        let full = bytes(&service, &format!("format={format}"), &made::animation()).len();
        let query = format!("format={format}&max_bytes={}", full * 2 / 3);
        let answer = made(&service, &query, &made::animation());
        assert!(answer.body.len() <= full * 2 / 3, "{format}");
        assert!(answer.header("x-framefarm-traded").is_some(), "{format}");
        let read = pillow_reader::read(&answer.body);
        let total: f64 = read.delays_ms.iter().sum();
        assert_eq!(total, 651_300.0, "{format}");
        assert_eq!(
            read.loops,
            Some(if format == "gif" { 3 } else { 4 }),
            "{format}"
        );
    }
}

#[test]
fn a_budget_that_nothing_meets_is_refused_with_what_was_tried() {
    let service = Service::start();
    let still = made::png(&photo());
    for (query, source, tried) in [
        ("format=jpeg&max_bytes=100", &still, "quality down to 1"),
        ("format=png&max_bytes=100", &still, "nothing"),
        (
            "format=gif&max_bytes=30",
            &made::animation(),
            "down to colors=2",
        ),
    ] {
        let answer = service.post(&format!("/v1/process?{query}"), source);
        assert_eq!(
            answer.verdict(),
            (413, "output_too_large".to_owned()),
            "{query}"
        );
        let body = answer.json();
        assert_eq!(body["limit"], "max_bytes");
        assert!(body["value"].as_u64() > body["max"].as_u64(), "{body}");
        assert!(body["tried"].as_str().unwrap().starts_with(tried), "{body}");
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
fn options_that_cannot_be_met_are_refused_by_name() {
    let service = Service::start();
    let source = made::png(&made::still(8, 8));
    for (query, parameter, said) in [
        ("format=png&quality=80", "quality", "only jpeg, webp, avif"),
        ("quality=80", "quality", "format be one of auto"),
        ("format=jpeg&quality=101", "quality", "from 1 to 100"),
        (
            "format=gif&dither=maybe",
            "dither",
            "one of none, ordered, diffusion",
        ),
        (
            "format=jpeg&background=mauve-ish",
            "background",
            "a colour like",
        ),
        (
            "format=jpeg&qualty=80",
            "qualty",
            "did you mean \"quality\"",
        ),
        ("format=webb", "format", "must be one of auto"),
    ] {
        let answer = service.post(&format!("/v1/process?{query}"), &source);
        assert_eq!(
            answer.verdict(),
            (422, "bad_parameter".to_owned()),
            "{query}"
        );
        let body = answer.json();
        assert_eq!(body["parameter"], parameter, "{query}");
        let message = body["message"].as_str().unwrap();
        assert!(message.contains(said), "{message}");
    }
    let body = service.post("/v1/process?format=webb", &source).json();
    assert_eq!(body["did_you_mean"], "webp");
}

#[test]
fn a_picture_too_wide_for_its_format_is_refused_with_the_limit() {
    let service = Service::start();
    let source = made::png(&made::opaque_still(2, 1));
    let answer = service.post("/v1/process?op=resize:16384:1:stretch&format=webp", &source);
    assert_eq!(answer.verdict(), (413, "output_too_large".to_owned()));
    let body = answer.json();
    assert_eq!(
        (&body["limit"], &body["max"]),
        (&json!("output_side_max"), &json!(16383))
    );
}

#[test]
fn the_catalogue_lists_every_option_with_its_formats() {
    let service = Service::start();
    let catalogue = service.get("/v1/effects").json();
    let formats = json!(["auto", "png", "gif", "jpeg", "webp", "apng", "avif"]);
    assert_eq!(catalogue["formats"], formats);
    let options = catalogue["output"].as_array().unwrap();
    let quality = options
        .iter()
        .find(|option| option["name"] == "quality")
        .unwrap();
    assert_eq!(quality["formats"], json!(["jpeg", "webp", "avif"]));
    assert_eq!(quality["maximum"], json!(100.0));
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
