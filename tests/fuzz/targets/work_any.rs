//! Bytes of any format, or of none, see `harness/jobs.rs`.
#![no_main]

#[path = "../harness/jobs.rs"]
mod jobs;

use libfuzzer_sys::Corpus;

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> Corpus {
    if jobs::run(input, |_| true) {
        Corpus::Keep
    } else {
        Corpus::Reject
    }
});
