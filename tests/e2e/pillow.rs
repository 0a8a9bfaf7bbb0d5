//! `/blur/` as Pillow 13.0.0 judges it: stills by a table of hashes that Pillow wrote
//! (`tests/pillow/expect.py`), other formats and wide colours by Pillow itself where it is
//! installed, animations by a naive ring kernel that the table proves to be Pillow's.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::gifs;
use crate::manifest::{Entry, Verdict, entries, root, say, small_entries};
use crate::picture::Picture;
use crate::png_reader;
use crate::service::Service;

/// Floor for blurred frames of more than 256 colours. Lower than for frames as they are:
/// blurring turns a few flat colours into smooth ramps, on which each step of a palette shows.
const GIF_PSNR_DB: f64 = 30.0;

pub(crate) fn judge_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pillow")
}

/// Name of a file → SHA-256 of Pillow's blur of it.
fn expected_hashes() -> BTreeMap<&'static str, &'static str> {
    let table = include_str!("../pillow/blur.sha256");
    let line = |line: &'static str| line.split_once("  ").expect("a hash and a name");
    table
        .lines()
        .map(line)
        .map(|(hash, name)| (name, hash))
        .collect()
}

fn still_pngs(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.retain(|entry| {
        entry.format == "PNG"
            && entry.verdict == Verdict::Ok
            && !entry.is_apng()
            && !entry.has_wide_gamut()
    });
    assert!(entries.len() >= 8, "only {} PNGs", entries.len());
    entries
}

/// The sum of the 16 pixels on the rim of the 5 × 5 around each, divided by 16 and rounded to
/// nearest, in each channel, alpha too; the outermost two pixels as they were.
fn ring_blurred(picture: &Picture) -> Picture {
    let (width, height) = picture.size();
    Picture::painted(width, height, |x, y| {
        let inside = |at: usize, length: usize| at >= 2 && at + 2 < length;
        if !inside(x, width) || !inside(y, height) {
            return picture.pixel(x, y);
        }
        let mut sums = [8_u32; 4];
        for (dx, dy) in (0..25).map(|at| (at % 5, at / 5)) {
            if dx % 4 == 0 || dy % 4 == 0 {
                let pixel = picture.pixel(x + dx - 2, y + dy - 2);
                (0..4).for_each(|channel| sums[channel] += u32::from(pixel[channel]));
            }
        }
        sums.map(|sum| (sum >> 4) as u8)
    })
}

#[test]
fn the_naive_ring_kernel_is_pillows() {
    let expected = expected_hashes();
    let mut judged = 0;
    for entry in still_pngs(entries()) {
        let Some(&hash) = expected.get(entry.name.as_str()) else {
            continue;
        };
        if entry.orientation == 1 {
            let source = png_reader::read(&entry.bytes())
                .unwrap_or_else(|error| panic!("{}: {error}", entry.name));
            assert_eq!(ring_blurred(&source).sha256(), hash, "{}", entry.name);
            judged += 1;
        }
    }
    assert!(judged >= 8, "only {judged} PNGs");
}

#[test]
fn the_blur_of_every_png_is_pillows_to_the_byte() {
    let service = Service::start();
    let expected = expected_hashes();
    let mut faults = Vec::new();
    for entry in still_pngs(entries()) {
        let answer = service.post("/blur/", &entry.bytes());
        let hash = expected.get(entry.name.as_str());
        // Where refusing is right too, the corpus test judges the refusal; where Pillow
        // refuses, there is nothing to compare with.
        if !entry.also.is_empty() && (answer.status != 200 || hash.is_none()) {
            continue;
        }
        let actual = match png_reader::read(&answer.body) {
            Ok(picture) => picture.sha256(),
            Err(error) => format!("status {}: {error}", answer.status),
        };
        if hash != Some(&actual.as_str()) {
            faults.push(format!("{}: {actual}, not {hash:?}", entry.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_table_has_every_small_png() {
    let expected = expected_hashes();
    for entry in still_pngs(small_entries()) {
        assert!(expected.contains_key(entry.name.as_str()), "{}", entry.name);
    }
}

#[test]
fn the_blur_of_every_gif_frame_is_pillows_ring_kernel() {
    let service = Service::start();
    let mut faults = Vec::new();
    for entry in entries() {
        if entry.format != "GIF" || entry.verdict != Verdict::Ok {
            continue;
        }
        let source = entry.bytes();
        let answer = service.post("/blur/", &source);
        if answer.status != 200 && !entry.also.is_empty() {
            continue;
        }
        // About eight frames of each: the naive kernel is slow in an unoptimised build.
        let step = entry.frames / 8 + 1;
        let same_frame = |index: usize, before: &Picture, after: &Picture| {
            if !index.is_multiple_of(step) {
                return Ok(());
            }
            let expected = ring_blurred(before).thresholded();
            gifs::as_close_as_a_palette_allows(after, &expected, GIF_PSNR_DB)
        };
        if let Err(fault) = gifs::compare(&source, &answer.body, same_frame) {
            faults.push(format!("{}: {fault}", entry.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_blur_of_every_other_still_is_as_close_to_pillows_as_two_decoders_are() {
    judged_by("compare.py");
}

#[test]
fn wide_colours_are_converted_as_littlecms_does() {
    judged_by("colour.py");
}

/// Lets a program with Pillow in it judge the service, where Pillow is installed.
fn judged_by(program: &str) {
    if !is_installed() {
        assert!(
            env::var_os("CI").is_none(),
            "CI must have Pillow 13 and numpy"
        );
        say("skipped: Pillow 13 and numpy not installed");
        return;
    }
    let service = Service::start();
    let url = service.url("/");
    let output = Command::new("python3")
        .arg(judge_folder().join(program))
        .arg(url.trim_end_matches('/'))
        .arg(root())
        .output()
        .expect("python3 was there a moment ago");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

pub(crate) fn is_installed() -> bool {
    let version = Command::new("python3")
        .args(["-c", "import numpy, PIL; print(PIL.__version__)"])
        .output();
    version.is_ok_and(|version| version.status.success() && version.stdout.starts_with(b"13."))
}
