//! What crossing the socket costs: the headers, and a picture there and back.
//!
//! `cargo bench -p protocol --bench wire`

#![allow(clippy::expect_used, reason = "a measuring tool stops where it cannot")]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use divan::Bencher;
use divan::counter::BytesCount;
use protocol::frame::{self, PRELUDE_BYTES};
use protocol::{Job, Kind, Limits, Operation, Output, Prelude};

fn main() {
    divan::main();
}

fn job() -> Job {
    let operations = ["resize:480:270", "blur:2", "overlay:tiled=true"];
    let operation = |text: &str| Operation::from_text(text).expect("an operation");
    Job {
        id: 7,
        budget_ms: 30_000,
        operations: operations.map(operation).into(),
        output: Output::default(),
        limits: Limits {
            pixels_max: 50_000_000,
            frames_max: 1000,
            total_pixels_max: 250_000_000,
            output_pixels_max: 50_000_000,
            output_bytes_max: 64 << 20,
        },
        cuts: Vec::new(),
    }
}

/// A job with three operations to its frame, without the picture.
#[divan::bench]
fn write_a_job(bencher: Bencher<'_, '_>) {
    let job = job();
    bencher.bench(|| frame::encode(&job, 1000).expect("a frame"));
}

/// And back.
#[divan::bench]
fn read_a_job(bencher: Bencher<'_, '_>) {
    let frame = frame::encode(&job(), 1000).expect("a frame");
    bencher.bench(|| {
        let (prelude, header) = frame.split_first_chunk::<PRELUDE_BYTES>().expect("a frame");
        let prelude = Prelude::parse(*prelude, 1000).expect("a prelude");
        frame::decode::<Job>(Kind::Job, &header[..prelude.header_len]).expect("a job")
    });
}

/// So many bytes through a socket pair to another thread and back.
#[divan::bench(args = [1_000, 33_000, 1_000_000, 5_000_000], sample_count = 30)]
fn there_and_back(bencher: Bencher<'_, '_>, bytes: usize) {
    let (mut near, mut far) = UnixStream::pair().expect("a pair of sockets");
    let echo = std::thread::spawn(move || {
        let mut buffer = vec![0; bytes];
        while far.read_exact(&mut buffer).is_ok() && far.write_all(&buffer).is_ok() {}
    });
    let mut buffer = vec![1; bytes];
    bencher.counter(BytesCount::new(2 * bytes)).bench_local(|| {
        near.write_all(&buffer).expect("the other end");
        near.read_exact(&mut buffer).expect("the other end");
    });
    drop(near);
    echo.join().expect("a thread that ends");
}
