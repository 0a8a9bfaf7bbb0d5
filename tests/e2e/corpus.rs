//! Every image file of the corpus, uploaded in both dialects: the verdict, the status, the
//! size and the type of each answer, and that no file costs a worker or the next request.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::gif_reader::Gif;
use crate::made;
use crate::manifest::{Entry, Verdict, entries};
use crate::picture::{Picture, assert_same};
use crate::png_reader;
use crate::service::{Answer, Service};

/// A route, and the status it gives to each code that a file can earn.
struct Dialect {
    path: &'static str,
    status: fn(&str) -> u16,
    /// The type of an animation that was no GIF, by the format that it was.
    animation: fn(&str) -> &'static str,
}

const EFFECTS: Dialect = Dialect {
    path: "/blur/",
    status: |code| match code {
        "not_an_image" | "unsupported_format" | "bad_image" => 415,
        "too_large" | "too_many_frames" => 413,
        "bad_request" => 400,
        _ => 422,
    },
    animation: |_| "image/png",
};

const PIPELINE: Dialect = Dialect {
    path: "/v1/process?op=invert",
    status: |code| match code {
        "not_an_image" | "unsupported_format" => 415,
        "too_large" | "too_many_frames" => 413,
        "bad_request" => 400,
        _ => 422,
    },
    animation: |format| match format {
        "WEBP" => "image/webp",
        _ => "image/apng",
    },
};

#[test]
fn every_file_uploaded_to_an_effect_gets_its_verdict_and_costs_no_worker() {
    judge_all(&EFFECTS);
}

#[test]
fn every_file_uploaded_to_a_pipeline_gets_its_verdict_and_costs_no_worker() {
    judge_all(&PIPELINE);
}

/// Two at a time, one for each worker; all faults are told, not only the first.
fn judge_all(dialect: &Dialect) {
    let service = Service::start();
    let workers_before = pids(&service);
    let entries = entries();
    let next = AtomicUsize::new(0);
    let judge_some = || {
        let mut faults = Vec::new();
        while let Some(entry) = entries.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(fault) = judge(&service, dialect, entry) {
                faults.push(format!("{}: {fault}", entry.name));
            }
        }
        faults
    };
    let faults = thread::scope(|scope| {
        let halves = [scope.spawn(judge_some), scope.spawn(judge_some)];
        halves
            .map(|half| half.join().expect("a fault is no panic"))
            .concat()
    });
    assert!(
        faults.is_empty(),
        "{} of {} files:\n{}",
        faults.len(),
        entries.len(),
        faults.join("\n")
    );
    assert_eq!(pids(&service), workers_before, "a worker was lost");
}

fn pids(service: &Service) -> Vec<String> {
    let workers = service.workers();
    assert!(
        !workers.is_empty(),
        "no workers, so none that could be lost"
    );
    let mut pids: Vec<_> = workers
        .iter()
        .map(|worker| format!("{:?}", worker.pid))
        .collect();
    pids.sort();
    pids
}

fn judge(service: &Service, dialect: &Dialect, entry: &Entry) -> Result<(), String> {
    let answer = service.post(dialect.path, &entry.bytes());
    if answer.status == 200 {
        if !entry.accepts(Verdict::Ok) {
            return Err(format!("200, not {:?}", entry.verdict));
        }
        return judge_picture(&answer, dialect, entry);
    }
    let code = judge_refusal(&answer, dialect)?;
    serves_a_small_picture(service).map_err(|fault| format!("then a small picture: {fault}"))?;
    let accepted = match code.as_str() {
        "bad_image" | "not_an_image" => entry.accepts(Verdict::BadImage),
        "unsupported_format" => entry.accepts(Verdict::Unsupported) && !is_read(entry),
        "too_large" => entry.accepts(Verdict::TooLarge),
        "too_many_frames" => entry.accepts(Verdict::TooManyFrames),
        // No bytes at all are no picture that could be bad: the request is.
        "bad_request" | "bad_parameter" => entry.bytes().is_empty(),
        _ => false,
    };
    if !accepted {
        return Err(format!("{code}, not {:?}", entry.verdict));
    }
    Ok(())
}

/// The corpus would let these be refused; the service reads them.
fn is_read(entry: &Entry) -> bool {
    entry.name.starts_with("other/")
}

/// The status fits the code, and the body is the one error body. Gives the code.
fn judge_refusal(answer: &Answer, dialect: &Dialect) -> Result<String, String> {
    if answer.header("content-type") != Some("application/json") {
        let kind = answer.header("content-type");
        return Err(format!(
            "status {}, an error of type {kind:?}",
            answer.status
        ));
    }
    let body = answer.json();
    let code = answer.code();
    if answer.status != (dialect.status)(&code) {
        return Err(format!("status {} with {body}", answer.status));
    }
    for field in ["message", "request_id"] {
        if body[field].as_str().is_none_or(str::is_empty) {
            return Err(format!("no {field} in {body}"));
        }
    }
    Ok(code)
}

