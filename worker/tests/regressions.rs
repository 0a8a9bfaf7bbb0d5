//! What the fuzz targets of whole jobs once found, and what they start from, put through the
//! same checks by stable Rust. See `docs/fuzzing.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed expectation is a failed test, and says on which file"
)]

#[path = "../../tests/fuzz/harness/work.rs"]
mod work;

use std::fs;
use std::path::{Path, PathBuf};

use protocol::{CATALOGUE, OutputFormat};

/// Longest picture that is put through all operations, bytes: all of them together are too much.
const SEED_BYTES_MAX: u64 = 2 * 1024;

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
        assert!(work::run(&input, |_| true), "shorter than a plan");
    }
}

#[test]
fn every_picture_comes_through_every_operation_as_the_worker_says() {
    let mut plan = [0; 32];
    for path in files("images") {
        if fs::metadata(&path).unwrap().len() > SEED_BYTES_MAX {
            continue;
        }
        println!("{}", path.display());
        let source = fs::read(&path).unwrap();
        for operation in 0..CATALOGUE.len() as u8 {
            let output = operation % (OutputFormat::ALL.len() as u8 + 1);
            // Twice, to compare, with arguments near the lower end.
            plan[..6].copy_from_slice(&[output, 0x81, operation, 9, 0, 5]);
            assert!(work::run(&[&plan[..], &source].concat(), |_| true));
        }
    }
}
