//! `docs/operations.md` and the pictures on it.
//!
//! The pictures are lossy WebPs of the service. They are compared byte by byte; where the bytes
//! differ, which another processor's arithmetic may bring about, as frames.

#[path = "../../../protocol/tests/documentation/page.rs"]
mod page;

use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

use protocol::CATALOGUE;

use super::{HOW, folder, keep, leavings, leftovers, regenerating};
use crate::apng_reader;
use crate::examples::{made, second};
use crate::made::apng;
use crate::picture::Picture;
use crate::png_reader;
use crate::service::Service;
use crate::side_by_side::faults_of;

/// What two processors may make of the same picture, in dB over all frames.
const PSNR_DB: f64 = 40.0;
/// Pictures on a page that people open: small before beautiful. An animation is half as long a
/// file at this quality as at the default.
const ENCODED: &str = "format=webp&quality=65&effort=4";
/// Frames of the moving source, and how long each is shown.
const FRAMES: usize = 12;
const DELAY_MS: u16 = 80;

#[test]
fn the_page_of_operations_and_its_pictures_are_up_to_date() {
    let service = Service::start();
    let pictures = folder("docs").join(page::FOLDER);
    let still = std::fs::read(pictures.join(page::STILL)).expect("the source is kept");
    let moving = moving(&service, &still);
    let shown = format!("thumbnail:{}", page::SHOWN_PX);
    let mut faults = Vec::new();

    let before = made(&service, &[], ENCODED, &moving).expect("an animation");
    faults.extend(same(&service, &pictures.join(page::MOVING), &before).err());
    faults.extend(same(&service, &pictures.join(page::SECOND), &second()).err());
    faults.extend(faults_of(CATALOGUE, |spec| {
        let source = page::source(spec);
        let given = if source == page::MOVING {
            &moving
        } else {
            &still
        };
        if let Some(before) = page::prepared(spec) {
            let answer = made(&service, &[before, &shown], ENCODED, given)?;
            same(&service, &pictures.join(source), &answer)?;
        }
        let mut operations = vec![spec.example, &shown];
        operations.splice(0..0, page::prepared(spec));
        let answer = made(&service, &operations, ENCODED, given)?;
        same(&service, &pictures.join(page::picture(spec)), &answer)
    }));
    let wanted = CATALOGUE
        .iter()
        .flat_map(|spec| [page::source(spec), page::picture(spec)]);
    let mut wanted: Vec<_> = wanted.collect();
    wanted.extend([page::STILL, page::MOVING, page::SECOND].map(str::to_owned));
    faults.extend(leftovers(&pictures, &wanted));

    let page_path = folder("docs/operations.md");
    if regenerating() {
        keep(&page_path, page::text().as_bytes());
    } else if std::fs::read_to_string(page_path).unwrap_or_default() != page::text() {
        faults.push("docs/operations.md does not say what the catalogue says".to_owned());
    }
    assert!(faults.is_empty(), "{}\n{HOW}", faults.join("\n"));
}

/// Whether the picture that is kept is the one that the service made.
fn same(service: &Service, path: &Path, actual: &[u8]) -> Result<(), String> {
    if regenerating() {
        keep(path, actual);
        return Ok(());
    }
    let kept = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if kept == actual {
        return Ok(());
    }
    let decoded = |bytes: &[u8]| {
        let apng = made(service, &[], "format=apng", bytes)?;
        apng_reader::read(&apng)
    };
    let (expected, decoded) = (decoded(&kept)?, decoded(actual)?);
    let fault = |what: String| {
        let left: PathBuf = leavings().join(path.file_name().expect("a file"));
        std::fs::write(&left, actual).unwrap();
        Err(format!(
            "{}: {what}; now it is {}",
            path.display(),
            left.display()
        ))
    };
    let facts = |apng: &apng_reader::Apng| {
        let sizes: Vec<_> = apng.frames.iter().map(Picture::size).collect();
        (sizes, apng.delays_ms.clone(), apng.plays)
    };
    if facts(&expected) != facts(&decoded) {
        return fault("other frames, sizes, delays or loops".to_owned());
    }
    let frames = expected.frames.iter().zip(&decoded.frames);
    let psnr = frames
        .map(|(one, two)| on_grey(one).psnr(&on_grey(two)))
        .fold(f64::INFINITY, f64::min);
    if psnr < PSNR_DB {
        return fault(format!("{psnr:.1} dB, less than {PSNR_DB}"));
    }
    Ok(())
}

/// As it is seen on a page that is neither white nor black.
fn on_grey(picture: &Picture) -> Picture {
    picture.mapped(|[red, green, blue, alpha]| {
        let [red, green, blue] = [red, green, blue].map(|channel| {
            let alpha = u32::from(alpha);
            ((u32::from(channel) * alpha + 128 * (255 - alpha)) / 255) as u8
        });
        [red, green, blue, 255]
    })
}

/// The still with a dial that fills clockwise, as an APNG: on it one sees which way time goes and
/// how fast.
fn moving(service: &Service, still: &[u8]) -> Vec<u8> {
    let shown = format!("thumbnail:{}", page::SHOWN_PX);
    let small = made(service, &[&shown], "format=png", still).expect("a smaller picture");
    let small = png_reader::read(&small).expect("a sound PNG");
    let frames: Vec<_> = (0..FRAMES)
        .map(|number| with_dial(&small, number as f64 / FRAMES as f64))
        .collect();
    apng(&frames, DELAY_MS)
}

/// With a dial that is filled to that share.
fn with_dial(picture: &Picture, share: f64) -> Picture {
    const RADIUS: f64 = 22.0;
    let (x, y) = (RADIUS + 6.0, picture.height as f64 - RADIUS - 6.0);
    let at = |left: f64, top: f64| {
        let (right, down) = (left - x, top - y);
        let angle = right.atan2(-down).rem_euclid(TAU);
        match right.hypot(down) {
            far if far > RADIUS => None,
            far if far > RADIUS - 2.5 => Some([30, 30, 30]),
            _ if angle < share * TAU => Some([214, 40, 57]),
            _ => Some([255, 255, 255]),
        }
    };
    Picture::painted(picture.width, picture.height, |x, y| {
        let [red, green, blue, _] = picture.pixel(x, y);
        // The mean of 4 × 4 places in the pixel: smooth edges.
        let mut sums = [0_u32; 3];
        for place in 0..16 {
            let (right, down) = (f64::from(place % 4), f64::from(place / 4));
            let colour = at(
                x as f64 + (right + 0.5) / 4.0,
                y as f64 + (down + 0.5) / 4.0,
            );
            let colour = colour.unwrap_or([red, green, blue]);
            (0..3).for_each(|channel| sums[channel] += u32::from(colour[channel]));
        }
        let [red, green, blue] = sums.map(|sum| (sum / 16) as u8);
        [red, green, blue, 255]
    })
}
