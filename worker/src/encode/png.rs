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
    // Moved together in place.
    let (mut from, mut end) = (8, 0);
    while let Some(head) = file.get(from..).and_then(|rest| rest.first_chunk::<8>()) {
        let [l0, l1, l2, l3, name @ ..] = *head;
        let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
        let data = from + 8..from + 8 + length;
        from = data.end + 4;
        if &name == b"IDAT" && data.end <= file.len() {
            file.copy_within(data, end);
            end += length;
        }
    }
    file.truncate(end);
    Ok(file)
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
