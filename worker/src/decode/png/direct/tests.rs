//! Files of all filters and sizes, decoded directly, the whole way and by hand.

mod unsound;

use png::{BitDepth, Compression, Encoder, Filter};
use protocol::Limits;

use super::*;
use crate::refused::Refused;

const LIMITS: Limits = Limits {
    pixels_max: 1 << 20,
    frames_max: 1,
    total_pixels_max: 1 << 20,
    output_pixels_max: 1 << 20,
    output_bytes_max: 1 << 20,
};

/// What the whole decoder says.
fn whole(source: &[u8]) -> Result<Picture, Refused> {
    super::super::decode_after(|_, _, _| None, source, &LIMITS)
}

/// What is said in service.
fn served(source: &[u8]) -> Result<Picture, Refused> {
    super::super::decode(source, &LIMITS)
}

/// The pixels, if the file is taken.
fn directly(source: &[u8]) -> Option<Vec<u8>> {
    let mut pixels = None;
    let shortcut = |source: &[u8], info: &Info<'_>, picture: &mut Picture| {
        // Not what it was made with: every pixel must be written.
        picture.pixels.fill(99);
        decode(source, info, picture)?;
        pixels = Some(picture.pixels.clone());
        Some(())
    };
    let _ = super::super::decode_after(shortcut, source, &LIMITS);
    pixels
}

/// Numbers without an order that anyone would see.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() % end
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

fn chunk(kind: &[u8; 4], contents: &[u8]) -> Vec<u8> {
    let checksum = crc32fast::hash(&[kind, contents].concat());
    let length = contents.len() as u32;
    [
        &length.to_be_bytes()[..],
        kind,
        contents,
        &checksum.to_be_bytes(),
    ]
    .concat()
}

fn header(width: usize, height: usize, last: [u8; 5]) -> Vec<u8> {
    let sides = [width as u32, height as u32].map(u32::to_be_bytes);
    chunk(b"IHDR", &[sides.as_flattened(), &last].concat())
}

fn file(chunks: &[&[u8]]) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n", chunks.concat().as_slice()].concat()
}

const GREY: [u8; 5] = [8, 0, 0, 0, 0];
const GREY_ALPHA: [u8; 5] = [8, 4, 0, 0, 0];
const RGB: [u8; 5] = [8, 2, 0, 0, 0];
const RGBA: [u8; 5] = [8, 6, 0, 0, 0];

/// `data` in chunks that end anywhere, many of them empty or of one byte.
fn split(numbers: &mut Numbers, mut data: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::new();
    while !data.is_empty() {
        let most = [0, 1, 1, 7, 40, 5000][numbers.below(6)];
        let (part, rest) = data.split_at(numbers.below(most + 1).min(data.len()));
        chunks.extend(chunk(b"IDAT", part));
        data = rest;
    }
    chunks
}

/// Filters undone as the standard says it, in RGBA.
fn by_hand(filtered: &[u8], width: usize, bytes: usize) -> Vec<u8> {
    let mut above = vec![0; width * bytes];
    let mut pixels = Vec::new();
    for line in filtered.chunks(1 + width * bytes) {
        let mut row = line[1..].to_vec();
        for at in 0..row.len() {
            let before = |row: &[u8]| at.checked_sub(bytes).map_or(0, |at| row[at]).into();
            let (a, b, c): (i32, i32, i32) = (before(&row), above[at].into(), before(&above));
            let said = match line[0] {
                0 => 0,
                1 => a,
                2 => b,
                3 => (a + b) / 2,
                _ => paeth(a, b, c),
            };
            row[at] = row[at].wrapping_add(said as u8);
        }
        pixels.extend(row.chunks(bytes).flat_map(rgba));
        above = row;
    }
    pixels
}

/// A pixel as the standard says what is not there.
fn rgba(pixel: &[u8]) -> [u8; CHANNELS] {
    match *pixel {
        [grey] => [grey, grey, grey, 255],
        [grey, alpha] => [grey, grey, grey, alpha],
        [red, green, blue] => [red, green, blue, 255],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => unreachable!("a pixel has one to four bytes"),
    }
}

pub(super) fn paeth(a: i32, b: i32, c: i32) -> i32 {
    let p = a + b - c;
    let (pa, pb, pc) = ((p - a).abs(), (p - b).abs(), (p - c).abs());
    match (pa <= pb && pa <= pc, pb <= pc) {
        (true, _) => a,
        (false, true) => b,
        (false, false) => c,
    }
}

/// Noise with soft parts, behind one of `filters` in each row.
fn noise(numbers: &mut Numbers, row_bytes: usize, height: usize, filters: &[u8]) -> Vec<u8> {
    let mut filtered = numbers.bytes(row_bytes * height);
    for row in filtered.chunks_mut(row_bytes) {
        if numbers.below(3) == 0 {
            row.iter_mut().for_each(|byte| *byte %= 3);
        }
        row[0] = filters[numbers.below(filters.len())];
    }
    filtered
}

