//! Luma and chroma, where zune-jpeg does not convert them: of planes that were taken apart, and
//! below black ink, which zune-jpeg 0.5.15 converts wrongly to RGBA.
//!
//! Source: JFIF 1.02.

use crate::picture::Picture;

/// Turns luma and chroma of the first three inks into how much paper each leaves.
pub(super) fn from_ycck(picture: &mut Picture) {
    for pixel in picture.as_pixels_mut() {
        let [y, cb, cr, black] = *pixel;
        let [c, m, yellow] = rgb_from_ycbcr(y, cb, cr).map(|ink| 255 - ink);
        *pixel = [c, m, yellow, black];
    }
}

/// JFIF 1.02, with 16 bits of fraction.
pub(in crate::decode) fn rgb_from_ycbcr(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let y = (i32::from(y) << 16) + 0x8000;
    let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
    let byte = |value: i32| (value >> 16).clamp(0, 255) as u8;
    [
        byte(y + 91_881 * cr),
        byte(y - 22_554 * cb - 46_802 * cr),
        byte(y + 116_130 * cb),
    ]
}
