//! What a caller writes for operations, see `harness/operations.rs`.
#![no_main]

#[path = "../harness/operations.rs"]
mod operations;

libfuzzer_sys::fuzz_target!(|input: &[u8]| operations::run(input));
