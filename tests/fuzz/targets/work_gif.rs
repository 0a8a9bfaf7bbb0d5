//! Whatever begins like a GIF, see `harness/work.rs`.
#![no_main]

#[path = "../harness/work.rs"]
mod work;

use libfuzzer_sys::Corpus;

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> Corpus {
    if work::run(input, |source| source.starts_with(b"GIF8")) {
        Corpus::Keep
    } else {
        Corpus::Reject
    }
});
