//! The pixels of a plain still straight into the canvas: 8-bit greys or RGB, with alpha or without, not interlaced,
//! no colour that means transparent. Rows whose filter waits for the pixel to the left are undone
//! eight at a time.
//!
//! It takes sound files only and judges none: whatever is damaged or unusual is `None`, and the
//! whole decoder decides what becomes of it. Metadata are read before, by that decoder.
//!
//! Source: PNG, third edition, sections 5.3 (chunks), 9 (filters) and 10 (compression).

mod chunks;
mod inflate;
mod unfilter;
mod wave;

use png::{BitDepth, ColorType, Info};

use crate::picture::{CHANNELS, Picture, Size};
use inflate::Rows;
use unfilter::Canvas;

/// Longest row, bytes: the buffer holds more than eight of them.
const ROW_BYTES_MAX: usize = 128 * 1024;

/// Fills the picture with the pixels of `source`, which `info` says the beginning of. After
/// `None` it holds anything.
pub(super) fn decode(source: &[u8], info: &Info<'_>, picture: &mut Picture) -> Option<()> {
    let animated = info.animation_control.is_some() || info.frame_control.is_some();
    let plain = info.bit_depth == BitDepth::Eight && !info.interlaced && info.trns.is_none();
    if animated || !plain || Size::new(info.width, info.height) != picture.size {
        return None;
    }
    match info.color_type {
        ColorType::Grayscale => fill::<1>(source, picture),
        ColorType::GrayscaleAlpha => fill::<2>(source, picture),
        ColorType::Rgb => fill::<3>(source, picture),
        ColorType::Rgba => fill::<4>(source, picture),
        ColorType::Indexed => None,
    }
}

/// As above, of pixels of `N` bytes.
fn fill<const N: usize>(source: &[u8], picture: &mut Picture) -> Option<()> {
    let row_bytes = 1 + picture.size.width as usize * N;
    if row_bytes > ROW_BYTES_MAX {
        return None;
    }
    let data = chunks::data(source)?;
    let mut rows = Rows::new(&data, row_bytes, picture.size.height as usize);
    let nothing = vec![[0; CHANNELS]; picture.size.width as usize];
    let mut canvas = Canvas::new(&nothing, picture);
    loop {
        match rows.next()? {
            [] => return Some(()),
            filtered => canvas.draw::<N>(filtered)?,
        }
    }
}

#[cfg(test)]
mod tests;
