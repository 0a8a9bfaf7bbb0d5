//! What holds for every operation of the catalogue, seen from outside: the same request gives
//! the same bytes, an animation stays one and keeps its time, every shape of picture passes,
//! and what is out of range is refused with the range. What each does is judged by Pillow where
//! the two share a definition, and by the unit tests of the worker.

use std::process::Command;

use protocol::{CATALOGUE, Group, OperationSpec};

use crate::examples::ask;
use crate::gif_reader::Gif;
use crate::made;
use crate::manifest::{root, say};
use crate::pillow;
use crate::service::Service;

fn path(spec: &OperationSpec) -> String {
    format!("/v1/process?op={}", spec.example)
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    let service = Service::start();
    let body = made::png(&made::still(40, 30));
    for spec in CATALOGUE {
        let (one, two) = (
            ask(&service, &[spec.example], "", &body),
            ask(&service, &[spec.example], "", &body),
        );
        assert_eq!(one.verdict(), (200, String::new()), "{}", spec.example);
        assert!(one.body == two.body, "{}", spec.example);
    }
}

#[test]
fn an_animation_keeps_its_frames_and_its_time() {
    let service = Service::start();
    for spec in CATALOGUE
        .iter()
        .filter(|spec| spec.group != Group::Animation)
    {
        let answer = ask(&service, &[spec.example], "", &made::animation());
        assert_eq!(
            answer.header("content-type"),
            Some("image/gif"),
            "{}",
            spec.name
        );
        let gif = Gif::parse(&answer.body).unwrap_or_else(|error| panic!("{}: {error}", spec.name));
        let delays: Vec<u16> = gif.frames.iter().map(|frame| frame.delay_cs).collect();
        assert_eq!(delays, [7, 120, 3, 65_000], "{}", spec.name);
        assert_eq!(gif.loops, Some(3), "{}", spec.name);
    }
}

#[test]
fn operations_on_time_change_frames_delays_and_loops() {
    let service = Service::start();
    let seen = |path: &str| {
        let answer = service.post(path, &made::animation());
        assert_eq!(answer.verdict(), (200, String::new()), "{path}");
        let gif = Gif::parse(&answer.body).unwrap_or_else(|error| panic!("{path}: {error}"));
        let delays: Vec<u16> = gif.frames.iter().map(|frame| frame.delay_cs).collect();
        (delays, gif.loops)
    };
    for (path, delays, loops) in [
        ("/v1/process?op=reverse", vec![65_000, 3, 120, 7], Some(3)),
        ("/bounce/", vec![7, 120, 3, 65_000, 3, 120], Some(3)),
        ("/frames/?first=2&last=3", vec![120, 3], Some(3)),
        (
            "/v1/process?op=frames:1:3&op=reverse",
            vec![3, 120, 7],
            Some(3),
        ),
        (
            "/v1/process?op=frames:1:2&op=speed:0.5",
            vec![14, 240],
            Some(3),
        ),
        ("/loop/?count=0", vec![7, 120, 3, 65_000], Some(0)),
    ] {
        assert_eq!(seen(path), (delays, loops), "{path}");
    }
    let answer = service.post("/still/?frame=2", &made::animation());
    assert_eq!(answer.header("content-type"), Some("image/png"));
    let answer = service.post("/spin/", &made::png(&made::still(40, 30)));
    assert_eq!(answer.header("content-type"), Some("image/gif"));
    let gif = Gif::parse(&answer.body).expect("a sound GIF");
    assert_eq!((gif.frames.len(), gif.loops), (30, Some(0)));
}

#[test]
fn effects_that_are_stills_to_their_clients_are_so_of_animations_too() {
    let service = Service::start();
    for name in [
        "ascii", "colors", "glitch", "hog", "rgb", "sobel", "triangle",
    ] {
        let answer = service.post(&format!("/image/{name}/"), &made::animation());
        assert_eq!(answer.header("content-type"), Some("image/png"), "{name}");
        let first = service.post("/v1/process?op=still&format=png", &made::animation());
        let alone = service.post(&format!("/{name}/"), &first.body);
        assert!(answer.body == alone.body, "{name}: not its first frame");
    }
    let answer = service.post("/image/edge/", &made::animation());
    assert_eq!(answer.header("content-type"), Some("image/gif"));
}

