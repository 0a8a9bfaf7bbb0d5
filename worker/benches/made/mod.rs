//! What the benches work on: a picture made by code, in every format, and jobs that say what is done.

#![allow(dead_code, reason = "no bench uses all of it")]

pub(crate) mod screencast;

use protocol::{FormatChoice, Job, Limits, Operation, Output, OutputFormat};
use worker::{Done, Progress, perform};

const LIMITS: Limits = Limits {
    pixels_max: 100_000_000,
    frames_max: 1000,
    total_pixels_max: 1_000_000_000,
    output_pixels_max: 100_000_000,
    output_bytes_max: 1_000_000_000,
};

/// A PNM of `side` × `side` px: soft gradients under fine noise, which is what photographs are to a
/// codec. Reading it costs next to nothing.
pub(crate) fn pnm(side: u32) -> Vec<u8> {
    let mut file = format!("P6 {side} {side} 255\n").into_bytes();
    for at in 0..side * side {
        let (x, y) = (at % side, at / side);
        let noise = at.wrapping_mul(2_654_435_761) >> 29;
        let wave = |period: u32| (x + y / 2).wrapping_mul(period) / 64 % 240;
        file.extend([1, 2, 3].map(|period| (wave(period) + noise) as u8));
    }
    file
}

/// The job that applies `operations` and writes `format`.
pub(crate) fn job(operations: &[&str], format: OutputFormat) -> Job {
    let operation = |text: &&str| Operation::from_text(text).expect("an operation");
    Job {
        id: 1,
        budget_ms: 60_000,
        operations: operations.iter().map(operation).collect(),
        output: Output {
            format: FormatChoice::Exactly(format),
            ..Output::default()
        },
        limits: LIMITS,
        cuts: Vec::new(),
    }
}

/// What becomes of `source`.
pub(crate) fn done(job: &Job, source: &[u8]) -> Done {
    perform(job, source, &Progress::default()).expect("a job that can be done")
}
