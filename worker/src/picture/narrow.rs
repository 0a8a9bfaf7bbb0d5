//! Pixels without their alpha, and back.

use super::{CHANNELS, Picture};

/// Bytes of a pixel of which it is known that it is opaque.
pub(crate) const COLOURS: usize = 3;
/// Pixels that are moved at once, and their bytes before and after.
pub(super) const TOGETHER: usize = 16;
pub(super) const WIDE: usize = TOGETHER * CHANNELS;
pub(super) const NARROW: usize = TOGETHER * COLOURS;

/// Red, green, blue of each pixel, in the picture's memory: they move to the front, never to behind where they
/// were.
pub(crate) fn without_alpha(picture: Picture) -> Vec<u8> {
    let mut pixels = picture.pixels;
    let count = pixels.len() / CHANNELS;
    let (blocks, rest) = (count / TOGETHER, count % TOGETHER);
    for at in 0..blocks {
        if let Some(wide) = pixels[at * WIDE..].first_chunk::<WIDE>() {
            let mut narrow = [0; NARROW];
            narrow_row(wide, &mut narrow);
            pixels[at * NARROW..][..NARROW].copy_from_slice(&narrow);
        }
    }
    let wide = pixels[blocks * WIDE..].to_vec();
    narrow_row(&wide, &mut pixels[blocks * NARROW..][..rest * COLOURS]);
    pixels.truncate(count * COLOURS);
    pixels
}

/// What `turn` makes of pixels, block by block: memory for the result is not cleared before.
pub(super) fn in_blocks<const FROM: usize, const TO: usize>(
    pixels: &[u8],
    turn: impl Fn(&[u8], &mut [u8]),
) -> Vec<u8> {
    let (blocks, rest) = pixels.as_chunks::<FROM>();
    let length = pixels.len() / (FROM / TOGETHER) * (TO / TOGETHER);
    let mut turned = Vec::with_capacity(length);
    for block in blocks {
        let mut done = [0; TO];
        turn(block, &mut done);
        turned.extend_from_slice(&done);
    }
    let begun = turned.len();
    turned.resize(length, 0);
    turn(rest, &mut turned[begun..]);
    turned
}

/// What of a row of RGBA is not alpha; `narrow` is as long as it takes.
pub(crate) fn narrow_row(wide: &[u8], narrow: &mut [u8]) {
    let (fours, rest) = wide.as_chunks::<{ 4 * CHANNELS }>();
    let (narrow_fours, narrow_rest) = narrow.as_chunks_mut::<{ 4 * COLOURS }>();
    for (narrow, wide) in narrow_fours.iter_mut().zip(fours) {
        let [a, b, c, d] = words(wide);
        let words = [
            a & 0xFF_FFFF | b << 24,
            b >> 8 & 0xFFFF | c << 16,
            c >> 16 & 0xFF | d << 8,
        ];
        *narrow = bytes(words);
    }
    let pixels = rest.as_chunks::<CHANNELS>().0.iter();
    for (colour, &[r, g, b, _]) in narrow_rest.as_chunks_mut().0.iter_mut().zip(pixels) {
        *colour = [r, g, b];
    }
}

/// A row of opaque pixels as RGBA; `wide` is as long as it takes.
pub(crate) fn widen_row(narrow: &[u8], wide: &mut [u8]) {
    const OPAQUE: u32 = 0xFF00_0000;
    let (fours, rest) = narrow.as_chunks::<{ 4 * COLOURS }>();
    let (wide_fours, wide_rest) = wide.as_chunks_mut::<{ 4 * CHANNELS }>();
    for (wide, narrow) in wide_fours.iter_mut().zip(fours) {
        let [a, b, c] = words(narrow);
        let words = [a, a >> 24 | b << 8, b >> 16 | c << 16, c >> 8];
        *wide = bytes(words.map(|word| word | OPAQUE));
    }
    let colours = rest.as_chunks::<COLOURS>().0.iter();
    for (pixel, &[r, g, b]) in wide_rest.as_chunks_mut().0.iter_mut().zip(colours) {
        *pixel = [r, g, b, u8::MAX];
    }
}

/// Four pixels at once are a few shifts.
fn words<const BYTES: usize, const WORDS: usize>(bytes: &[u8; BYTES]) -> [u32; WORDS] {
    let mut words = [0; WORDS];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}

fn bytes<const BYTES: usize, const WORDS: usize>(words: [u32; WORDS]) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Size;

    #[test]
    fn pixels_move_together_and_keep_their_order() {
        for width in 1..=40 {
            let pixels: Vec<u8> = (0..4 * width as u8)
                .map(|byte| byte.wrapping_mul(37))
                .collect();
            let expected: Vec<u8> = pixels
                .chunks(4)
                .flat_map(|pixel| pixel[..3].to_vec())
                .collect();
            let size = Size::new(width, 1);
            assert_eq!(without_alpha(Picture { size, pixels }), expected, "{width}");
        }
    }
}
