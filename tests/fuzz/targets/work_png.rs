//! Whatever begins like a PNG, see `harness/work.rs`.
#![no_main]

#[path = "../harness/work.rs"]
mod work;

use libfuzzer_sys::Corpus;

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> Corpus {
    if work::run(input, |source| source.starts_with(b"\x89PNG\r\n\x1a\n")) {
        Corpus::Keep
    } else {
        Corpus::Reject
    }
});
