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

/// Side of the screencast, px, and its frames.
const SCREEN: u16 = 160;
const FRAMES: u16 = 12;

/// What a job works on.
enum Source {
    /// In that format, of that side in px.
    Still(OutputFormat, u32),
    Screencast,
}
use Source::{Screencast, Still};

/// Name, source, operations, format of the result.
const JOBS: [(&str, Source, &[&str], OutputFormat); 13] = [
    (
        "avatar",
        Still(OutputFormat::Png, 128),
        &["invert"],
        OutputFormat::Png,
    ),
    (
        "ring_blur",
        Still(OutputFormat::Png, 128),
        &["blur"],
        OutputFormat::Png,
    ),
    (
        "gaussian",
        Still(OutputFormat::Png, 128),
        &["blur:5"],
        OutputFormat::Png,
    ),
    (
        "resize",
        Still(OutputFormat::Png, 128),
        &["resize:48:48"],
        OutputFormat::Png,
    ),
    (
        "jpeg_planes",
        Still(OutputFormat::Jpeg, 128),
        &["blur:2"],
        OutputFormat::Jpeg,
    ),
    (
        "jpeg_smaller",
        Still(OutputFormat::Jpeg, 256),
        &["resize:32:32"],
        OutputFormat::Jpeg,
    ),
    (
        "jpeg_part",
        Still(OutputFormat::Jpeg, 256),
        &["crop:64:64:left=65:top=33"],
        OutputFormat::Png,
    ),
    (
        "gif_colours",
        Still(OutputFormat::Gif, 128),
        &["invert"],
        OutputFormat::Gif,
    ),
    (
        "gif_blur",
        Still(OutputFormat::Gif, 128),
        &["blur"],
        OutputFormat::Gif,
    ),
    (
        "webp_smaller",
        Still(OutputFormat::Png, 128),
        &["resize:48:48"],
        OutputFormat::Webp,
    ),
    (
        "webp_read",
        Still(OutputFormat::Webp, 128),
        &["resize:48:48"],
        OutputFormat::Jpeg,
    ),
    (
        "gif_frames",
        Still(OutputFormat::Gif, 96),
        &["spin"],
        OutputFormat::Gif,
    ),
    (
        "gif_parts",
        Screencast,
        &["blur:1", "resize:80"],
        OutputFormat::Gif,
    ),
];

fn main() {
    let name = std::env::args().skip(1).find(|word| word != "--bench");
    for (job, source, operations, to) in JOBS {
        match &name {
            None => println!("{job}"),
            Some(name) if name == job => {
                let source = match source {
                    Still(format, side) => {
                        made::done(&made::job(&[], format), &made::pnm(side)).bytes
                    }
                    Screencast => made::screencast::gif(SCREEN, SCREEN, FRAMES),
                };
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
