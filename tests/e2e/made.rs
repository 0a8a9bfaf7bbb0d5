//! Pictures made by code, so that every expected pixel is known.
//!
//! The GIF writer packs no strings: 7-bit indexes go out as one 8-bit code, that is one byte,
//! each, with a clear code often enough that the code width never grows.

mod pngs;

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::picture::{Picture, Pixel};

pub(crate) use pngs::*;

/// The indexes 0 to 127 are colours; this one is transparent.
pub(crate) const TRANSPARENT: u8 = 127;

/// One frame of a made animation.
pub(crate) struct MadeFrame {
    pub(crate) left: u16,
    pub(crate) top: u16,
    pub(crate) width: u16,
    pub(crate) delay_cs: u16,
    /// 1 leave, 2 restore to background, 3 restore to previous.
    pub(crate) disposal: u8,
    /// A local table: the global one with these bits of every colour turned over.
    pub(crate) local: Option<u8>,
    /// Row by row, each below 128.
    pub(crate) indexes: Vec<u8>,
}

/// A file as an origin sends it that compresses everything.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A still whose every pixel tells its place, with soft alpha, without clear symmetry.
pub(crate) fn still(width: usize, height: usize) -> Picture {
    Picture::painted(width, height, |x, y| {
        let alpha = match (x / 8 + y / 8) % 4 {
            0 => 0,
            1 => 40 + 5 * x,
            _ => 255,
        };
        [x * 5, y * 7, x * y + 3 * x, alpha].map(|channel| (channel % 256) as u8)
    })
}

/// A still without transparency.
pub(crate) fn opaque_still(width: usize, height: usize) -> Picture {
    still(width, height).mapped(|[red, green, blue, _]| [red, green, blue, 255])
}

/// The JPEG with an EXIF segment, behind its start marker, that asks viewers to turn it.
pub(crate) fn jpeg_with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    assert!(jpeg.starts_with(&[0xff, 0xd8]));
    let exif = [&b"Exif\0\0"[..], &exif(orientation)].concat();
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&[0xff, 0xd8, 0xff, 0xe1][..], &length, &exif, &jpeg[2..]].concat()
}

/// A TIFF header and a directory whose only entry is the orientation.
fn exif(orientation: u8) -> Vec<u8> {
    [
        &b"MM\0*\0\0\0\x08"[..], // big-endian, the directory is at 8
        &[0, 1],                 // one entry
        &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0], // tag, short, one value
        &[0; 4],                 // no further directory
    ]
    .concat()
}

/// Three frames of every disposal, some partial, with transparency and uneven delays.
pub(crate) fn animation() -> Vec<u8> {
    gif(40, 30, Some(3), &animation_frames())
}

/// Three frames side by side, each with a table of its own: together more than 256 colours,
/// of which each has a near neighbour in the next table.
pub(crate) fn many_colours() -> Vec<u8> {
    let frames = [0, 2, 4].map(|local| MadeFrame {
        left: u16::from(local) * 16,
        top: 0,
        width: 32,
        delay_cs: 5,
        disposal: 1,
        local: Some(local),
        indexes: (0..32 * 32).map(|at| (at % 127) as u8).collect(),
    });
    gif(96, 32, None, &frames)
}

/// So many full frames, each a little further along, of 128 colours.
pub(crate) fn long_animation(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let frame = |number: usize| MadeFrame {
        left: 0,
        top: 0,
        width,
        delay_cs: 4,
        disposal: 1,
        local: None,
        indexes: (0..usize::from(width) * usize::from(height))
            .map(|at| {
                let (x, y) = (at % usize::from(width), at / usize::from(width));
                (((x + 3 * number) / 16 + y / 16) % 127) as u8
            })
            .collect(),
    };
    gif(
        width,
        height,
        Some(0),
        &(0..frames).map(frame).collect::<Vec<_>>(),
    )
}

