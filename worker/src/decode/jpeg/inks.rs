//! Colour models of JPEG that are converted here: luma and chroma of planes that were taken
//! apart, and four inks, which zune-jpeg 0.5.15 converts wrongly to RGBA.
//!
//! Source: JFIF 1.02; Adobe technical note 5116 (inks are stored inverted, so that a sample
//! says how much paper shows); the plain conversion to RGB is the one of Pillow.

use crate::picture::Picture;

/// Turns stored inks into RGBA in place; with `ycck` the first three are luma and chroma.
pub(super) fn convert(picture: &mut Picture, ycck: bool) {
    for pixel in picture.as_pixels_mut() {
        let [a, b, c, black] = *pixel;
        let paper = if ycck {
            rgb_from_ycbcr(a, b, c).map(|ink| 255 - ink)
        } else {
            [a, b, c]
        };
        let [r, g, b] = paper.map(|channel| {
            let product = u16::from(channel) * u16::from(black);
            ((product + 127) / 255) as u8
        });
        *pixel = [r, g, b, 255];
    }
}

/// JFIF 1.02, with 16 bits of fraction.
pub(super) fn rgb_from_ycbcr(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let y = (i32::from(y) << 16) + 0x8000;
    let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
    let byte = |value: i32| (value >> 16).clamp(0, 255) as u8;
    [
        byte(y + 91_881 * cr),
        byte(y - 22_554 * cb - 46_802 * cr),
        byte(y + 116_130 * cb),
    ]
}
