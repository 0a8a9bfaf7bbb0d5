//! Decoders and encoders, each between a format that costs nothing and itself: 512 × 512 × 4.
//!
//! `cargo bench -p worker --bench codecs [-- png]`

#![allow(clippy::expect_used, reason = "a measuring tool stops where it cannot")]

mod made;

use divan::Bencher;
use divan::counter::BytesCount;
use protocol::OutputFormat;

const SIDE: u32 = 512;
const FORMATS: [OutputFormat; 6] = [
    OutputFormat::Png,
    OutputFormat::Jpeg,
    OutputFormat::Webp,
    OutputFormat::Gif,
    OutputFormat::Apng,
    OutputFormat::Avif,
];
/// What a decoder's pixels become: too little to be seen in the figures.
const ONE_PIXEL: &str = "crop:1:1";

fn main() {
    divan::main();
}

fn canvas() -> BytesCount {
    BytesCount::new(SIDE as usize * SIDE as usize * 4)
}

/// From a file to a canvas.
#[divan::bench(args = FORMATS, sample_count = 20)]
fn decode(bencher: Bencher<'_, '_>, format: OutputFormat) {
    let source = made::done(&made::job(&[], format), &made::pnm(SIDE)).bytes;
    let job = made::job(&[ONE_PIXEL], OutputFormat::Png);
    bencher
        .counter(canvas())
        .bench_local(|| made::done(&job, &source));
}

/// From a canvas to a file.
#[divan::bench(args = FORMATS, sample_count = 20)]
fn encode(bencher: Bencher<'_, '_>, format: OutputFormat) {
    let (job, source) = (made::job(&[], format), made::pnm(SIDE));
    bencher
        .counter(canvas())
        .bench_local(|| made::done(&job, &source));
}

/// What both of the above have beside the codec: PNM in, one pixel out.
#[divan::bench(sample_count = 20)]
fn neither(bencher: Bencher<'_, '_>) {
    let (job, source) = (made::job(&[ONE_PIXEL], OutputFormat::Png), made::pnm(SIDE));
    bencher
        .counter(canvas())
        .bench_local(|| made::done(&job, &source));
}
