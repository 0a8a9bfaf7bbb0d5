//! Whatever begins like a PNG, see `harness/jobs.rs`.
#![no_main]

#[path = "../harness/jobs.rs"]
mod jobs;

use libfuzzer_sys::Corpus;

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> Corpus {
    if jobs::run(input, |source| source.starts_with(b"\x89PNG\r\n\x1a\n")) {
        Corpus::Keep
    } else {
        Corpus::Reject
    }
});
