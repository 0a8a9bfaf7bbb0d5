//! What the tests of single operations share.

use super::*;

/// A picture of that width from its pixels.
pub(super) fn picture(width: u32, pixels: &[[u8; 4]]) -> Picture {
    Picture {
        size: Size::new(width, pixels.len() as u32 / width),
        pixels: pixels.concat(),
    }
}

/// A picture of that width whose pixels are opaque letters.
pub(super) fn letters(width: u32, text: &str) -> Picture {
    let pixels: Vec<_> = text
        .bytes()
        .map(|letter| [letter, letter, letter, 255])
        .collect();
    picture(width, &pixels)
}

/// The reverse of [`letters`].
pub(super) fn spelt(picture: &Picture) -> String {
    let pixels = picture.as_pixels().iter();
    pixels.map(|pixel| char::from(pixel[0])).collect()
}

/// The operation of that `op=` value done to a still; of several frames the first.
pub(super) fn done(text: &str, picture: Picture) -> Picture {
    done_to_all(text, vec![picture]).remove(0)
}

/// What the operation of that `op=` value makes of some frames, when it is one that does the
/// same to each; otherwise they come back as they are. A second picture is a [`pattern`].
pub(super) fn done_to_all(text: &str, frames: Vec<Picture>) -> Vec<Picture> {
    let operation = Operation::from_text(text).unwrap();
    let other = pattern(9, 7);
    let effect = match find(&operation) {
        Work::Each(operation) => operation.prepare(&frames[0]),
        Work::With(operation) => operation.prepare(&other, &frames[0]).unwrap(),
        Work::Whole(_) => return frames,
    };
    let apply = |picture: Picture| {
        let size = effect.result_size(picture.size);
        let result = effect.apply(picture).unwrap();
        assert_eq!(result.size, size, "{text}");
        result
    };
    frames.into_iter().map(apply).collect()
}

/// A picture in which no two channels are alike, with all kinds of alpha: width × height.
pub(super) fn pattern(width: u32, height: u32) -> Picture {
    let pixels: Vec<[u8; 4]> = (0..width * height)
        .map(|i| {
            let alpha = if i % 7 == 0 { 0 } else { 255 - i * 5 % 240 };
            [i * 37, i.wrapping_mul(i * 11) + 3, i * 91 + 50, alpha].map(|v| (v % 256) as u8)
        })
        .collect();
    picture(width, &pixels)
}

mod properties;
