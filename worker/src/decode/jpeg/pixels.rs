//! Samples of planes to pixels.

use crate::picture::Picture;

/// Rows of luma that has no chroma.
pub(super) fn grey<'a>(luma: impl Iterator<Item = &'a [u8]>, picture: &mut Picture) {
    for (row, luma) in picture.rows_mut().zip(luma) {
        for (pixel, &luma) in row.as_chunks_mut().0.iter_mut().zip(luma) {
            *pixel = [luma, luma, luma, 255];
        }
    }
}

/// One row. JFIF 1.02, with six bits of fraction: what the factors make of a sample, and every sum, fits into
/// 16 bits, which the compiler works on side by side.
pub(super) fn coloured(luma: &[u8], blue: &[u8], red: &[u8], row: &mut [u8]) {
    let part =
        |sample: u8, factor: u16| (((u32::from(sample) << 8) * u32::from(factor)) >> 16) as i16;
    let byte = |value: i16| (value >> 6).clamp(0, 255) as u8;
    let samples = luma.iter().zip(blue).zip(red);
    for (pixel, ((&luma, &blue), &red)) in row.as_chunks_mut().0.iter_mut().zip(samples) {
        let luma = i16::from(luma) << 6;
        // With half of the last bit, and what the parts lose on the average.
        *pixel = [
            byte(luma + (part(red, 22_970) - 11_453)),
            byte(luma + (8_700 - part(blue, 5_638) - part(red, 11_700))),
            byte(luma + (part(blue, 29_032) - 14_484)),
            255,
        ];
    }
}
