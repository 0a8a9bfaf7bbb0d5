//! Anymaps of every kind, made by hand.

use protocol::Reason;

use super::*;
use crate::decode::tests::LIMITS;
use crate::picture::Size;

fn pixels(source: &[u8]) -> Vec<u8> {
    decode(source, &LIMITS).unwrap().pixels
}

#[test]
fn every_kind_is_read() {
    let black_white = [0, 0, 0, 255, 255, 255, 255, 255];
    assert_eq!(pixels(b"P1 # one row\n2 1\n10"), black_white);
    assert_eq!(pixels(b"P4\n2 1\n\x80"), black_white);
    assert_eq!(pixels(b"P2\n2 1 4\n0 4"), black_white);
    assert_eq!(pixels(b"P5\n2 1 4\n\x00\x04"), black_white);
    assert_eq!(pixels(b"P5 2 1 65535 \0\0\xff\xff"), black_white);
    let colour = [1, 2, 3, 255];
    assert_eq!(pixels(b"P3\n1 1\n255\n1 2 3\n"), colour);
    assert_eq!(pixels(b"P6\n1 1\n#c\n255\n\x01\x02\x03"), colour);
    let pam = b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\n# c\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n\x01\x02\x03\x04";
    assert_eq!(pixels(pam), [1, 2, 3, 4]);
}

#[test]
fn samples_are_scaled_by_the_files_own_maximum() {
    assert_eq!(pixels(b"P5 1 1 15 \x07")[0], 119);
    assert_eq!(pixels(b"P2 1 1 1000 500")[0], 128);
    assert_eq!(pixels(b"P5 1 1 1000 \x01\xf4")[0], 128);
    assert_eq!(pixels(b"P5 1 1 100 \xff")[0], 255, "more than the maximum");
}

#[test]
fn rows_of_bits_begin_in_bytes_of_their_own() {
    let picture = decode(b"P4 9 2 \xff\x80\x00\x00", &LIMITS).unwrap();
    assert_eq!(picture.size, Size::new(9, 2));
    let reds: Vec<u8> = picture.as_pixels().iter().map(|pixel| pixel[0]).collect();
    assert_eq!(reds, [[0; 9], [255; 9]].concat());
}

#[test]
fn what_ends_early_or_makes_no_sense_is_a_bad_image() {
    for source in [
        &b"P6\n1 1\n255\n\x01\x02"[..],
        b"P6\n1 1\n255",
        b"P5\n1 1\n0\n\x01",
        b"P5\n1 1\n65536\n\x01\x02",
        b"P5\n-1 1\n255\n\x01",
        b"P5\n0 1\n255\n\x01",
        b"P3 2 1 255 1 2 3 4 5",
        b"P2 1 1 255 x",
        b"P1 2 1 12",
        b"P4 9 1 \xff",
        b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\n12345",
        b"P7\nWIDTH 1\nENDHDR\n1",
        b"P7\nWIDTH 1",
        b"P3 ",
    ] {
        let refused = decode(source, &LIMITS).unwrap_err();
        assert_eq!(refused.reason, Reason::BadImage, "{source:?}");
    }
}

#[test]
fn the_size_is_limited_before_any_pixel() {
    for source in [&b"P6 4294967295 4294967295 255 "[..], b"P1 11 10 1"] {
        let refused = decode(source, &LIMITS).unwrap_err();
        assert!(matches!(refused.reason, Reason::TooLarge(_)), "{source:?}");
    }
}
