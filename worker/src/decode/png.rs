//! PNG to a picture, row by row into the canvas, or to the frames of its animation. Texts are skipped unread: they are where the bombs are.

mod animation;
mod direct;
mod outline;

use png::{ColorType, Decoder, Info, Reader, ScaledFloat, Transformations};
use protocol::Limits;
use std::io::Cursor;

use super::colour::Conversion;
use super::orientation::upright;
use super::{Frames, check_still};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;
pub(super) use animation::Animation;
use outline::Outline;

/// What the decoder may take for chunks, besides its rows, bytes.
const CHUNK_BYTES_MAX: usize = 16 << 20;
/// Rows of 16-bit RGBA that the decoder holds at a time, with room to spare.
const ROW_BYTES_PER_PIXEL: usize = 32;

type Source<'a> = Reader<Cursor<&'a [u8]>>;

/// Reads the header, and a still whole.
pub(super) fn open<'a>(source: &'a [u8], limits: &Limits) -> Result<Frames<'a>, Refused> {
    match Outline::read(source) {
        Some(outline) => {
            let size = header_size(source)?;
            Animation::open(source, size, outline, limits)
                .map(|frames| Frames::Png(Box::new(frames)))
        }
        None => decode(source, limits).map(|picture| Frames::Still(Some(picture))),
    }
}

/// Decodes the still in `source`, of an animation the default image, turned upright.
pub(super) fn decode(source: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    let decoded = decode_after(direct::decode, source, limits);
    if cfg!(fuzzing) {
        let whole = decode_after(|_, _, _| None, source, limits);
        assert!(decoded == whole, "the shortcut made a difference");
    }
    decoded
}

/// As above; the pixels are read the whole way unless `shortcut` has filled the picture.
fn decode_after(
    shortcut: impl FnOnce(&[u8], &Info<'_>, &mut Picture) -> Option<()>,
    source: &[u8],
    limits: &Limits,
) -> Result<Picture, Refused> {
    let size = header_size(source)?;
    check_still(size, limits)?;
    let mut reader = reader(source, size, 1)?;
    let mut picture = Picture::blank(size);
    if shortcut(source, reader.info(), &mut picture).is_none() {
        read_rows(&mut reader, &mut picture)?;
        // To the end: the last checksum, and an orientation that follows the pixels.
        reader.finish().map_err(damaged)?;
    }
    if let Some(conversion) = conversion(reader.info()) {
        conversion.apply(&mut picture);
    }
    Ok(upright(picture, reader.info().exif_metadata.as_deref()))
}

/// A reader at the first pixels. It counts rows for every frame anew, without giving back.
fn reader(source: &[u8], size: Size, frames: u32) -> Result<Source<'_>, Refused> {
    let row_bytes = (size.width as usize).saturating_mul(ROW_BYTES_PER_PIXEL);
    let rows_bytes = row_bytes.saturating_mul(frames.saturating_add(1) as usize);
    let bytes = CHUNK_BYTES_MAX.saturating_add(rows_bytes);
    let mut decoder = Decoder::new_with_limits(Cursor::new(source), png::Limits { bytes });
    decoder.set_ignore_text_chunk(true);
    // Sixteen bits become eight by their high byte, as libpng strips them.
    decoder.set_transformations(
        Transformations::EXPAND | Transformations::STRIP_16 | Transformations::ALPHA,
    );
    decoder.read_info().map_err(damaged)
}

/// The way to sRGB by the chunk that counts most. A gamma without red, green and blue beside it
/// is not acted on: nobody agrees on what it means for them.
///
/// Source: PNG, third edition, section 4.3.
fn conversion(info: &Info<'_>) -> Option<Conversion> {
    if let Some(points) = info.coding_independent_code_points {
        return Conversion::from_code_points(points.color_primaries, points.transfer_function);
    }
    if let Some(profile) = &info.icc_profile {
        return Conversion::from_icc(profile);
    }
    if info.srgb.is_some() {
        return None;
    }
    let (gamma, primaries) = (info.gama_chunk?, info.chrm_chunk?);
    let point = |(x, y): (ScaledFloat, ScaledFloat)| (x.into_value(), y.into_value());
    Conversion::from_gamma(
        gamma.into_value().recip(),
        point(primaries.white),
        [primaries.red, primaries.green, primaries.blue].map(point),
    )
}

/// Width and height from the header chunk, which must come first.
fn header_size(source: &[u8]) -> Result<Size, Refused> {
    let kind = source.get(12..16);
    let sides = source.get(16..).and_then(|rest| rest.first_chunk());
    let (Some(b"IHDR"), Some(&[w0, w1, w2, w3, h0, h1, h2, h3])) = (kind, sides) else {
        return Err(Refused::bad("PNG: the header chunk is missing"));
    };
    Ok(Size::new(
        u32::from_be_bytes([w0, w1, w2, w3]),
        u32::from_be_bytes([h0, h1, h2, h3]),
    ))
}

fn read_rows(reader: &mut Source<'_>, picture: &mut Picture) -> Result<(), Refused> {
    let (color, _) = reader.output_color_type();
    let stride = picture.size.stride();
    let mut wide = Vec::new();
    let mut lines = 0_usize;
    while let Some(row) = reader.next_interlaced_row().map_err(damaged)? {
        let interlace = *row.interlace();
        let rgba = match color {
            ColorType::Rgba => row.data(),
            ColorType::GrayscaleAlpha => {
                wide.clear();
                let (pairs, _) = row.data().as_chunks::<2>();
                wide.extend(
                    pairs
                        .iter()
                        .flat_map(|&[grey, alpha]| [grey, grey, grey, alpha]),
                );
                &wide
            }
            other => return Err(Refused::bug(format!("PNG rows came as {other:?}"))),
        };
        match interlace {
            png::InterlaceInfo::Null(_) => {
                let target = picture.pixels.get_mut(lines * stride..(lines + 1) * stride);
                if let Some(target) = target.filter(|target| target.len() == rgba.len()) {
                    target.copy_from_slice(rgba);
                }
                lines += 1;
            }
            png::InterlaceInfo::Adam7(pass) => {
                let bits = 8 * CHANNELS as u8;
                png::expand_interlaced_row(&mut picture.pixels, stride, rgba, &pass, bits);
            }
        }
    }
    Ok(())
}

fn damaged(error: png::DecodingError) -> Refused {
    Refused::bad(format!("PNG: {error}"))
}
