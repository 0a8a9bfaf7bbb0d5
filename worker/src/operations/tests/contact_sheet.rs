//! For people: every operation done to one picture, as PNGs to be looked at.
//!
//! `CONTACT_PICTURE=in.jpg CONTACT_FOLDER=out cargo test -p worker contact_sheet -- --ignored`

use std::path::PathBuf;
use std::{env, fs};

use protocol::{CATALOGUE, FormatChoice, Job, Limits, Output, OutputFormat};

use super::*;
use crate::progress::Progress;

#[test]
#[ignore = "writes pictures for people to look at"]
fn contact_sheet() {
    let folder = PathBuf::from(env::var_os("CONTACT_FOLDER").unwrap());
    let source = fs::read(env::var_os("CONTACT_PICTURE").unwrap()).unwrap();
    let only = env::var("CONTACT_ONLY").unwrap_or_default();
    for spec in CATALOGUE {
        for example in [spec.example, spec.name] {
            let Ok(operation) = Operation::from_text(example) else {
                continue;
            };
            if !only.is_empty() && !only.split(',').any(|name| name == spec.name) {
                continue;
            }
            // Laid on itself.
            let pictures = operation.picture().unwrap_or(1) as usize;
            let source = source.repeat(pictures);
            let length = (source.len() / pictures) as u64;
            let job = Job {
                id: 1,
                budget_ms: 60_000,
                operations: vec![operation],
                output: Output {
                    format: FormatChoice::Exactly(OutputFormat::Png),
                    ..Output::default()
                },
                limits: Limits {
                    pixels_max: 50_000_000,
                    frames_max: 1000,
                    total_pixels_max: 250_000_000,
                    output_pixels_max: 50_000_000,
                    output_bytes_max: 64 << 20,
                },
                cuts: (1..pictures as u64).map(|at| at * length).collect(),
            };
            let progress = Progress::default();
            let done = crate::perform(&job, &source, &progress).unwrap();
            let name = example.replace(':', "_").replace('/', "-");
            let spent = progress.timings().operations_us;
            let group = format!("{:?}", spec.group).to_lowercase();
            fs::write(
                folder.join(format!("{group}-{name}-{spent}us.png")),
                done.bytes,
            )
            .unwrap();
        }
    }
}
