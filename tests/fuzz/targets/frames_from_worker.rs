//! Bytes that a worker might send, see `harness/frames.rs`.
#![no_main]

#[path = "../harness/frames.rs"]
mod frames;
#[path = "../../../protocol/tests/watching/mod.rs"]
mod watching;

libfuzzer_sys::fuzz_target!(|input: &[u8]| frames::from_worker(input));
