//! Jobs on planes against the same jobs on pixels.

use std::path::Path;

use protocol::{FormatChoice, Limits, Output, OutputFormat, Subsampling, Traded};

use super::*;
use crate::encode::Encoder;
use crate::operations::{self, Reel as _};
use crate::picture::{Delay, Frame, Picture, Plays};

const LIMITS: Limits = Limits {
    pixels_max: 1 << 24,
    frames_max: 1,
    total_pixels_max: 1 << 24,
    output_pixels_max: 1 << 24,
    output_bytes_max: 1 << 24,
};

const SAMPLINGS: [Subsampling; 3] = [Subsampling::Both, Subsampling::Width, Subsampling::None];

fn job(operations: &[&str], subsampling: Subsampling) -> Job {
    let operation = |text: &&str| Operation::from_text(text).unwrap();
    Job {
        id: 1,
        budget_ms: 1000,
        operations: operations.iter().map(operation).collect(),
        output: Output {
            format: FormatChoice::Exactly(OutputFormat::Jpeg),
            quality: Some(95),
            subsampling,
            ..Output::default()
        },
        limits: LIMITS,
        cuts: Vec::new(),
    }
}

fn settings(job: &Job) -> Settings {
    Settings::new(&job.output, OutputFormat::Jpeg, Traded::default())
}

fn encoded(picture: Picture, job: &Job) -> Vec<u8> {
    let size = LIMITS.output_bytes_max;
    let mut encoder = Encoder::new(OutputFormat::Jpeg, Plays::ONCE, settings(job), size);
    let delay = Delay::NONE;
    encoder.push(Frame { picture, delay }).unwrap();
    encoder.finish().unwrap().bytes
}

fn decoded(bytes: &[u8]) -> Picture {
    let mut frames = decode::open(bytes, &LIMITS).unwrap();
    frames.next_frame().unwrap().unwrap().picture
}

/// A photo without EXIF block and profile, cut to an odd size.
fn photo() -> Picture {
    let path = "../tests/images/photo/exif_landscape_6.jpg";
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    on_pixels(&bytes, &job(&["crop:331:247"], Subsampling::None))
}

fn on_pixels(source: &[u8], job: &Job) -> Picture {
    let frames = decode::open(source, &LIMITS).unwrap();
    let progress = Progress::default();
    let chain = operations::chain(&job.operations, frames, &[], 1 << 24, &progress);
    let frame = chain.unwrap().next_frame().unwrap();
    frame.unwrap().picture
}

fn on_planes(source: &[u8], job: &Job) -> Option<Done> {
    perform(job, &settings(job), source, &Progress::default()).unwrap()
}

fn psnr(a: &Picture, b: &Picture) -> f64 {
    assert_eq!(a.size, b.size);
    let pairs = a.pixels.iter().zip(&b.pixels);
    let squares: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    10.0 * (255.0 * 255.0 * a.pixels.len() as f64 / (squares as f64 + 1e-9)).log10()
}

#[test]
fn planes_give_the_picture_that_pixels_give() {
    let photo = photo();
    for subsampling in SAMPLINGS {
        let source = encoded(photo.clone(), &job(&[], subsampling));
        for (operations, least) in [
            (&[][..], 40.0),
            (&["blur:0.8"], 38.0),
            (&["blur:2"], 40.0),
            (&["blur:5"], 42.0),
            (&["blur:12"], 44.0),
            (&["blur:60"], 42.0),
            (&["resize:120:120"], 34.0),
            (&["resize:80:50:cover:gravity=east"], 33.0),
            (&["resize:41:77:stretch:filter=mitchell"], 34.0),
            (&["resize:500:500:filter=bilinear"], 38.0),
            (&["thumbnail:33"], 30.0),
            (&["crop:101:90:left=64:top=30"], 38.0),
            (&["crop:4000:33:left=300:top=214"], 38.0),
            (
                &[
                    "crop:160:130:left=2:top=100",
                    "blur:3",
                    "crop:61:50:left=40:top=60",
                ],
                40.0,
            ),
            (
                &["resize:220:164:stretch", "crop:100:100:left=20:top=40"],
                36.0,
            ),
            (
                &["resize:220:164:stretch", "blur:3", "flip", "mirror"],
                38.0,
            ),
        ] {
            let job = job(operations, subsampling);
            let case = format!("{operations:?} {subsampling:?}");
            let done = on_planes(&source, &job).expect(&case);
            let planes = decoded(&done.bytes);
            assert_eq!(
                (done.width, done.height),
                (planes.size.width, planes.size.height)
            );
            let pixels = decoded(&encoded(on_pixels(&source, &job), &job));
            let psnr = psnr(&planes, &pixels);
            println!("{case}: {psnr:.1} dB");
            assert!(psnr > least, "{case}: {psnr:.1} dB");
        }
    }
}

#[test]
fn what_planes_cannot_do_is_left_to_pixels() {
    let photo = photo();
    let source = encoded(photo, &job(&[], Subsampling::Both));
    for operations in [
        &["invert"][..],
        &["blur"],
        &["resize:50:50:contain"],
        &["resize:50:50:filter=nearest"],
        // The width is odd, so that the last column of chroma is half outside.
        &["mirror"],
        &["blur:3", "rotate:90"],
        // It begins within a sample of chroma.
        &["crop:50:50:left=31:top=8"],
        &["blur:3", "crop:50:50:left=30:top=7"],
        // By what is on it.
        &["crop:50:50:smart"],
    ] {
        let job = job(operations, Subsampling::Both);
        assert_eq!(on_planes(&source, &job), None, "{operations:?}");
    }
    let other = job(&["blur:3"], Subsampling::None);
    assert_eq!(on_planes(&source, &other), None);
    let mut cut = source;
    cut.truncate(cut.len() / 2);
    cut.extend([0xff, 0xd9]);
    let job = job(&["blur:3"], Subsampling::Both);
    assert_eq!(on_planes(&cut, &job), None);
}

#[test]
fn tiny_pictures_pass_through_planes() {
    for (width, height) in [(1, 1), (1, 9), (9, 1), (2, 3), (17, 2)] {
        let size = Size::new(width, height);
        let pixels = [200, 100, 50, 255].repeat(size.pixels() as usize);
        for subsampling in SAMPLINGS {
            let given = Picture {
                size,
                pixels: pixels.clone(),
            };
            let source = encoded(given.clone(), &job(&[], subsampling));
            for operations in [&["blur:0.5"][..], &["blur:250"], &["resize:3:3:stretch"]] {
                let job = job(operations, subsampling);
                let done = on_planes(&source, &job).unwrap();
                let result = decoded(&done.bytes);
                let near = |pixel: &[u8; 4]| {
                    pixel
                        .iter()
                        .zip([200, 100, 50, 255])
                        .all(|(a, b)| a.abs_diff(b) <= 4)
                };
                assert!(
                    result.as_pixels().iter().all(near),
                    "{operations:?} of {size:?}"
                );
            }
        }
    }
}

#[test]
fn limits_on_the_result_hold_on_planes() {
    let source = encoded(photo(), &job(&[], Subsampling::Both));
    let mut job = job(&["resize:4000:4000"], Subsampling::Both);
    job.limits.output_pixels_max = 1_000_000;
    let refused = perform(&job, &settings(&job), &source, &Progress::default());
    assert!(matches!(
        refused.unwrap_err().reason,
        protocol::Reason::OutputTooLarge(_)
    ));
}
