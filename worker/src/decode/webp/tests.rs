//! WebPs put together of lossless pictures of one colour.

use image_webp::{ColorType, WebPEncoder};
use protocol::Reason;

use super::*;
use crate::decode::tests::LIMITS;

/// The lossless bitstream of a picture of one colour.
fn plain(width: u32, height: u32, colour: [u8; 4]) -> Vec<u8> {
    let mut file = Vec::new();
    let pixels = colour.repeat((width * height) as usize);
    let encoder = WebPEncoder::new(&mut file);
    encoder
        .encode(&pixels, width, height, ColorType::Rgba8)
        .unwrap();
    file[12..].to_vec()
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = [&kind[..], &(data.len() as u32).to_le_bytes(), data].concat();
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"RIFF", &[&b"WEBP"[..], &chunks.concat()].concat())
}

/// A canvas of 4 × 1 px.
fn header(flags: u8) -> Vec<u8> {
    chunk(b"VP8X", &[flags, 0, 0, 0, 3, 0, 0, 0, 0, 0])
}

/// A frame of 2 × 1 px; bit 0 of `flags` clears it afterwards, bit 1 replaces what is there.
fn frame(left: u8, delay_ms: u8, flags: u8, colour: [u8; 4]) -> Vec<u8> {
    frame_of(2, left, delay_ms, flags, colour)
}

/// The same, so many px wide.
fn frame_of(width: u8, left: u8, delay_ms: u8, flags: u8, colour: [u8; 4]) -> Vec<u8> {
    let place = [left / 2, 0, 0, 0, 0, 0];
    let size = [width - 1, 0, 0, 0, 0, 0];
    let head = [&place[..], &size, &[delay_ms, 0, 0, flags]].concat();
    chunk(b"ANMF", &[head, plain(width.into(), 1, colour)].concat())
}

fn animation(frames: &[Vec<u8>]) -> Vec<u8> {
    let anim = chunk(b"ANIM", &[9, 9, 9, 255, 3, 0]);
    riff(&[header(ANIMATED), anim, frames.concat()])
}

const ANIMATED: u8 = 2;
const LIMITS_OF_TEN: Limits = Limits {
    frames_max: 10,
    ..LIMITS
};

fn reason(file: &[u8]) -> Reason {
    let all = |mut frames: Frames<'_>| {
        while frames.next_frame()?.is_some() {}
        Ok(())
    };
    open(file, &LIMITS_OF_TEN).and_then(all).unwrap_err().reason
}

#[test]
fn frames_are_drawn_over_or_instead_and_cleared() {
    let file = animation(&[
        frame(0, 10, 0, [100, 0, 0, 255]),
        frame(0, 20, 1, [0, 0, 200, 128]),
        frame(2, 30, 2, [7, 7, 7, 9]),
        frame(2, 40, 2, [0; 4]),
    ]);
    let mut frames = open(&file, &LIMITS_OF_TEN).unwrap();
    assert_eq!(frames.plays(), Plays(3));
    let mut seen = Vec::new();
    while let Some(frame) = frames.next_frame().unwrap() {
        let pixels = frame.picture.as_pixels();
        seen.push((pixels[0], pixels[2], frame.delay.ticks));
    }
    let expected = [
        ([100, 0, 0, 255], [0; 4], 10),
        ([50, 0, 100, 255], [0; 4], 20),
        ([0; 4], [7, 7, 7, 9], 30),
        ([0; 4], [0; 4], 40),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_frame_that_replaces_all_leaves_nothing_of_those_before() {
    let file = animation(&[
        frame(2, 1, 1, [9, 9, 9, 255]),
        frame_of(4, 0, 1, 2, [100, 0, 0, 255]),
        frame(0, 1, 0, [0, 50, 0, 255]),
        frame_of(4, 0, 1, 3, [0, 0, 200, 128]),
        frame(2, 1, 0, [1, 2, 3, 255]),
    ]);
    let mut frames = open(&file, &LIMITS_OF_TEN).unwrap();
    let mut seen = Vec::new();
    while let Some(frame) = frames.next_frame().unwrap() {
        let pixels = frame.picture.as_pixels();
        seen.push((pixels[0], pixels[3]));
    }
    let expected = [
        ([0; 4], [9, 9, 9, 255]),
        ([100, 0, 0, 255], [100, 0, 0, 255]),
        ([0, 50, 0, 255], [100, 0, 0, 255]),
        ([0, 0, 200, 128], [0, 0, 200, 128]),
        ([0; 4], [1, 2, 3, 255]),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_still_may_stand_alone_or_behind_an_extended_header() {
    for file in [
        riff(&[plain(4, 1, [1, 2, 3, 4])]),
        riff(&[header(0x10), plain(4, 1, [1, 2, 3, 4])]),
    ] {
        let mut frames = open(&file, &LIMITS).unwrap();
        let picture = frames.next_frame().unwrap().unwrap().picture;
        assert_eq!(picture.as_pixels(), [[1, 2, 3, 4]; 4]);
    }
    assert_eq!(
        reason(&riff(&[header(0), plain(3, 1, [0; 4])])),
        Reason::BadImage
    );
}

#[test]
fn a_lossless_picture_that_says_so_is_opaque_whatever_is_coded() {
    let mut bitstream = plain(4, 1, [1, 2, 3, 4]);
    // Behind the head of the chunk; one of the bits behind the signature and both sides.
    bitstream[8 + 4] &= !0x10;
    let picture = |file: &[u8]| {
        let mut frames = open(file, &LIMITS).unwrap();
        frames.next_frame().unwrap().unwrap().picture
    };
    let still = picture(&riff(std::slice::from_ref(&bitstream)));
    assert_eq!(still.as_pixels(), [[1, 2, 3, 255]; 4]);

    let head = [0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 10, 0, 0, 0];
    let frame = chunk(b"ANMF", &[&head[..], &bitstream].concat());
    let first = picture(&animation(&[frame]));
    assert_eq!(first.as_pixels(), [[1, 2, 3, 255]; 4]);
}

#[test]
fn a_file_that_ends_early_is_a_bad_image() {
    let stills = riff(&[plain(4, 1, [1, 2, 3, 4])]);
    let whole = animation(&[frame(0, 1, 0, [1; 4])]);
    for file in [stills, whole] {
        for length in 12..file.len() - 1 {
            assert_eq!(reason(&file[..length]), Reason::BadImage, "{length} bytes");
        }
    }
    assert_eq!(reason(&animation(&[])), Reason::BadImage);
    let beyond = animation(&[frame(4, 1, 0, [1; 4])]);
    assert_eq!(reason(&beyond), Reason::BadImage);
}

#[test]
fn size_and_frames_are_limited_before_any_pixel() {
    let many = animation(&vec![frame(0, 1, 0, [1; 4]); 11]);
    assert!(matches!(reason(&many), Reason::TooManyFrames(_)));
    let canvas = chunk(b"VP8X", &[ANIMATED, 0, 0, 0, 0xff, 0x3f, 0, 0xff, 0x3f, 0]);
    let huge = riff(&[canvas, frame(0, 1, 0, [1; 4])]);
    assert!(matches!(reason(&huge), Reason::TooLarge(_)));
    assert!(matches!(
        reason(&riff(&[plain(101, 1, [1; 4])])),
        Reason::TooLarge(_)
    ));
}
