//! The first picture of a TIFF (or BigTIFF) file: grey, colour tables, RGB and CMYK of up to
//! 16 bits, in strips or tiles, compressed by LZW, Deflate, PackBits, JPEG or fax group 4.
//! Further pages, floating point, Lab, older fax codes and subsampled chroma outside of JPEG
//! are not read.
//!
//! Source: TIFF revision 6.0, 1992.

mod photometric;
mod raster;

use std::io::Cursor;

use protocol::Limits;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::{PhotometricInterpretation, Tag};
use tiff::{ColorType, TiffError};

use super::{check_still, colour, orientation};
use crate::picture::{Picture, Size};
use crate::refused::Refused;
use raster::Raster;

/// What the decoder may take for one value of the directory: the largest is a colour profile.
const VALUE_BYTES_MAX: usize = 8 << 20;
/// What it may take for the samples of a picture, and for those of one strip or tile: 16 bits
/// and four samples for each pixel of the default limit, and some.
const SAMPLE_BYTES_MAX: usize = 512 << 20;

/// Decodes the first still in `source`, turned upright.
pub(super) fn decode(source: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    let mut file = open(source, limits)?;
    let meaning = file.get_tag_unsigned::<u16>(Tag::PhotometricInterpretation);
    if meaning.map_err(refused)? != PhotometricInterpretation::RGBPalette.to_u16() {
        return finish(file, None);
    }
    let table = file.get_tag_u16_vec(Tag::ColorMap).map_err(refused)?;
    let grey = as_grey(source)?;
    finish(open(&grey, limits)?, Some(&table))
}

type File<'a> = Decoder<Cursor<&'a [u8]>>;

fn open<'a>(source: &'a [u8], limits: &Limits) -> Result<File<'a>, Refused> {
    let mut allowed = tiff::decoder::Limits::default();
    allowed.ifd_value_size = VALUE_BYTES_MAX;
    allowed.decoding_buffer_size = SAMPLE_BYTES_MAX;
    allowed.intermediate_buffer_size = SAMPLE_BYTES_MAX;
    let mut file = Decoder::new(Cursor::new(source))
        .map_err(refused)?
        .with_limits(allowed);
    let (width, height) = file.dimensions().map_err(refused)?;
    let size = Size::new(width, height);
    check_still(size, limits)?;
    if size.pixels() == 0 {
        return Err(Refused::bad("TIFF: the picture is empty"));
    }
    Ok(file)
}

/// With `table` the samples are indices into it.
fn finish(mut file: File<'_>, table: Option<&[u16]>) -> Result<Picture, Refused> {
    let (width, height) = file.dimensions().map_err(refused)?;
    let color = file.colortype().map_err(refused)?;
    let profile = file.get_tag_u8_vec(Tag::IccProfile).ok();
    let extra = file.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples);
    let turned = file.find_tag_unsigned::<u16>(Tag::Orientation);
    let mut samples = DecodingResult::U8(Vec::new());
    let layout = file.read_image_to_buffer(&mut samples).map_err(refused)?;
    if !matches!(samples, DecodingResult::U8(_) | DecodingResult::U16(_)) {
        let format = layout.sample_format;
        return Err(Refused::unsupported(format!("TIFF: samples of {format:?}")));
    }
    let buffer = samples.as_buffer(0);
    let raster = Raster {
        size: Size::new(width, height),
        color,
        extra: extra
            .ok()
            .flatten()
            .and_then(|kinds| kinds.first().copied()),
        table,
        row_bytes: layout.row_stride.map_or(0, Into::into),
        plane_bytes: layout
            .plane_stride
            .filter(|_| layout.planes > 1)
            .map(Into::into),
        bytes: buffer.as_bytes(),
    };
    let mut picture = raster.picture()?;
    drop(samples);
    match color {
        ColorType::CMYK(_) => colour::inks_to_srgb(&mut picture, profile.as_deref()),
        _ => colour::to_srgb(&mut picture, profile.as_deref()),
    }
    Ok(orientation::turned(picture, turned.ok().flatten()))
}

/// A copy of `source` that calls its colour indices shades of grey, which the decoder unpacks;
/// it refuses indices.
fn as_grey(source: &[u8]) -> Result<Vec<u8>, Refused> {
    let grey = PhotometricInterpretation::BlackIsZero.to_u16();
    let mut copy = source.to_vec();
    photometric::set(&mut copy, grey)
        .ok_or_else(|| Refused::unsupported("BigTIFF with a colour table"))?;
    Ok(copy)
}

fn refused(error: TiffError) -> Refused {
    match error {
        TiffError::UnsupportedError(what) => Refused::unsupported(format!("TIFF: {what}")),
        other => Refused::bad(format!("TIFF: {other}")),
    }
}

#[cfg(test)]
mod tests;
