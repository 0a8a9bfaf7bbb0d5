//! PNG, whole and damaged, through the front door.

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
