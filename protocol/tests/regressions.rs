//! What the fuzz targets of the codec and of the grammar once found, and what they start from,
//! put through the same checks by stable Rust. See `docs/fuzzing.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed expectation is a failed test, and says on which file"
)]

#[path = "../../tests/fuzz/harness/frames.rs"]
mod frames;
#[path = "../../tests/fuzz/harness/operations.rs"]
mod operations;
mod watching;

use std::fs;
use std::path::Path;

use protocol::frame;
use protocol::{CATALOGUE, FromWorker, Kind, Started};

/// Gives every file that `target` once stumbled over to `check`, which panics if it still does.
fn each(target: &str, check: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/fuzz/regressions")
        .join(target);
    // Git keeps no empty folder: one that is not there has found nothing.
    let files = fs::read_dir(&folder).into_iter().flatten();
    for file in files {
        let path = file.unwrap().path();
        println!("{}", path.display());
        check(&fs::read(&path).unwrap());
    }
}

#[test]
fn frames_that_were_once_misread_are_not_any_more() {
    each("frames_from_worker", frames::from_worker);
    each("frames_from_gateway", frames::from_gateway);
    let started = Started { id: 300 };
    frames::from_worker(&frame::encode(&started, 0).unwrap());
}

#[test]
fn texts_that_once_tripped_the_grammar_do_not_any_more() {
    each("operations", operations::run);
    for spec in CATALOGUE {
        operations::run(spec.example.as_bytes());
        for alias in spec.aliases {
            operations::run(alias.name.as_bytes());
            operations::run(alias.means.as_bytes());
        }
    }
}

#[test]
fn numbers_spelt_longer_than_they_need_be_are_read_and_written_short() {
    // A header of `Started`: 1 in one, three, five and nine bytes.
    for header in [
        &[1][..],
        &[251, 1, 0],
        &[252, 1, 0, 0, 0],
        &[253, 1, 0, 0, 0, 0, 0, 0, 0],
    ] {
        let started = FromWorker::Started(Started { id: 1 });
        assert_eq!(FromWorker::decode(Kind::Started, header), Ok(started));
        frames::from_worker(header);
    }
}
