//! Every operation of the catalogue, as its example has it, on 512 × 512 × 4: its canvas in, one
//! pixel of its result out, or for what makes an animation of a still one pixel of each frame.
//!
//! `cargo bench -p worker --bench operations [-- blur]`

#![allow(clippy::expect_used, reason = "a measuring tool stops where it cannot")]

mod made;

use divan::Bencher;
use divan::counter::BytesCount;
use protocol::{CATALOGUE, Operation, OutputFormat};

const SIDE: u32 = 512;

fn main() {
    divan::main();
}

fn examples() -> impl Iterator<Item = &'static str> {
    CATALOGUE.iter().map(|spec| spec.example)
}

#[divan::bench(args = examples(), sample_count = 5, sample_size = 1)]
fn operation(bencher: Bencher<'_, '_>, example: &str) {
    let mut job = made::job(&[example, "crop:1:1"], OutputFormat::Apng);
    let mut source = made::pnm(SIDE);
    let further = job.operations.first().and_then(Operation::picture);
    let (first, length) = (source.clone(), source.len() as u64);
    for number in 1..further.unwrap_or(1) {
        job.cuts.push(u64::from(number) * length);
        source.extend(&first);
    }
    bencher
        .counter(BytesCount::new(SIDE as usize * SIDE as usize * 4))
        .bench_local(|| made::done(&job, &source));
}
