//! Every GIF of the corpus through an operation that changes nothing: frames, delays, loop
//! count, transparency and pixels must come back.

use crate::gif_reader::Gif;
use crate::made;
use crate::manifest::{Entry, Verdict, entries};
use crate::picture::{Picture, sha256};
use crate::service::Service;

/// Floor for a frame with more colours than one table holds. Palettes of 256 chosen per frame
/// reach 35 to 45 dB on photographs; dithering by Floyd-Steinberg costs 2 to 3 dB of that; a
/// wrong frame, or one palette for all frames, falls below 30.
const PSNR_DB: f64 = 34.0;

fn gif_entries() -> Vec<Entry> {
    let mut entries = entries();
    entries.retain(|entry| entry.format == "GIF" && entry.verdict == Verdict::Ok);
    assert!(entries.len() >= 15, "only {} GIFs", entries.len());
    entries
}

#[test]
fn the_independent_reader_agrees_with_the_known_hash_of_every_frame() {
    for entry in gif_entries() {
        let bytes = entry.bytes();
        let gif = Gif::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", entry.name));
        let delays: Vec<u16> = gif.frames.iter().map(|frame| frame.delay_cs).collect();
        assert_eq!((gif.width, gif.height), entry.upright, "{}", entry.name);
        assert_eq!(gif.frames.len(), entry.frames, "{}", entry.name);
        assert_eq!(gif.loops, entry.loops, "{}", entry.name);
        if !entry.delays_cs.is_empty() {
            assert_eq!(delays, entry.delays_cs, "{}", entry.name);
        }
        let hashes: Vec<String> = gif
            .canvases()
            .map(|canvas| sha256(&canvas.expect("sound pixels")))
            .collect();
        match &entry.frames_digest {
            Some(digest) => assert_eq!(sha256(hashes.concat().as_bytes()), *digest),
            None => assert_eq!(hashes, entry.frame_hashes, "{}", entry.name),
        }
    }
}

#[test]
fn every_gif_keeps_its_frames_delays_and_loop_count_through_an_effect() {
    keeps_every_gif("/image/rotate/?degrees=0");
}

#[test]
fn every_gif_keeps_its_frames_delays_and_loop_count_through_a_pipeline() {
    keeps_every_gif("/v1/process?op=rotate:0");
}

fn keeps_every_gif(path: &str) {
    let service = Service::start();
    let mut faults = Vec::new();
    for entry in gif_entries() {
        let source = entry.bytes();
        let answer = service.post(path, &source);
        if answer.status != 200 {
            if entry.also.is_empty() {
                faults.push(format!("{}: status {}", entry.name, answer.status));
            }
            continue;
        }
        assert_eq!(answer.header("content-type"), Some("image/gif"));
        if let Err(fault) = compare(&source, &answer.body, same_frame) {
            faults.push(format!("{}: {fault}", entry.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_frame_of_more_colours_than_one_table_holds_stays_close() {
    let service = Service::start();
    let source = made::many_colours();
    let gif = Gif::parse(&source).expect("a sound GIF");
    let last = gif
        .canvases()
        .last()
        .expect("frames")
        .expect("sound pixels");
    let last = Picture::new(gif.width, gif.height, last);
    assert!(!last.fits_one_palette(), "the made animation is too plain");
    let answer = service.post("/image/rotate/?degrees=0", &source);
    compare(&source, &answer.body, same_frame).expect("the same animation");
}

/// Compares all that an animation is; each pair of frames (index, source, answer) with
/// `same_frame`.
pub(crate) fn compare(
    source: &[u8],
    answer: &[u8],
    same_frame: impl Fn(usize, &Picture, &Picture) -> Result<(), String>,
) -> Result<(), String> {
    let source = Gif::parse(source)?;
    let answer = Gif::parse(answer).map_err(|error| format!("the answer: {error}"))?;
    if !answer.ended {
        return Err("the answer has no trailer".to_owned());
    }
    let facts = |gif: &Gif<'_>| {
        let delays: Vec<u16> = gif.frames.iter().map(|frame| frame.delay_cs).collect();
        (gif.frames.len(), gif.loops, delays)
    };
    if facts(&source) != facts(&answer) {
        return Err(format!("{:?} is not {:?}", facts(&answer), facts(&source)));
    }
    let frames = source.canvases().zip(answer.canvases()).enumerate();
    for (index, (before, after)) in frames {
        let before = Picture::new(source.width, source.height, before?);
        let after = after.map_err(|error| format!("frame {index} of the answer: {error}"))?;
        let after = Picture::new(answer.width, answer.height, after);
        same_frame(index, &before, &after).map_err(|fault| format!("frame {index}: {fault}"))?;
    }
    Ok(())
}

fn same_frame(_: usize, before: &Picture, after: &Picture) -> Result<(), String> {
    as_close_as_a_palette_allows(after, before, PSNR_DB)
}

/// Exact where one table holds all colours of the expected frame, else the same transparency
/// and a PSNR of at least `psnr_db` over the opaque pixels.
pub(crate) fn as_close_as_a_palette_allows(
    actual: &Picture,
    expected: &Picture,
    psnr_db: f64,
) -> Result<(), String> {
    if actual == expected {
        return Ok(());
    }
    if expected.fits_one_palette() || actual.size() != expected.size() {
        return Err(actual.first_difference(expected));
    }
    if !actual.same_mask(expected) {
        return Err("other pixels are transparent".to_owned());
    }
    let psnr = actual.psnr(expected);
    if psnr < psnr_db {
        return Err(format!("{psnr:.1} dB, less than {psnr_db}"));
    }
    Ok(())
}
