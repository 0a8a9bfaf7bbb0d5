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
