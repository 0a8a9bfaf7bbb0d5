//! A picture to PNG: fdeflate with the Paeth filter, which is far faster than zlib's levels
//! at about the size of the default one. An opaque picture is written without alpha: a seventh
//! smaller, and faster.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::bounded::Bounded;
use crate::picture::Picture;
use crate::refused::Refused;

/// Encodes `picture` into `bytes`.
pub(super) fn encode(picture: Picture, bytes: &mut Bounded) -> Result<(), Refused> {
    let size = picture.size;
    let (color, pixels) = if picture.as_pixels().iter().all(|pixel| pixel[3] == 255) {
        (ExtendedColorType::Rgb8, without_alpha(picture))
    } else {
        (ExtendedColorType::Rgba8, picture.pixels)
    };
    PngEncoder::new_with_quality(bytes, CompressionType::Fast, FilterType::Paeth)
        .write_image(&pixels, size.width, size.height, color)
        .map_err(|error| Refused::bug(format!("PNG encoder: {error}")))
}

/// Red, green, blue: moved together in place, so that no second canvas is needed.
fn without_alpha(picture: Picture) -> Vec<u8> {
    let mut pixels = picture.pixels;
    let count = pixels.len() / 4;
    for index in 0..count {
        pixels.copy_within(4 * index..4 * index + 3, 3 * index);
    }
    pixels.truncate(3 * count);
    pixels
}
