//! Whatever begins like a WebP, see `harness/jobs.rs`.
#![no_main]

#[path = "../harness/jobs.rs"]
mod jobs;

use libfuzzer_sys::Corpus;

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> Corpus {
    if jobs::run(input, |source| source.get(8..12) == Some(b"WEBP")) {
        Corpus::Keep
    } else {
        Corpus::Reject
    }
});