/// What [`animation`] is made of.
pub(crate) fn animation_frames() -> Vec<MadeFrame> {
    let background = (0..40 * 30_usize).map(|at| {
        let (x, y) = (at % 40, at / 40);
        let index = if x + y < 12 {
            TRANSPARENT as usize
        } else {
            (x * 3 + y * 2) % 127
        };
        index as u8
    });
    let box_of = |left, top, delay_cs, disposal, index| MadeFrame {
        left,
        top,
        width: 10,
        delay_cs,
        disposal,
        local: None,
        indexes: (0..80_u8)
            .map(|at| (index + at % 10) % TRANSPARENT)
            .collect(),
    };
    vec![
        MadeFrame {
            left: 0,
            top: 0,
            width: 40,
            delay_cs: 7,
            disposal: 1,
            local: None,
            indexes: background.collect(),
        },
        box_of(2, 3, 120, 3, 40),
        box_of(20, 12, 3, 2, 90),
        box_of(28, 20, 65_000, 1, 10),
    ]
}

/// The opaque colour of an index.
pub(crate) fn colour(index: u8) -> Pixel {
    [index * 2, 255 - index, index.wrapping_mul(37), 255]
}

/// A GIF of those frames.
pub(crate) fn gif(width: u16, height: u16, loops: Option<u16>, frames: &[MadeFrame]) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    push_words(&mut bytes, [width, height]);
    bytes.extend([0xf6, 0, 0]); // a global table of 128 colours
    push_table(&mut bytes, 0);
    if let Some(loops) = loops {
        bytes.extend(b"\x21\xff\x0bNETSCAPE2.0\x03\x01");
        push_words(&mut bytes, [loops]);
        bytes.push(0);
    }
    for frame in frames {
        bytes.extend([0x21, 0xf9, 4, frame.disposal << 2 | 1]);
        push_words(&mut bytes, [frame.delay_cs]);
        bytes.extend([TRANSPARENT, 0, 0x2c]);
        let rows = frame.indexes.len() / usize::from(frame.width);
        push_words(
            &mut bytes,
            [frame.left, frame.top, frame.width, rows as u16],
        );
        match frame.local {
            None => bytes.push(0),
            Some(turned) => {
                bytes.push(0x86);
                push_table(&mut bytes, turned);
            }
        }
        bytes.push(7); // bits of an index
        for run in frame.indexes.chunks(100) {
            bytes.extend([run.len() as u8 + 1, 0x80]); // the clear code
            bytes.extend(run);
        }
        bytes.extend([1, 0x81, 0]); // the end code
    }
    bytes.push(0x3b);
    bytes
}

fn push_table(bytes: &mut Vec<u8>, turned: u8) {
    for [red, green, blue, _] in (0..128).map(colour) {
        bytes.extend([red ^ turned, green ^ turned, blue ^ turned]);
    }
}

fn push_words<const N: usize>(bytes: &mut Vec<u8>, words: [u16; N]) {
    bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
}

#[test]
fn a_made_animation_reads_back_as_it_was_made() {
    let bytes = animation();
    let gif = crate::gif_reader::Gif::parse(&bytes).expect("a sound GIF");
    let delays: Vec<u16> = gif.frames.iter().map(|frame| frame.delay_cs).collect();
    assert_eq!((gif.width, gif.height, gif.loops), (40, 30, Some(3)));
    assert_eq!((delays, gif.ended), (vec![7, 120, 3, 65_000], true));
    assert_eq!(gif.global_colours, Some(128));
    assert!(gif.frames.iter().all(|frame| frame.local_colours.is_none()));
    let canvases: Vec<_> = gif
        .canvases()
        .collect::<Result<_, _>>()
        .expect("sound pixels");
    let canvases = canvases.into_iter().map(|rgba| Picture::new(40, 30, rgba));
    let [first, second, third, fourth] = canvases.collect::<Vec<_>>().try_into().ok().expect("4");
    assert_eq!(
        (first.pixel(2, 3), first.pixel(20, 12)),
        ([0; 4], colour(84))
    );
    assert_eq!(
        (second.pixel(2, 3), third.pixel(2, 3)),
        (colour(40), [0; 4])
    );
    assert_eq!(
        (third.pixel(20, 12), fourth.pixel(20, 12)),
        (colour(90), [0; 4])
    );
    assert_eq!(fourth.pixel(29, 20), colour(11));
}