fn judge_picture(answer: &Answer, dialect: &Dialect, entry: &Entry) -> Result<(), String> {
    let kind = answer.header("content-type").unwrap_or_default();
    let expected = match entry.format.as_str() {
        "GIF" => "image/gif",
        format if entry.is_animation() => (dialect.animation)(format),
        _ => "image/png",
    };
    if kind != expected {
        return Err(format!("content type {kind:?}, not {expected}"));
    }
    if answer.header("content-length") != Some(&answer.body.len().to_string()) {
        let length = answer.header("content-length");
        return Err(format!(
            "content length {length:?}, not {}",
            answer.body.len()
        ));
    }
    let size = size(&answer.body)?;
    let (width, height) = entry.upright;
    if width * height != 0 && size != entry.upright {
        return Err(format!("{size:?}, not {:?}", entry.upright));
    }
    Ok(())
}

/// Width and height as the header says: the pixels of the largest are judged elsewhere.
fn size(body: &[u8]) -> Result<(usize, usize), String> {
    if body.starts_with(b"GIF8") {
        let gif = Gif::parse(body)?;
        return Ok((gif.width, gif.height));
    }
    if body.starts_with(b"RIFF") {
        // An animation begins with the size of its canvas, less one, in 24 bits for each side.
        let sides = body.get(24..30).ok_or("a WebP that is too short")?;
        let side = |at: usize| usize::from(sides[at]) + (usize::from(sides[at + 1]) << 8) + 1;
        return Ok((side(0), side(3)));
    }
    let sides = body
        .get(16..24)
        .filter(|_| body.starts_with(b"\x89PNG\r\n\x1a\n"));
    let sides = sides
        .ok_or("neither a GIF nor a WebP nor a PNG")?
        .as_chunks()
        .0;
    let [width, height] = [sides[0], sides[1]].map(|side| u32::from_be_bytes(side) as usize);
    Ok((width, height))
}

fn serves_a_small_picture(service: &Service) -> Result<(), String> {
    let picture = made::opaque_still(12, 9);
    let answer = service.post("/invert/", &made::png(&picture));
    if answer.status != 200 {
        return Err(format!("status {}", answer.status));
    }
    let inverted = picture.mapped(|[r, g, b, alpha]| [255 - r, 255 - g, 255 - b, alpha]);
    if png_reader::read(&answer.body)? != inverted {
        return Err("wrong pixels".to_owned());
    }
    Ok(())
}

#[test]
fn what_was_appended_to_a_polyglot_does_not_survive() {
    let service = Service::start();
    let mut polyglots = entries();
    polyglots.retain(|entry| entry.name.starts_with("odd/polyglot_"));
    assert!(!polyglots.is_empty());
    for entry in polyglots {
        let answer = service.post("/mirror/", &entry.bytes());
        assert_eq!(answer.status, 200, "{}", entry.name);
        for foreign in [&b"<script"[..], b"alert(", b"<html", b"PK\x03\x04"] {
            let survives = |bytes: &[u8]| bytes.windows(foreign.len()).any(|here| here == foreign);
            assert!(!survives(&answer.body), "{} is not re-encoded", entry.name);
        }
    }
}

#[test]
fn every_exactly_known_still_keeps_its_pixels() {
    let service = Service::start();
    let mut judged = 0;
    for entry in entries() {
        let [hash] = &entry.frame_hashes[..] else {
            continue;
        };
        let lossless = matches!(entry.format.as_str(), "PNG" | "WEBP") && !entry.has_wide_gamut();
        if !lossless || entry.verdict != Verdict::Ok || entry.orientation != 1 {
            continue;
        }
        let answer = service.post("/v1/process?op=rotate:0", &entry.bytes());
        if answer.status != 200 && !entry.also.is_empty() {
            continue;
        }
        assert_eq!(answer.status, 200, "{}", entry.name);
        let picture = png_reader::read(&answer.body).expect("a sound PNG");
        assert_eq!(picture.visible().sha256(), *hash, "{}", entry.name);
        judged += 1;
    }
    assert!(judged >= 5, "only {judged} stills");
}

#[test]
fn every_orientation_of_the_landscape_shows_the_same_picture() {
    let service = Service::start();
    let mut entries = entries();
    entries.retain(|entry| entry.name.starts_with("photo/exif_landscape_"));
    let upright = |entry: &Entry| -> Picture {
        let answer = service.post("/v1/process?op=rotate:0", &entry.bytes());
        assert_eq!(answer.status, 200, "{}", entry.name);
        png_reader::read(&answer.body).expect("a sound PNG")
    };
    let first = upright(&entries[0]);
    assert_same(&first, &upright(&entries[0]), "the same request twice");
    for entry in &entries {
        let psnr = upright(entry).psnr(&first);
        // Eight JPEGs compressed each on its own: 21.4 to 22.2 dB from the first by Pillow;
        // mirrored or turned upside down they are 9.3 to 11.2 dB from it.
        assert!(psnr >= 18.0, "{}: {psnr:.1} dB", entry.name);
    }
}
