//! A picture to PNG: by default fdeflate with the Paeth filter, which is far faster than
//! zlib's levels at about the size of the usual one. An opaque picture is written without
//! alpha: a seventh smaller, and faster.

use ::png::{BitDepth, ColorType, DeflateCompression, Encoder, EncodingError, Filter};
use protocol::Compression;

use super::bounded::Bounded;
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// Encodes `picture` into `bytes`.
pub(super) fn encode(
    picture: Picture,
    compression: Compression,
    bytes: &mut Bounded,
) -> Result<(), Refused> {
    let size = picture.size;
    let (color, pixels) = if picture.has_alpha() {
        (ColorType::Rgba, picture.pixels)
    } else {
        (ColorType::Rgb, without_alpha(picture))
    };
    write(bytes, &pixels, size, color, compression).map_err(failed)
}

/// The compressed rows of a width × height × 4 picture, as they stand in its data chunks.
pub(super) fn coded_rows(
    pixels: &[u8],
    size: Size,
    compression: Compression,
) -> Result<Vec<u8>, Refused> {
    let mut file = Vec::new();
    write(&mut file, pixels, size, ColorType::Rgba, compression).map_err(failed)?;
    let mut data = Vec::with_capacity(file.len());
    let mut rest = file.get(8..).unwrap_or_default();
    while let Some((head, body)) = rest.split_first_chunk::<8>() {
        let [l0, l1, l2, l3, name @ ..] = *head;
        let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
        if &name == b"IDAT" {
            data.extend_from_slice(body.get(..length).unwrap_or_default());
        }
        rest = body.get(length + 4..).unwrap_or_default();
    }
    Ok(data)
}

fn write(
    bytes: impl std::io::Write,
    pixels: &[u8],
    size: Size,
    color: ColorType,
    compression: Compression,
) -> Result<(), EncodingError> {
    let mut encoder = Encoder::new(bytes, size.width, size.height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    let (deflate, filter) = match compression {
        Compression::Fast => (DeflateCompression::FdeflateUltraFast, Filter::Paeth),
        // The levels below are slower than the first kind, and larger.
        Compression::Small => (DeflateCompression::Level(3), Filter::Paeth),
        Compression::Smallest => (DeflateCompression::Level(9), Filter::Adaptive),
    };
    encoder.set_deflate_compression(deflate);
    encoder.set_filter(filter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()
}

fn failed(error: EncodingError) -> Refused {
    Refused::bug(format!("PNG encoder: {error}"))
}

/// Red, green, blue: moved together in place, so that no second canvas is needed.
pub(super) fn without_alpha(picture: Picture) -> Vec<u8> {
    let mut pixels = picture.pixels;
    let count = pixels.len() / 4;
    for index in 0..count {
        pixels.copy_within(4 * index..4 * index + 3, 3 * index);
    }
    pixels.truncate(3 * count);
    pixels
}
