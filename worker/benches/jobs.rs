//! CPU time of whole jobs in one process: source bytes to result bytes, without gateway and cage.
//!
//! `cargo bench -p worker --bench jobs -- FOLDER [RESULTS]`: FOLDER has `photo2.jpg` (2 MP) and
//! `photo12.jpg` (13 MP), both 4:2:0; results go to RESULTS to be judged elsewhere. It asserts no
//! time: machines differ.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measuring tool: it says what it found, and stops where it cannot"
)]

use std::path::{Path, PathBuf};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use protocol::{FormatChoice, Job, Limits, Operation, Output, OutputFormat};
use worker::{Progress, perform};

/// Name, picture, operations, format. All in quality 80.
const JOBS: [(&str, &str, &[&str], OutputFormat); 4] = [
    ("a3", "photo2.jpg", &["blur:5"], OutputFormat::Jpeg),
    ("b1", "photo12.jpg", &["resize:512:512"], OutputFormat::Jpeg),
    ("b2", "photo2.jpg", &["resize:256:256"], OutputFormat::Webp),
    ("recode", "photo2.jpg", &[], OutputFormat::Jpeg),
];

const ROUNDS: usize = 21;

const LIMITS: Limits = Limits {
    pixels_max: 100_000_000,
    frames_max: 1,
    total_pixels_max: 100_000_000,
    output_pixels_max: 100_000_000,
    output_bytes_max: 100_000_000,
};

fn main() {
    let mut folders = std::env::args().skip(1).filter(|word| word != "--bench");
    let folder = folders.next().expect("a folder with pictures");
    let results = folders.next().map(PathBuf::from);
    for (name, picture, operations, format) in JOBS {
        let source = std::fs::read(Path::new(&folder).join(picture)).expect(picture);
        let job = Job {
            id: 1,
            budget_ms: 60_000,
            operations: operations
                .iter()
                .map(|text| Operation::from_text(text).unwrap())
                .collect(),
            output: Output {
                format: FormatChoice::Exactly(format),
                quality: Some(80),
                ..Output::default()
            },
            limits: LIMITS,
            cuts: Vec::new(),
        };
        let once = || perform(&job, &source, &Progress::default()).unwrap();
        let done = once();
        let mut spent: Vec<_> = (0..ROUNDS).map(|_| cpu_us(once)).collect();
        spent.sort_unstable();
        println!(
            "{name:6} {picture:11} median {:6.2} ms, least {:6.2} ms, {} x {}, {} bytes",
            spent[ROUNDS / 2] as f64 / 1000.0,
            spent[0] as f64 / 1000.0,
            done.width,
            done.height,
            done.bytes.len(),
        );
        if let Some(results) = &results {
            let file = results.join(format!("{name}.{}", format!("{format:?}").to_lowercase()));
            std::fs::write(file, &done.bytes).expect("a folder for results");
        }
    }
}

/// User and system time of `work`, µs.
fn cpu_us<T>(work: impl FnOnce() -> T) -> i64 {
    let used = || {
        let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
        (usage.user_time() + usage.system_time()).num_microseconds()
    };
    let before = used();
    drop(work());
    used() - before
}
