//! For people: every operation done to one picture, as PNGs and GIFs to be looked at, with the
//! time that the operation took in their names.
//!
//! `CONTACT_PICTURE=in.jpg CONTACT_FOLDER=out cargo test -p worker contact_sheet -- --ignored`
//!
//! `CONTACT_ONLY=magik,neon:red` does only these, with these arguments.

use std::path::PathBuf;
use std::{env, fs};

use protocol::{CATALOGUE, FormatChoice, Job, Limits, Output, OutputFormat};

use super::*;
use crate::progress::Progress;

const LIMITS: Limits = Limits {
    pixels_max: 50_000_000,
    frames_max: 1000,
    total_pixels_max: 250_000_000,
    output_pixels_max: 50_000_000,
    output_bytes_max: 64 << 20,
};

#[test]
#[ignore = "writes pictures for people to look at"]
fn contact_sheet() {
    let folder = PathBuf::from(env::var_os("CONTACT_FOLDER").unwrap());
    let source = fs::read(env::var_os("CONTACT_PICTURE").unwrap()).unwrap();
    let only = env::var("CONTACT_ONLY").unwrap_or_default();
    let every = CATALOGUE.iter().flat_map(|spec| [spec.example, spec.name]);
    let chosen = only.split(',').filter(|text| !text.is_empty());
    let texts: Vec<&str> = if only.is_empty() {
        every.collect()
    } else {
        chosen.collect()
    };
    for text in texts {
        let Ok(operation) = Operation::from_text(text) else {
            continue;
        };
        let job = Job {
            id: 1,
            budget_ms: 60_000,
            operations: vec![operation],
            output: Output {
                format: FormatChoice::Natural,
                ..Output::default()
            },
            limits: LIMITS,
        };
        let progress = Progress::default();
        let Ok(done) = crate::perform(&job, &source, &progress) else {
            // Some would make it too large.
            continue;
        };
        let spent = progress.timings().operations_us;
        let group = format!("{:?}", operation.spec().group).to_lowercase();
        let kind = if done.format == OutputFormat::Gif {
            "gif"
        } else {
            "png"
        };
        let name = text.replace(':', "_").replace('/', "-");
        let name = format!("{group}-{name}-{spent}us.{kind}");
        fs::write(folder.join(name), done.bytes).unwrap();
    }
}
