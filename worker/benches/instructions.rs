//! Small jobs whose instructions `tests/compare/instructions.py` has counted: on a busy machine
//! times tell nothing, and these tell a regression of a hundredth.
//!
//! Without an argument it lists them; with a name it does that job once to warm up and once within
//! [`measured`], which is what is counted.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measuring tool stops where it cannot, and says what there is"
)]

mod made;

use protocol::{Job, OutputFormat};

/// Name, format of the source, its side in px, operations, format of the result.
const JOBS: [(&str, OutputFormat, u32, &[&str], OutputFormat); 10] = [
    (
        "avatar",
        OutputFormat::Png,
        128,
        &["invert"],
        OutputFormat::Png,
    ),
    (
        "ring_blur",
        OutputFormat::Png,
        128,
        &["blur"],
        OutputFormat::Png,
    ),
    (
        "gaussian",
        OutputFormat::Png,
        128,
        &["blur:5"],
        OutputFormat::Png,
    ),
    (
        "resize",
        OutputFormat::Png,
        128,
        &["resize:48:48"],
        OutputFormat::Png,
    ),
    (
        "jpeg_planes",
        OutputFormat::Jpeg,
        128,
        &["blur:2"],
        OutputFormat::Jpeg,
    ),
    (
        "jpeg_smaller",
        OutputFormat::Jpeg,
        256,
        &["resize:32:32"],
        OutputFormat::Jpeg,
    ),
    (
        "gif_colours",
        OutputFormat::Gif,
        128,
        &["invert"],
        OutputFormat::Gif,
    ),
    (
        "gif_blur",
        OutputFormat::Gif,
        128,
        &["blur"],
        OutputFormat::Gif,
    ),
    (
        "webp_smaller",
        OutputFormat::Png,
        128,
        &["resize:48:48"],
        OutputFormat::Webp,
    ),
    (
        "gif_frames",
        OutputFormat::Gif,
        96,
        &["spin"],
        OutputFormat::Gif,
    ),
];

fn main() {
    let name = std::env::args().skip(1).find(|word| word != "--bench");
    for (job, from, side, operations, to) in JOBS {
        match &name {
            None => println!("{job}"),
            Some(name) if name == job => {
                let source = made::done(&made::job(&[], from), &made::pnm(side)).bytes;
                let job = made::job(operations, to);
                made::done(&job, &source);
                measured(&job, &source);
            }
            Some(_) => {}
        }
    }
}

/// Named for the counter.
#[inline(never)]
fn measured(job: &Job, source: &[u8]) {
    std::hint::black_box(made::done(job, source));
}
