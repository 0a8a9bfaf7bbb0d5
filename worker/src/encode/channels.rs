//! What of a picture's four channels is written.

use crate::picture::{CHANNELS, Picture};

/// Whether no pixel has a colour, those that cannot be seen among them.
pub(super) fn is_grey(picture: &Picture) -> bool {
    // Looked at together, without a branch; most pictures have colours in the first of these.
    let mut together = picture.as_pixels().chunks(1024);
    together.all(|pixels| {
        let differ = |&[r, g, b, _]: &[u8; CHANNELS]| (r ^ g) | (g ^ b);
        pixels.iter().fold(0, |any, pixel| any | differ(pixel)) == 0
    })
}

/// What is kept of each pixel, moved together in place.
pub(super) fn kept<const KEPT: usize>(
    picture: Picture,
    keep: impl Fn([u8; CHANNELS]) -> [u8; KEPT],
) -> Vec<u8> {
    let mut pixels = picture.pixels;
    let count = pixels.len() / CHANNELS;
    for index in 0..count {
        let Some(&pixel) = pixels[CHANNELS * index..].first_chunk() else {
            break;
        };
        pixels[KEPT * index..][..KEPT].copy_from_slice(&keep(pixel));
    }
    pixels.truncate(KEPT * count);
    pixels
}

/// Red, green, blue: moved together in place, so that no second canvas is needed.
pub(super) fn without_alpha(picture: Picture) -> Vec<u8> {
    let mut pixels = picture.pixels;
    let count = pixels.len() / 4;
    // Four pixels become three words; what is written was read before.
    let fours = count / 4;
    for at in 0..fours {
        let Some(&four) = pixels[16 * at..].first_chunk::<16>() else {
            break;
        };
        pixels[12 * at..12 * at + 12].copy_from_slice(&moved_together(four));
    }
    for index in 4 * fours..count {
        pixels.copy_within(4 * index..4 * index + 3, 3 * index);
    }
    pixels.truncate(3 * count);
    pixels
}

/// Four pixels without their alpha.
fn moved_together(four: [u8; 16]) -> [u8; 12] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(four.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes) & 0x00ff_ffff;
    }
    let [a, b, c, d] = words;
    let mut three = [0; 12];
    let joined = [a | b << 24, b >> 8 | c << 16, c >> 16 | d << 8];
    for (bytes, word) in three.as_chunks_mut().0.iter_mut().zip(joined) {
        *bytes = word.to_le_bytes();
    }
    three
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Size;

    #[test]
    fn pixels_move_together_and_keep_their_order() {
        for width in 1..=13 {
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
