//! BMP to a picture, and what ICO files hold of BMP: by the decoders of `image`.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::codecs::ico::IcoDecoder;
use image::{ColorType, ImageDecoder, ImageError};
use protocol::Limits;

use super::samples::{self, Layout};
use super::{check_still, colour};
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// Decodes the still in `source`.
pub(super) fn decode(source: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    let decoder = BmpDecoder::new(Cursor::new(source)).map_err(|error| refused("BMP", error))?;
    read("BMP", decoder, limits)
}

/// Decodes an ICO file with one entry, which is no PNG.
pub(super) fn decode_icon(file: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    let decoder = IcoDecoder::new(Cursor::new(file)).map_err(|error| refused("ICO", error))?;
    read("ICO", decoder, limits)
}

fn read(name: &str, mut decoder: impl ImageDecoder, limits: &Limits) -> Result<Picture, Refused> {
    let (width, height) = decoder.dimensions();
    let size = Size::new(width, height);
    check_still(size, limits)?;
    if size.pixels() == 0 {
        return Err(Refused::bad(format!("{name}: the picture is empty")));
    }
    let layout = match decoder.color_type() {
        ColorType::L8 => Layout::Grey,
        ColorType::La8 => Layout::GreyAlpha,
        ColorType::Rgb8 => Layout::Rgb,
        ColorType::Rgba8 => Layout::Rgba,
        other => return Err(Refused::bug(format!("{name}: pixels came as {other:?}"))),
    };
    let profile = decoder.icc_profile().ok().flatten();
    // At most four bytes for each pixel that the limit allows.
    let mut samples = vec![0; decoder.total_bytes() as usize];
    let outcome = decoder.read_image(&mut samples);
    outcome.map_err(|error| refused(name, error))?;
    let mut picture = samples::picture(size, layout, samples)?;
    colour::to_srgb(&mut picture, profile.as_deref());
    Ok(picture)
}

fn refused(name: &str, error: ImageError) -> Refused {
    match error {
        ImageError::Unsupported(what) => Refused::unsupported(format!("{name}: {what}")),
        other => Refused::bad(format!("{name}: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use protocol::Reason;

    use super::*;
    use crate::decode::tests::LIMITS;

    /// A BMP of 24 bits, one row, without a colour table.
    fn bmp(width: u32, height: u32, row: &[u8]) -> Vec<u8> {
        let mut bytes = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
        bytes.extend(width.to_le_bytes());
        bytes.extend(height.to_le_bytes());
        bytes.extend(b"\x01\0\x18\0");
        bytes.extend([0; 24]);
        bytes.extend(row);
        bytes
    }

    #[test]
    fn blue_comes_first() {
        let picture = decode(&bmp(1, 1, &[3, 2, 1, 0]), &LIMITS).unwrap();
        assert_eq!(picture.pixels, [1, 2, 3, 255]);
    }

    #[test]
    fn a_file_that_ends_early_is_a_bad_image() {
        let whole = bmp(1, 1, &[3, 2, 1, 0]);
        for length in 18..whole.len() - 1 {
            let refused = decode(&whole[..length], &LIMITS).unwrap_err();
            assert_eq!(refused.reason, Reason::BadImage, "{length} bytes");
        }
    }

    #[test]
    fn the_size_is_limited_before_any_pixel() {
        let refused = decode(&bmp(30_000, 30_000, &[]), &LIMITS).unwrap_err();
        assert!(matches!(refused.reason, Reason::TooLarge(_)));
        assert!(decode(&bmp(0, 1, &[]), &LIMITS).is_err());
    }
}
