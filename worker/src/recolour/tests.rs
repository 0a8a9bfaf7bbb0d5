//! The short way and the ordinary one lead to the same frames.

use std::fs;
use std::path::Path;

use protocol::{Limits, Output};

use super::*;
use crate::decode;
use crate::picture::{Frame, Plays};

const LIMITS: Limits = Limits {
    pixels_max: 1 << 24,
    frames_max: 1000,
    total_pixels_max: 1 << 28,
    output_pixels_max: 1 << 24,
    output_bytes_max: 1 << 24,
};

fn job(operations: &[&str]) -> Job {
    Job {
        id: 1,
        budget_ms: 1000,
        operations: Operation::list(operations, |text| Operation::from_text(text)).unwrap(),
        output: Output::default(),
        limits: LIMITS,
        cuts: Vec::new(),
    }
}

fn frames(source: &[u8]) -> Result<(Plays, Vec<Frame>), Refused> {
    let mut decoder = decode::open(source, &LIMITS)?;
    let mut frames = Vec::new();
    while let Some(frame) = decoder.next_frame()? {
        frames.push(frame);
    }
    Ok((decoder.plays(), frames))
}

fn visible(mut picture: Picture) -> Picture {
    for pixel in picture.as_pixels_mut() {
        if pixel[3] == 0 {
            *pixel = [0; 4];
        }
    }
    picture
}

fn gifs() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/images/gif");
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths.map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn it_shows_what_the_operations_make_of_every_frame() {
    let mut short = 0;
    for source in gifs() {
        for operations in [
            &["invert"][..],
            &["hue:70", "posterize:3", "gamma:1.7"],
            &[],
        ] {
            let job = job(operations);
            let Some(done) = recolour(&job, &source, &Progress::default()).unwrap() else {
                continue;
            };
            let (plays, before) = frames(&source).expect("what is passed on is sound");
            let (plays_after, after) = frames(&done.bytes).unwrap();
            assert_eq!(plays_after, plays);
            assert_eq!(after.len(), before.len());
            assert_eq!(done.frames as usize, before.len());
            for (before, after) in before.into_iter().zip(after) {
                assert_eq!(after.delay, before.delay);
                let expected = colours_alone::apply(&job.operations, before.picture).unwrap();
                assert!(visible(after.picture) == visible(expected));
            }
            short += 1;
        }
    }
    assert!(short >= 9, "{short} went the short way");
}

#[test]
fn what_needs_more_goes_the_ordinary_way() {
    let source = gifs().into_iter().find(|source| {
        let done = recolour(&job(&["invert"]), source, &Progress::default());
        done.unwrap().is_some()
    });
    let source = source.unwrap();
    let went = |job: &Job, source: &[u8]| {
        let done = recolour(job, source, &Progress::default());
        done.unwrap().is_some()
    };
    for operation in [
        "opacity:0.5",
        "normalize",
        "vignette",
        "blur",
        "resize:9",
        "reverse",
    ] {
        assert!(!went(&job(&["invert", operation]), &source), "{operation}");
    }
    for (name, text) in [
        ("colors", "16"),
        ("dither", "ordered"),
        ("max_bytes", "100000"),
    ] {
        let mut job = job(&["invert"]);
        let format = protocol::FormatChoice::Exactly(OutputFormat::Gif);
        job.output = Output::from_pairs(format, [(name, text)]).unwrap();
        assert!(!went(&job, &source), "{name}");
    }
    let mut to_png = job(&["invert"]);
    to_png.output.format = protocol::FormatChoice::Exactly(OutputFormat::Png);
    assert!(!went(&to_png, &source));
    assert!(!went(&job(&["invert"]), &source[..source.len() * 2 / 3]));
}

#[test]
fn codes_that_are_damaged_are_not_passed_on() {
    for source in gifs() {
        let job = job(&["invert"]);
        for at in (20..source.len()).step_by(source.len() / 97 + 1) {
            let mut damaged = source.clone();
            damaged[at] ^= 0x55;
            if let Ok(Some(done)) = recolour(&job, &damaged, &Progress::default()) {
                assert!(frames(&damaged).is_ok(), "it was not sound before");
                assert!(frames(&done.bytes).is_ok(), "it is not sound afterwards");
            }
        }
    }
}

#[test]
fn a_result_over_the_limit_is_refused_with_its_length() {
    let source = gifs().into_iter().max_by_key(Vec::len).unwrap();
    let mut job = job(&["invert"]);
    job.limits.output_bytes_max = 100;
    let refused = recolour(&job, &source, &Progress::default());
    assert!(!matches!(refused, Ok(Some(_))), "{refused:?}");
}
