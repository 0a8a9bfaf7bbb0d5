//! JPEG markers made by hand; pictures are compared with other decoders outside of the crate.

use protocol::{Excess, Reason};

use super::*;

const LIMITS: Limits = Limits {
    pixels_max: 10_000,
    frames_max: 1,
    total_pixels_max: 10_000,
    output_pixels_max: 10_000,
    output_bytes_max: 10_000,
};

/// Start of image and a grey frame header of that coding, precision and size.
fn head(coding: u8, precision: u8, width: u16, height: u16) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, coding, 0, 11, precision];
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([1, 1, 0x11, 0]);
    bytes
}

const SCAN: [u8; 11] = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x2a];
const END: [u8; 2] = [0xff, 0xd9];

fn reason(bytes: &[u8]) -> Reason {
    decode(bytes, &LIMITS).unwrap_err().reason
}

#[test]
fn codings_that_are_not_read_are_unsupported_not_bad() {
    for (coding, precision) in [(0xc1, 12), (0xc9, 8), (0xca, 8), (0xc3, 8), (0xc5, 8)] {
        let bytes = [&head(coding, precision, 8, 8)[..], &SCAN, &END].concat();
        assert_eq!(reason(&bytes), Reason::UnsupportedFormat, "{coding:x}");
    }
}

#[test]
fn size_and_scans_are_limited_before_any_pixel() {
    let excess = |limit, value, max| Reason::TooLarge(Excess { limit, value, max });
    let bytes = [&head(0xc0, 8, 65_500, 65_500)[..], &SCAN, &END].concat();
    let pixels = 65_500 * 65_500;
    assert_eq!(reason(&bytes), excess(Limit::Pixels, pixels, 10_000));
    let bytes = [&head(0xc2, 8, 8, 8)[..], &SCAN.repeat(101), &END].concat();
    assert_eq!(reason(&bytes), excess(Limit::Scans, 101, 100));
}

#[test]
fn a_file_that_ends_early_is_a_bad_image_wherever_it_ends() {
    let bytes = [&head(0xc0, 8, 8, 8)[..], &SCAN, &END].concat();
    for length in 2..bytes.len() {
        assert_eq!(reason(&bytes[..length]), Reason::BadImage, "{length} bytes");
    }
}

#[test]
fn stuffed_bytes_and_restart_markers_do_not_end_a_scan() {
    let data = [0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xff, 0xd9];
    let bytes = [&head(0xc0, 8, 8, 8)[..], &SCAN, &data].concat();
    let outline = Outline::read(&bytes).unwrap();
    assert_eq!(outline.scans.len(), 1);
    let whole = bytes.len();
    assert_eq!(outline.scans[0].data, whole - data.len() - 1..whole - 2);
}

#[test]
fn the_exif_block_is_found_in_its_segment() {
    let exif =
        b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let head = head(0xc0, 8, 8, 8);
    let bytes = [&head[..2], exif, &head[2..], &SCAN, &END].concat();
    let outline = Outline::read(&bytes).unwrap();
    assert!(bytes[outline.exif.unwrap()].starts_with(b"MM\0*"));
}

#[test]
fn a_zero_side_is_a_bad_image() {
    for (width, height) in [(0, 8), (8, 0)] {
        let bytes = [&head(0xc0, 8, width, height)[..], &SCAN, &END].concat();
        assert_eq!(reason(&bytes), Reason::BadImage);
    }
}
