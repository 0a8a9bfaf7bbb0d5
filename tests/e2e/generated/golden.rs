//! What every operation makes of three stills and two animations, as it was when somebody last
//! looked: `tests/golden` holds a sheet for each ([`super::sheet`]).
//!
//! The service is asked for lossless formats, so that a change of an encoder is none here. The
//! sheets prove that nothing has changed, not that it was right: that is judged by the unit
//! tests of the worker, by Pillow, and by looking at the sheets when they are written.

use protocol::{CATALOGUE, OperationSpec};

use super::sheet::{Sheet, Tolerance};
use super::{HOW, folder, keep, leftovers, regenerating};
use crate::apng_reader;
use crate::examples;
use crate::made;
use crate::service::Service;
use crate::side_by_side::faults_of;

/// Operations that compute with whole numbers only, or with tables that are the same everywhere:
/// nothing may differ.
const EXACT: &[&str] = &[
    "crop",
    "trim",
    "pad",
    "extend",
    "flip",
    "mirror",
    "border",
    "tile",
    "grayscale",
    "invert",
    "posterize",
    "solarize",
    "threshold",
    "boxblur",
    "median",
    "pixel",
    "mosaic",
    "flatten",
    "speed",
    "reverse",
    "bounce",
    "frames",
    "fps",
    "loop",
    "still",
];
const NOTHING: Tolerance = Tolerance {
    channel: 0,
    pixels_per_mille: 0,
};
/// Of all others: sines, powers and exponentials come from the C library, whose last digit depends
/// on it and on the processor. That may move a rounding by one, and here and there a dot or line.
const ROUNDING: Tolerance = Tolerance {
    channel: 2,
    pixels_per_mille: 10,
};

/// The photo is of Chelsea, by Stéfan van der Walt, who gave up all rights to it (CC0).
fn sources() -> [(&'static str, Vec<u8>); 5] {
    let read = |path: &str| std::fs::read(folder("tests").join(path)).expect("a kept picture");
    [
        ("photo", read("golden/sources/photo.png")),
        ("soft alpha", made::png(&made::still(40, 30))),
        ("grey", read("images/png/pngsuite/basn0g16.png")),
        ("gif", made::animation()),
        ("webp", read("images/webp/webp_anim_lossless_exact.webp")),
    ]
}

#[test]
fn every_operation_makes_what_it_made_before() {
    let service = Service::start();
    let (sources, kept) = (sources(), folder("tests/golden"));
    let mut faults = faults_of(CATALOGUE, |spec| {
        let sheet = made_of(&service, spec, &sources)?;
        if regenerating() {
            for (name, bytes) in sheet.files(spec.name) {
                keep(&kept.join(name), &bytes);
            }
            return Ok(());
        }
        let tolerance = match EXACT.contains(&spec.name) {
            true => NOTHING,
            false => ROUNDING,
        };
        let before = Sheet::kept(&kept, spec.name)?;
        sheet.compare(&before, tolerance).map_err(|fault| {
            format!(
                "{}: {fault}; see {}",
                spec.name,
                sheet.leave(&before, spec.name)
            )
        })
    });
    let names = CATALOGUE.iter().map(|spec| spec.name);
    let names: Vec<_> = names
        .flat_map(|name| ["png", "txt"].map(|kind| format!("{name}.{kind}")))
        .collect();
    faults.extend(leftovers(&kept, &names));
    assert!(faults.is_empty(), "{}\n{HOW}", faults.join("\n"));
}

fn made_of(
    service: &Service,
    spec: &OperationSpec,
    sources: &[(&'static str, Vec<u8>)],
) -> Result<Sheet, String> {
    let mut results = Vec::new();
    for (name, source) in sources {
        let fault = |error: String| format!("{} of {name}: {error}", spec.example);
        let answer = examples::made(service, &[spec.example], "format=apng", source);
        let apng = apng_reader::read(&answer.map_err(fault)?).map_err(fault)?;
        results.push((*name, apng));
    }
    Ok(Sheet::of(&results))
}

#[test]
fn what_is_said_to_be_exact_is_in_the_catalogue() {
    for name in EXACT {
        assert!(CATALOGUE.iter().any(|spec| spec.name == *name), "{name}");
    }
}
