//! Damaged and odd files: who decodes must not decide what becomes of one.

use png::{ColorType, Filter};

use super::super::chunks;
use super::*;

/// A small file of every filter and of codes that repeat, and its rows.
fn small() -> (Vec<u8>, Vec<u8>) {
    let filtered = noise(&mut Numbers(3), 1 + 4 * 4, 11, &[4, 3, 1, 4, 2]);
    let pixels = by_hand(&filtered, 4, 4);
    (
        encoded(ColorType::Rgba, [4, 11], &pixels, Filter::Adaptive),
        filtered,
    )
}

#[test]
fn whatever_is_damaged_is_judged_as_without_the_shortcut() {
    let (sound, _) = small();
    assert!(directly(&sound).is_some());
    for length in 0..sound.len() {
        let cut = &sound[..length];
        assert_eq!(served(cut), whole(cut), "{length} bytes");
        assert!(directly(cut).is_none(), "{length} bytes");
    }
    for bit in 0..8 * sound.len() {
        let mut source = sound.clone();
        source[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(served(&source), whole(&source), "bit {bit}");
    }
}

#[test]
fn damaged_data_with_right_checksums_are_judged_as_without_the_shortcut() {
    let (_, filtered) = small();
    let (header, end) = (header(4, 11, RGBA), chunk(b"IEND", &[]));
    let stored = png_data(&small().0);
    for data in [stored, fdeflate::compress_to_vec(&filtered)] {
        let with = |data: &[u8]| file(&[&header, &chunk(b"IDAT", data), &end]);
        assert!(directly(&with(&data)).is_some());
        for length in 0..data.len() {
            let source = with(&data[..length]);
            assert_eq!(served(&source), whole(&source), "{length} bytes");
        }
        for bit in 0..8 * data.len() {
            let mut data = data.clone();
            data[bit / 8] ^= 1 << (bit % 8);
            let source = with(&data);
            assert_eq!(served(&source), whole(&source), "bit {bit}");
        }
    }
}

/// The contents of the only chunk of pixels.
fn png_data(source: &[u8]) -> Vec<u8> {
    let data = chunks::data(source).unwrap();
    assert_eq!(data.len(), 1);
    data[0].to_vec()
}

#[test]
fn only_what_is_plain_and_sound_is_taken() {
    let (_, filtered) = small();
    let data = fdeflate::compress_to_vec(&filtered);
    let (first, second) = data.split_at(data.len() / 2);
    let [head, pixels, end] = [
        header(4, 11, RGBA),
        chunk(b"IDAT", &data),
        chunk(b"IEND", &[]),
    ];
    let [first, second] = [first, second].map(|part| chunk(b"IDAT", part));
    let text = chunk(b"tEXt", b"Title\0none");
    let broken = |mut chunk: Vec<u8>| {
        *chunk.last_mut().unwrap() ^= 1;
        chunk
    };
    let data_with = |filtered: &[u8]| chunk(b"IDAT", &fdeflate::compress_to_vec(filtered));
    let mut unknown = filtered.clone();
    unknown[17] = 5;
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let exif = chunk(b"eXIf", exif);
    let mut sum = data.clone();
    *sum.last_mut().unwrap() ^= 1;
    let twice = [data.clone(), vec![0; 9]].concat();
    let short = &data[..data.len() - 1];
    let rows = filtered.len() / 11 * 10;
    let trns = chunk(b"tRNS", &[0; 6]);
    let empty = chunk(b"IDAT", &[]);
    let odd = |kind, contents: &[u8]| file(&[&head, &pixels, &chunk(kind, contents), &end]);
    let cases = [
        ("plain", true, file(&[&head, &pixels, &end])),
        (
            "parts, some empty",
            true,
            file(&[&head, &empty, &first, &empty, &second, &empty, &end]),
        ),
        (
            "texts",
            true,
            file(&[&head, &text, &pixels, &text, &text, &end]),
        ),
        (
            "what follows the end",
            true,
            file(&[&head, &pixels, &end, b"anything"]),
        ),
        (
            "wrong sum of the rows",
            true,
            file(&[&head, &chunk(b"IDAT", &sum), &end]),
        ),
        (
            "orientation before",
            true,
            file(&[&head, &exif, &pixels, &end]),
        ),
        (
            "orientation behind",
            false,
            file(&[&head, &pixels, &exif, &end]),
        ),
        (
            "text between",
            false,
            file(&[&head, &first, &text, &second, &end]),
        ),
        (
            "pixels again",
            false,
            file(&[&head, &pixels, &text, &pixels, &end]),
        ),
        (
            "wrong checksum",
            false,
            file(&[&head, &broken(pixels.clone()), &end]),
        ),
        (
            "wrong checksum of a text",
            false,
            file(&[&head, &pixels, &broken(text.clone()), &end]),
        ),
        (
            "wrong checksum at the end",
            false,
            file(&[&head, &pixels, &broken(end.clone())]),
        ),
        ("no end", false, file(&[&head, &pixels])),
        ("no end but a text", false, file(&[&head, &pixels, &text])),
        (
            "contents of the end",
            false,
            file(&[&head, &pixels, &chunk(b"IEND", &[0])]),
        ),
        ("palette behind", false, odd(b"PLTE", &[0; 3])),
        ("unknown and needed", false, odd(b"ABCD", &[])),
        ("unknown", false, odd(b"abCD", &[])),
        ("frame behind", false, odd(b"fcTL", &[0; 26])),
        ("header again", false, odd(b"IHDR", &[0; 13])),
        ("data of a frame", false, odd(b"fdAT", &[0; 5])),
        (
            "unknown filter",
            false,
            file(&[&head, &data_with(&unknown), &end]),
        ),
        (
            "a row missing",
            false,
            file(&[&head, &data_with(&filtered[..rows]), &end]),
        ),
        (
            "bytes more",
            false,
            file(&[&head, &data_with(&[&filtered[..], &[0; 3]].concat()), &end]),
        ),
        (
            "rows more",
            false,
            file(&[&head, &data_with(&filtered.repeat(900)), &end]),
        ),
        (
            "data behind",
            false,
            file(&[&head, &chunk(b"IDAT", &twice), &end]),
        ),
        (
            "data behind, apart",
            false,
            file(&[&head, &pixels, &chunk(b"IDAT", &[0]), &end]),
        ),
        (
            "sum cut",
            false,
            file(&[&head, &chunk(b"IDAT", short), &end]),
        ),
        ("no data", false, file(&[&head, &empty, &end])),
        (
            "interlaced",
            false,
            file(&[&header(4, 11, [8, 6, 0, 0, 1]), &pixels, &end]),
        ),
        (
            "16 bits",
            false,
            file(&[&header(2, 11, [16, 6, 0, 0, 0]), &pixels, &end]),
        ),
        (
            "4 bits",
            false,
            file(&[&header(32, 11, [4, 0, 0, 0, 0]), &pixels, &end]),
        ),
        (
            "a colour table",
            false,
            file(&[
                &header(16, 11, [8, 3, 0, 0, 0]),
                &chunk(b"PLTE", &[7; 768]),
                &pixels,
                &end,
            ]),
        ),
        (
            "a grey hides",
            false,
            file(&[
                &header(16, 11, GREY),
                &chunk(b"tRNS", &[0, 1]),
                &pixels,
                &end,
            ]),
        ),
        (
            "a colour hides",
            false,
            file(&[&header(4, 11, RGB), &trns, &pixels, &end]),
        ),
    ];
    for (name, taken, source) in cases {
        assert_eq!(directly(&source).is_some(), taken, "{name}");
        assert_eq!(served(&source), whole(&source), "{name}");
    }
}
