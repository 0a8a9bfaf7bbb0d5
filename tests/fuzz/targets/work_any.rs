//! Bytes of any format, or of none, see `harness/work.rs`.
#![no_main]

#[path = "../harness/work.rs"]
mod work;

use libfuzzer_sys::Corpus;

libfuzzer_sys::fuzz_target!(|input: &[u8]| -> Corpus {
    if work::run(input, |_| true) {
        Corpus::Keep
    } else {
        Corpus::Reject
    }
});
