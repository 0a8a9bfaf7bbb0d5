//! Whatever begins like a JPEG, see `harness/jobs.rs`.
#![no_main]

#[path = "../harness/jobs.rs"]
mod jobs;

use libfuzzer_sys::Corpus;

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> Corpus {
    if jobs::run(input, |source| source.starts_with(b"\xff\xd8")) {
        Corpus::Keep
    } else {
        Corpus::Reject
    }
});
