//! Whole jobs that end in a GIF: CPU time, the encoder's share of it, and bytes.
//!
//!     cargo bench -p worker --bench gif -- [--save FOLDER] FILE.gif…
//!
//! Each file is blurred and, as another job, halved. With `--save` the results are kept, beside
//! the same frames as an APNG, which loses nothing: what the encoder cost in quality is the
//! difference of the two. Without a file there is one made animation. Times are those of the
//! processor, so that neighbours hardly count.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a tool for people who change the encoder"
)]

use std::fs;
use std::path::PathBuf;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use protocol::{FormatChoice, Job, Limits, Operation, Output, OutputFormat};
use worker::{Done, Progress, perform};

/// Runs of each job, of which the median is told.
const RUNS: usize = 7;

fn main() {
    let mut save = None;
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // What cargo says to every bench.
            "--bench" => {}
            "--save" => save = arguments.next().map(PathBuf::from),
            _ => files.push(PathBuf::from(argument)),
        }
    }
    println!("| file | job | frames | CPU ms | per frame | encode ms | bytes |");
    println!("|---|---|---|---|---|---|---|");
    if files.is_empty() {
        let source = made();
        measure("made", &source, save.as_ref());
    }
    for file in files {
        let source = fs::read(&file).unwrap();
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        measure(&stem, &source, save.as_ref());
    }
}

fn measure(file: &str, source: &[u8], save: Option<&PathBuf>) {
    let half = u16::from_le_bytes([source[6], source[7]]).div_ceil(2);
    job(file, "blur", "blur", source, save);
    job(file, "half", &format!("resize:{half}"), source, save);
}

fn job(file: &str, name: &str, operation: &str, source: &[u8], save: Option<&PathBuf>) {
    let mut times = Vec::new();
    let mut encoding = Vec::new();
    let mut last = None;
    for _ in 0..RUNS {
        let progress = Progress::default();
        let start = cpu_us();
        let done = run(operation, OutputFormat::Gif, source, &progress);
        times.push(cpu_us() - start);
        encoding.push(progress.timings().encode_us);
        last = Some(done);
    }
    times.sort_unstable();
    encoding.sort_unstable();
    let done = last.unwrap();
    let median = times[RUNS / 2] as f64 / 1000.0;
    println!(
        "| {file} | {name} | {} | {median:.1} | {:.2} | {:.1} | {} |",
        done.frames,
        median / f64::from(done.frames),
        encoding[0] as f64 / 1000.0,
        done.bytes.len()
    );
    if let Some(folder) = save {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(format!("{file}-{name}.gif")), done.bytes).unwrap();
        let exact = run(operation, OutputFormat::Apng, source, &Progress::default());
        fs::write(folder.join(format!("{file}-{name}.png")), exact.bytes).unwrap();
    }
}

fn run(operation: &str, format: OutputFormat, source: &[u8], progress: &Progress) -> Done {
    let job = Job {
        id: 1,
        budget_ms: 60_000,
        operations: vec![Operation::from_text(operation).unwrap()],
        output: Output {
            format: FormatChoice::Exactly(format),
            ..Output::default()
        },
        limits: Limits {
            pixels_max: 1 << 24,
            frames_max: 2000,
            total_pixels_max: 1 << 30,
            output_pixels_max: 1 << 24,
            output_bytes_max: 1 << 28,
        },
        cuts: Vec::new(),
    };
    perform(&job, source, progress).unwrap()
}

/// Time of the processor so far, µs.
fn cpu_us() -> i64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    usage.user_time().num_microseconds() + usage.system_time().num_microseconds()
}

/// 30 frames of a soft, coloured wave that moves: 320 × 200, more colours than a table holds.
fn made() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 320, 200, &[]).unwrap();
    for step in 0..30_usize {
        let mut pixels = Vec::with_capacity(320 * 200 * 4);
        for at in 0..320 * 200_usize {
            let (x, y) = (at % 320, at / 320);
            let wave = |period: usize| {
                let phase = (x + 3 * y / 2 + 5 * step) % period;
                (phase.min(period - phase) * 510 / period) as u8
            };
            pixels.extend([wave(190), wave(310), wave(270), 255]);
        }
        let frame = gif::Frame::from_rgba_speed(320, 200, &mut pixels, 30);
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    bytes
}
