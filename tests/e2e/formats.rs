//! The same made still in every format that can be written by hand, and the animations of the
//! corpus in other formats than GIF: what comes back is what was meant.

use crate::gif_reader::Gif;
use crate::made;
use crate::manifest::{Entry, Verdict, entries};
use crate::picture::{Picture, assert_same};
use crate::pictures::still;
use crate::service::Service;

/// The picture by every writer of this file, with the name of the format. Not all formats can
/// hold transparency: the picture must be opaque.
pub(crate) fn all(picture: &Picture) -> [(&'static str, Vec<u8>); 7] {
    [
        ("bmp", bmp(picture)),
        ("ico", ico(picture)),
        ("pam", pam(picture)),
        ("ppm", ppm(picture)),
        ("ppm in text", ppm_in_text(picture)),
        ("qoi", qoi(picture)),
        ("tiff", tiff(picture)),
    ]
}

/// 24 bits, bottom row first.
fn bmp(picture: &Picture) -> Vec<u8> {
    let stride = (picture.width * 3).next_multiple_of(4);
    let mut bytes = b"BM".to_vec();
    for word in [
        54 + stride * picture.height,
        0,
        54,
        40,
        picture.width,
        picture.height,
    ] {
        bytes.extend((word as u32).to_le_bytes());
    }
    bytes.extend([1, 0, 24, 0]);
    bytes.extend([0; 24]);
    for row in picture.rgba.chunks(picture.width * 4).rev() {
        let colours = row.as_chunks::<4>().0.iter();
        bytes.extend(colours.flat_map(|&[red, green, blue, _]| [blue, green, red]));
        bytes.extend(vec![0; stride - picture.width * 3]);
    }
    bytes
}

/// Two entries, of which the second, a PNG, is the larger.
fn ico(picture: &Picture) -> Vec<u8> {
    let small = made::png(&made::opaque_still(2, 2));
    let large = made::png(picture);
    let mut bytes = vec![0, 0, 1, 0, 2, 0];
    let mut offset = 6 + 2 * 16;
    for (image, width, height) in [(&small, 2, 2), (&large, picture.width, picture.height)] {
        bytes.extend([width as u8, height as u8, 0, 0, 1, 0, 32, 0]);
        bytes.extend((image.len() as u32).to_le_bytes());
        bytes.extend((offset as u32).to_le_bytes());
        offset += image.len();
    }
    [bytes, small, large].concat()
}

fn pam(picture: &Picture) -> Vec<u8> {
    let (width, height) = picture.size();
    let head = format!(
        "P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
    );
    [head.as_bytes(), &picture.rgba].concat()
}

fn ppm(picture: &Picture) -> Vec<u8> {
    let head = format!("P6\n# made\n{} {}\n255\n", picture.width, picture.height);
    let colours = picture.pixels().flat_map(|pixel| pixel[..3].to_vec());
    head.bytes().chain(colours).collect()
}

fn ppm_in_text(picture: &Picture) -> Vec<u8> {
    let mut text = format!("P3 {} {} 255\n", picture.width, picture.height);
    for [red, green, blue, _] in picture.pixels() {
        text.push_str(&format!("{red} {green} {blue}\n"));
    }
    text.into_bytes()
}

/// Every pixel in full, which is allowed.
fn qoi(picture: &Picture) -> Vec<u8> {
    let mut bytes = b"qoif".to_vec();
    bytes.extend((picture.width as u32).to_be_bytes());
    bytes.extend((picture.height as u32).to_be_bytes());
    bytes.extend([4, 0]);
    for pixel in picture.pixels() {
        bytes.push(0xff);
        bytes.extend(pixel);
    }
    bytes.extend([0, 0, 0, 0, 0, 0, 0, 1]);
    bytes
}

/// Big-endian, one strip, not compressed.
fn tiff(picture: &Picture) -> Vec<u8> {
    let strip: Vec<u8> = picture
        .pixels()
        .flat_map(|pixel| pixel[..3].to_vec())
        .collect();
    let (width, height) = (picture.width as u32, picture.height as u32);
    let bits_at = 8 + strip.len() as u32;
    let tags: [(u16, u16, u32, u32); 9] = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 3, bits_at),
        (259, 3, 1, 1 << 16),
        (262, 3, 1, 2 << 16),
        (273, 4, 1, 8),
        (277, 3, 1, 3 << 16),
        (278, 4, 1, height),
        (279, 4, 1, strip.len() as u32),
    ];
    let mut bytes = [&b"MM\0*"[..], &(bits_at + 6).to_be_bytes(), &strip].concat();
    bytes.extend([0, 8, 0, 8, 0, 8]);
    bytes.extend((tags.len() as u16).to_be_bytes());
    for (tag, kind, count, value) in tags {
        bytes.extend([tag.to_be_bytes(), kind.to_be_bytes()].concat());
        bytes.extend([count.to_be_bytes(), value.to_be_bytes()].concat());
    }
    bytes.extend([0; 4]);
    bytes
}

#[test]
fn every_format_gives_the_same_pixels() {
    let service = Service::start();
    let picture = made::opaque_still(41, 30);
    for (format, bytes) in all(&picture) {
        let actual = still(&service, "/v1/process?op=rotate:0", &bytes);
        assert_same(&actual, &picture, format);
    }
}

#[test]
fn formats_that_hold_transparency_keep_it() {
    let service = Service::start();
    let picture = made::still(41, 30);
    for (format, bytes) in [
        ("ico", ico(&picture)),
        ("pam", pam(&picture)),
        ("qoi", qoi(&picture)),
    ] {
        let actual = still(&service, "/v1/process?op=rotate:0", &bytes);
        assert_same(&actual, &picture.visible(), format);
    }
}

#[test]
fn a_file_cut_in_the_middle_of_its_pixels_is_a_bad_image() {
    let service = Service::start();
    for (format, bytes) in all(&made::opaque_still(41, 30)) {
        // A TIFF's directory, which comes last, is cut off with it.
        let answer = service.post("/v1/process?op=invert", &bytes[..bytes.len() / 2]);
        assert_eq!(answer.verdict(), (422, "bad_image".to_owned()), "{format}");
    }
}

fn animated_entries() -> Vec<Entry> {
    let mut entries = entries();
    let animated =
        |entry: &Entry| entry.format != "GIF" && entry.frames > 1 && entry.verdict == Verdict::Ok;
    entries.retain(animated);
    assert!(entries.len() >= 2, "only {} animations", entries.len());
    entries
}

#[test]
fn every_animation_keeps_its_frames_its_time_and_how_often_it_plays() {
    let service = Service::start();
    for entry in animated_entries() {
        let name = &entry.name;
        let answer = service.post("/v1/process?op=rotate:0&format=gif", &entry.bytes());
        assert_eq!(answer.status, 200, "{name}: {}", answer.body.escape_ascii());
        let gif = Gif::parse(&answer.body).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((gif.width, gif.height), entry.upright, "{name}");
        assert_eq!(gif.frames.len(), entry.frames, "{name}");
        // These formats count plays, a GIF counts repetitions.
        let loops = entry.loops.map(|plays| match plays {
            0 => Some(0),
            1 => None,
            plays => Some(plays - 1),
        });
        assert_eq!(Some(gif.loops), loops, "{name}");
        for (frame, delay_ms) in gif.frames.iter().zip(&entry.delays_ms) {
            let apart_ms = (f64::from(frame.delay_cs) * 10.0 - delay_ms).abs();
            assert!(
                apart_ms <= 5.0,
                "{name}: {} cs, {delay_ms} ms",
                frame.delay_cs
            );
        }
    }
}
