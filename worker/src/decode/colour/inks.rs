//! Four inks to RGB without a profile.
//!
//! Source: Adobe technical note 5116 (inks are stored inverted, so that a sample says how much
//! paper shows); the plain conversion to RGB is the one of Pillow.

use crate::picture::Picture;

/// Turns stored inks into RGBA in place.
pub(super) fn convert(picture: &mut Picture) {
    for pixel in picture.as_pixels_mut() {
        let [a, b, c, black] = *pixel;
        let [r, g, b] = [a, b, c].map(|channel| {
            let product = u16::from(channel) * u16::from(black);
            ((product + 127) / 255) as u8
        });
        *pixel = [r, g, b, 255];
    }
}