#[test]
fn all_filters_in_all_sizes_are_undone_as_the_standard_says() {
    let numbers = &mut Numbers(1);
    let widths = (1..=20).chain([31, 64, 100, 241, 242, 243, 255, 256, 257, 258, 511, 530]);
    let filters: [&[u8]; 8] = [
        &[0],
        &[1],
        &[2],
        &[3],
        &[4],
        &[2, 4],
        &[1, 3, 4],
        &[0, 1, 2, 3, 4],
    ];
    for width in widths {
        for height in (1..=9).chain([15, 16, 17, 30]) {
            for (kind, bytes) in [(GREY, 1), (GREY_ALPHA, 2), (RGB, 3), (RGBA, 4)] {
                let filters = filters[numbers.below(filters.len())];
                let filtered = noise(numbers, 1 + width * bytes, height, filters);
                let data = fdeflate::compress_to_vec(&filtered);
                let header = header(width, height, kind);
                let source = file(&[&header, &split(numbers, &data), &chunk(b"IEND", &[])]);
                let expected = by_hand(&filtered, width, bytes);
                let what = format!("{width} x {height} x {bytes}, filters {filters:?}");
                assert!(whole(&source).unwrap().pixels == expected, "whole: {what}");
                assert!(directly(&source).unwrap() == expected, "{what}");
            }
        }
    }
}

/// By the encoder of the whole decoder's crate, which finds what is repeated.
fn encoded(color: ColorType, [width, height]: [u32; 2], pixels: &[u8], filter: Filter) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    encoder.set_filter(filter);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

#[test]
fn what_the_encoder_of_the_other_decoder_writes_is_read_alike() {
    let filters = [
        Filter::NoFilter,
        Filter::Sub,
        Filter::Up,
        Filter::Avg,
        Filter::Paeth,
    ];
    for (color, bytes) in [
        (ColorType::Grayscale, 1),
        (ColorType::GrayscaleAlpha, 2),
        (ColorType::Rgb, 3),
        (ColorType::Rgba, 4),
    ] {
        for filter in filters.into_iter().chain([Filter::Adaptive]) {
            let once = Numbers(7).bytes(30_000);
            let count = 400 * 500 * bytes;
            let pixels: Vec<_> = once.iter().copied().cycle().take(count).collect();
            let source = encoded(color, [400, 500], &pixels, filter);
            let found = directly(&source).unwrap();
            assert!(
                found == whole(&source).unwrap().pixels,
                "{color:?} {filter:?}"
            );
            assert!(
                pixels.chunks(bytes).flat_map(rgba).eq(found),
                "{color:?} {filter:?}"
            );
        }
    }
}

/// Bytes, stored, then copies of 258 from 32 768 back, by the codes that every inflater knows.
fn repeated(once: &[u8; 32_768], copies: usize) -> Vec<u8> {
    let mut data = b"\x78\x01\0\0\x80\xff\x7f".to_vec();
    data.extend(once);
    let copy = "11000101".to_owned() + "11101" + &"1".repeat(13);
    let bits = "110".to_owned() + &copy.repeat(copies) + "0000000";
    for byte in bits.as_bytes().chunks(8) {
        let bit = |(at, &bit): (usize, &u8)| (bit - b'0') << at;
        data.push(byte.iter().enumerate().map(bit).sum());
    }
    data.extend([0; 4]);
    data
}

#[test]
fn what_is_as_far_back_as_possible_is_still_there() {
    // Each of the bytes is a filter as well.
    let once = std::array::from_fn(|at| (at * at / 7 + at / 300) as u8 % 5);
    let long = |copies: &usize| once.len() + 258 * copies;
    let copies = (2500..).find(|copies| long(copies) % 401 == 0).unwrap();
    let data = repeated(&once, copies);
    let filtered: Vec<_> = once.into_iter().cycle().take(long(&copies)).collect();
    let (header, end) = (header(100, filtered.len() / 401, RGBA), chunk(b"IEND", &[]));
    let expected = by_hand(&filtered, 100, 4);
    for chunks in [chunk(b"IDAT", &data), split(&mut Numbers(2), &data)] {
        let source = file(&[&header, &chunks, &end]);
        assert!(whole(&source).unwrap().pixels == expected);
        assert!(directly(&source).unwrap() == expected);
    }
}

#[test]
fn rows_too_long_for_the_buffer_are_left_to_the_whole_decoder() {
    let end = chunk(b"IEND", &[]);
    for (width, taken) in [(32_767, true), (32_768, false)] {
        let filtered = noise(&mut Numbers(5), 1 + 4 * width, 9, &[4, 3]);
        let pixels = chunk(b"IDAT", &fdeflate::compress_to_vec(&filtered));
        let source = file(&[&header(width, 9, RGBA), &pixels, &end]);
        assert_eq!(directly(&source).is_some(), taken, "{width} px");
        assert!(served(&source).unwrap().pixels == by_hand(&filtered, width, 4));
    }
}
