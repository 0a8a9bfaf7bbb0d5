//! A picture to PNG: by default fdeflate with the Paeth filter, which is far faster than
//! zlib's levels at about the size of the usual one. An opaque picture is written without
//! alpha: a seventh smaller, and faster; one without colours as its greys: less than half of that.

use ::png::{BitDepth, ColorType, DeflateCompression, Encoder, EncodingError, Filter};
use protocol::Compression;

use super::bounded::Bounded;
use super::channels::{is_grey, kept};
use crate::picture::{Picture, Size, without_alpha};
use crate::refused::Refused;

/// Encodes `picture` into `bytes`.
pub(super) fn encode(
    picture: Picture,
    compression: Compression,
    bytes: &mut Bounded,
) -> Result<(), Refused> {
    let size = picture.size;
    let (color, pixels) = match (is_grey(&picture), picture.has_alpha()) {
        (true, false) => (ColorType::Grayscale, kept(picture, |[grey, ..]| [grey])),
        (true, true) => {
            let kept = kept(picture, |[grey, _, _, alpha]| [grey, alpha]);
            (ColorType::GrayscaleAlpha, kept)
        }
        (false, false) => (ColorType::Rgb, without_alpha(picture)),
        (false, true) => (ColorType::Rgba, picture.pixels),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 3000 × 1 px, all of them `pixel` but the last.
    fn file(pixel: [u8; 4], last: [u8; 4]) -> (ColorType, Vec<u8>) {
        let mut pixels = pixel.repeat(2999);
        pixels.extend(last);
        let size = Size::new(3000, 1);
        let mut bytes = Bounded::new(u64::MAX);
        let picture = Picture { size, pixels };
        encode(picture, Compression::Fast, &mut bytes).unwrap();
        let file = bytes.into_bytes().unwrap();
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(&file))
            .read_info()
            .unwrap();
        let mut samples = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut samples).unwrap();
        (reader.info().color_type, samples)
    }

    #[test]
    fn no_more_is_written_of_a_pixel_than_it_has() {
        let (grey, seen) = ([7, 7, 7, 255], [9, 9, 9, 3]);
        for (last, color, tail) in [
            ([8, 8, 8, 255], ColorType::Grayscale, &[7, 8][..]),
            (seen, ColorType::GrayscaleAlpha, &[7, 255, 9, 3]),
            ([9, 9, 8, 0], ColorType::Rgba, &[7, 7, 7, 255, 9, 9, 8, 0]),
            ([9, 8, 8, 255], ColorType::Rgb, &[7, 7, 7, 9, 8, 8]),
        ] {
            let (written, samples) = file(grey, last);
            assert_eq!(written, color);
            assert!(samples.ends_with(tail), "{color:?}");
        }
    }
}
