//! Animations of which little changes from frame to frame: 60 of 1280 × 720 px, to GIF. All operations but the last
//! are done to what changes alone; what that one takes is what they would.
//!
//! `cargo bench -p worker --bench parts [-- resize]`

#![allow(clippy::expect_used, reason = "a measuring tool stops where it cannot")]

mod made;

use std::sync::LazyLock;

use divan::Bencher;
use protocol::OutputFormat;

static SCREENCAST: LazyLock<Vec<u8>> = LazyLock::new(|| made::screencast::gif(1280, 720, 60));

const JOBS: [&str; 13] = [
    "edge",
    "blur",
    "blur:5",
    "resize:640",
    "thumbnail:256",
    "blur:5 resize:640",
    "crop:640:360",
    "flip",
    "rotate:90",
    "pad:1300:800",
    "fps:6",
    "reverse",
    "vignette",
];

fn main() {
    divan::main();
}

#[divan::bench(args = JOBS, sample_count = 10, sample_size = 1)]
fn job(bencher: Bencher<'_, '_>, operations: &str) {
    let operations: Vec<&str> = operations.split(' ').collect();
    let job = made::job(&operations, OutputFormat::Gif);
    bencher.bench_local(|| made::done(&job, &SCREENCAST));
}
