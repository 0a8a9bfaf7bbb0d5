//! PNG, whole and damaged, and animations whose every frame is known, through the front door.

use protocol::{Excess, Reason};

use super::*;

pub(super) const LIMITS: Limits = Limits {
    pixels_max: 100,
    frames_max: 1,
    total_pixels_max: 100,
    output_pixels_max: 100,
    output_bytes_max: 10_000,
};

fn encoded(color: ::png::ColorType, depth: ::png::BitDepth, width: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, width, 1);
    encoder.set_color(color);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    bytes
}

fn pixels(bytes: &[u8]) -> Vec<u8> {
    let mut frames = open(bytes, &LIMITS).unwrap();
    frames.next_frame().unwrap().unwrap().picture.pixels
}

fn reason(bytes: &[u8]) -> Reason {
    match open(bytes, &LIMITS) {
        Ok(_) => panic!("accepted"),
        Err(refused) => refused.reason,
    }
}

#[test]
fn grey_and_sixteen_bits_become_eight_bit_colour() {
    use ::png::{BitDepth, ColorType};
    let grey = encoded(ColorType::Grayscale, BitDepth::One, 2, &[0b0100_0000]);
    assert_eq!(pixels(&grey), [0, 0, 0, 255, 255, 255, 255, 255]);
    // The high byte, however near the low byte is to the next.
    let deep = encoded(
        ColorType::Rgb,
        BitDepth::Sixteen,
        1,
        &[1, 255, 2, 128, 3, 0],
    );
    assert_eq!(pixels(&deep), [1, 2, 3, 255]);
    let soft = encoded(ColorType::GrayscaleAlpha, BitDepth::Eight, 1, &[9, 77]);
    assert_eq!(pixels(&soft), [9, 9, 9, 77]);
}

#[test]
fn a_png_over_the_limit_is_refused_by_its_header() {
    let mut bytes = encoded(::png::ColorType::Grayscale, ::png::BitDepth::Eight, 1, &[0]);
    bytes.truncate(33);
    bytes[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    let side = 0x7fff_ffff;
    let excess = Excess {
        limit: Limit::Pixels,
        value: side * side,
        max: 100,
    };
    assert_eq!(reason(&bytes), Reason::TooLarge(excess));
}

#[test]
fn a_png_cut_anywhere_is_a_bad_image() {
    let whole = encoded(::png::ColorType::Rgb, ::png::BitDepth::Eight, 1, &[1, 2, 3]);
    for length in 8..whole.len() {
        assert_eq!(reason(&whole[..length]), Reason::BadImage, "{length} bytes");
    }
}

#[test]
fn formats_that_are_not_read_are_told_from_what_is_no_image() {
    assert_eq!(reason(b"8BPS\0\x01"), Reason::UnsupportedFormat);
    assert_eq!(reason(b"<html></html>"), Reason::NotAnImage);
    assert_eq!(reason(b""), Reason::NotAnImage);
}

/// SHA-256 of what one can see of each frame, as the corpus has it.
fn hashes(source: &[u8]) -> Vec<String> {
    let limits = Limits {
        pixels_max: 10_000,
        frames_max: 10,
        total_pixels_max: 100_000,
        ..LIMITS
    };
    let mut frames = open(source, &limits).unwrap();
    let mut hashes = Vec::new();
    while let Some(mut frame) = frames.next_frame().unwrap() {
        let pixels = frame.picture.as_pixels_mut();
        pixels
            .iter_mut()
            .filter(|pixel| pixel[3] == 0)
            .for_each(|pixel| *pixel = [0; 4]);
        let digest = ring::digest::digest(&ring::digest::SHA256, &frame.picture.pixels);
        hashes.push(
            digest
                .as_ref()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        );
    }
    hashes
}

#[test]
fn the_frames_of_an_animated_png_are_the_known_ones() {
    let source = include_bytes!("../../../tests/images/apng/apng_dispose_blend_exact.png");
    assert_eq!(
        hashes(source),
        [
            "ee57dfbef48db05eb393ffab266cdf090b32cf24cfdadfeb559d57ac808eee7b",
            "0da3568077509863611c41dae141108666d41dae22cfa09de247a533835c16ff",
            "15b534433f56ff1e9a550a694580743337f87f0855e26809c35c8752ad2fed97",
            "6643d6358399180c49940b58ff3891683464861c5fba2663a368a28156afcdd0",
            "e8abe701dd22375a1967d44c4e598d2b3fd7a2b00a4e89bab9c1982d15a92737"
        ]
    );
}

#[test]
fn the_frames_of_an_animated_webp_are_the_known_ones() {
    let source = include_bytes!("../../../tests/images/webp/webp_anim_lossless_exact.webp");
    assert_eq!(
        hashes(source),
        [
            "ee57dfbef48db05eb393ffab266cdf090b32cf24cfdadfeb559d57ac808eee7b",
            "0da3568077509863611c41dae141108666d41dae22cfa09de247a533835c16ff",
            "15b534433f56ff1e9a550a694580743337f87f0855e26809c35c8752ad2fed97",
            "6643d6358399180c49940b58ff3891683464861c5fba2663a368a28156afcdd0"
        ]
    );
}
