//! What the fuzz targets of whole jobs once found, and what they start from, put through the
//! same checks by stable Rust. See `docs/fuzzing.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed expectation is a failed test, and says on which file"
)]

#[path = "../../tests/fuzz/harness/jobs.rs"]
mod jobs;

use std::fs;
use std::path::{Path, PathBuf};

use protocol::{CATALOGUE, Job, Limits, Output, OutputFormat, Reason};
use worker::{Progress, perform};

/// Longest picture that is put through all operations, bytes: all of them together are too much.
const SEED_BYTES_MAX: u64 = 2 * 1024;
/// Most pixels of such a picture: there are a few whose bytes are few and whose pixels are a
/// million, on purpose. In their place there is a [`strip`].
const SEED_PIXELS_MAX: u64 = 1 << 18;
/// Most pixels of one that becomes an AVIF, whose encoder takes a second for each 100 × 100 of them
/// here.
const AVIF_PIXELS_MAX: u64 = 16 * 16;
/// The same job is done twice for one in so many pairs of picture and operation.
const COMPARED: usize = 8;

/// Every file below `folder` of the repository.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut folders = vec![
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../tests")
            .join(folder),
    ];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn jobs_that_once_went_wrong_do_not_any_more() {
    let found = files("fuzz/regressions").into_iter().filter(|path| {
        path.iter()
            .any(|part| part.to_string_lossy().starts_with("work_"))
    });
    for path in found {
        println!("{}", path.display());
        let input = fs::read(&path).unwrap();
        assert!(jobs::run(&input, |_| true), "shorter than a plan");
    }
}

/// How many pixels a frame of `source` has; `None` if these are too many, 0 if it is damaged.
fn pixels(source: &[u8]) -> Option<u64> {
    let job = Job {
        id: 1,
        budget_ms: 1000,
        operations: Vec::new(),
        output: Output::default(),
        limits: Limits {
            pixels_max: SEED_PIXELS_MAX,
            frames_max: 1000,
            total_pixels_max: u64::MAX,
            output_pixels_max: SEED_PIXELS_MAX,
            output_bytes_max: 4 << 20,
        },
        cuts: Vec::new(),
    };
    match perform(&job, source, &Progress::default()) {
        Ok(done) => Some(u64::from(done.width) * u64::from(done.height)),
        Err(refused) if matches!(refused.reason, Reason::TooLarge(_)) => None,
        Err(_) => Some(0),
    }
}

/// A picture that is as narrow as can be, and long.
fn strip() -> Vec<u8> {
    const HEIGHT: u32 = 4000;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 1, HEIGHT);
    encoder.set_color(png::ColorType::Rgba);
    let pixels: Vec<u8> = (0..HEIGHT * 4).map(|at| (at / 64 * 7 + at) as u8).collect();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    file
}

#[test]
fn every_picture_comes_through_every_operation_as_the_worker_says() {
    let short = |path: &PathBuf| fs::metadata(path).unwrap().len() <= SEED_BYTES_MAX;
    let mut paths = files("images");
    // In whatever order the folder has them, the same jobs are done twice.
    paths.sort();
    let found = paths.into_iter().filter(short);
    let found = found.map(|path| (path.display().to_string(), fs::read(&path).unwrap()));
    let seeds: Vec<_> = found
        .chain([("a strip".to_owned(), strip())])
        .filter_map(|(name, source)| Some((name, pixels(&source)?, source)))
        .collect();
    assert!(seeds.len() > 30, "{} pictures", seeds.len());
    let mut plan = [0; 32];
    for (number, (name, pixels, source)) in seeds.iter().enumerate() {
        println!("{name}");
        for operation in 0..CATALOGUE.len() as u8 {
            // On each picture an operation meets another format.
            let output = (number + usize::from(operation)) % (OutputFormat::ALL.len() + 1);
            let format = output.checked_sub(1).map(|index| OutputFormat::ALL[index]);
            let slow = format == Some(OutputFormat::Avif) && *pixels > AVIF_PIXELS_MAX;
            let output = if slow { 0 } else { output as u8 };
            let twice = (number + usize::from(operation)).is_multiple_of(COMPARED);
            let count = if twice { 0x81 } else { 1 };
            // With arguments near the lower end.
            plan[..6].copy_from_slice(&[output, count, operation, 9, 0, 5]);
            assert!(jobs::run(&[&plan[..], source].concat(), |_| true));
        }
    }
}