#[test]
fn a_line_and_a_single_pixel_pass_every_operation() {
    let service = Service::start();
    for (width, height) in [(1, 1), (1, 40), (40, 1)] {
        let body = made::png(&made::still(width, height));
        for spec in CATALOGUE {
            let answer = ask(&service, &[spec.example], "", &body);
            assert_eq!(
                answer.verdict(),
                (200, String::new()),
                "{} of {width}x{height}",
                spec.name
            );
        }
    }
}

#[test]
fn every_number_out_of_range_is_refused_with_the_range() {
    let service = Service::start();
    let body = made::png(&made::still(4, 4));
    for spec in CATALOGUE {
        for parameter in spec.parameters {
            let Some(maximum) = parameter.maximum else {
                continue;
            };
            let path = format!("{}:{}={}", path(spec), parameter.name, maximum + 1.0);
            let answer = service.post(&path, &body);
            assert_eq!(
                answer.verdict(),
                (422, "bad_parameter".to_owned()),
                "{path}"
            );
            let answer = answer.json();
            assert_eq!(answer["parameter"], parameter.name, "{path}");
            assert_eq!(answer["expected"], parameter.expected(), "{path}");
        }
    }
}

#[test]
fn names_that_older_clients_know_are_effects() {
    let service = Service::start();
    let body = made::png(&made::still(40, 30));
    for (path, same) in [
        ("/image/solar/", "/image/solarize/"),
        ("/image/poster/", "/image/posterize/"),
        ("/image/sobel/", "/image/edge/"),
        ("/image/paint/", "/image/oilpaint/?radius=4"),
        ("/image/gay/", "/image/pride/?flag=gay"),
        ("/image/mosiac/?pixels=8", "/image/mosaic/?pixels=8"),
    ] {
        let (one, two) = (service.post(path, &body), service.post(same, &body));
        assert_eq!(one.verdict(), (200, String::new()), "{path}");
        assert!(one.body == two.body, "{path} is not {same}");
    }
    for name in [
        "blur",
        "invert",
        "pixel",
        "mosiac",
        "flip",
        "mirror",
        "sepia",
        "solar",
        "poster",
        "charcoal",
        "paint",
        "night",
        "swirl",
        "polaroid",
        "rainbow",
        "magik",
        "deepfry",
        "glitch",
        "sobel",
        "hog",
        "triangle",
        "colors",
        "rgb",
        "ascii",
        "floor",
        "ground",
        "freeze",
        "burn",
        "earth",
        "comic",
        "shatter",
        "jail",
        "gay",
        "pride",
        "wasted",
        "wanted",
        "neon",
        "spin",
        "shake",
        "triggered",
        "dissolve",
        "sketch",
        "rain",
        "petpet",
        "bomb",
        "america",
        "communism",
    ] {
        let answer = service.post(&format!("/image/{name}/"), &body);
        assert_eq!(answer.verdict(), (200, String::new()), "{name}");
    }
}

#[test]
fn operations_that_pillow_defines_too_give_what_pillow_gives() {
    if !pillow::is_installed() {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI must have Pillow 13 and numpy"
        );
        say("skipped: Pillow 13 and numpy not installed");
        return;
    }
    let service = Service::start();
    let output = Command::new("python3")
        .arg(pillow::judge_folder().join("operations.py"))
        .arg(service.url("/").trim_end_matches('/'))
        .arg(root().join("photo/exif_landscape_6.jpg"))
        .arg(root().join("photo/gray_hopper.jpg"))
        .output()
        .expect("python3 was there a moment ago");
    let told = String::from_utf8_lossy(&output.stdout);
    let faults = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}{faults}");
    // Two pictures, opaque and not, all cases.
    assert!(told.lines().count() >= 150, "{told}");
}
