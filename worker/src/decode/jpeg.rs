//! JPEG to a picture. `jpeg/outline.rs` reads the markers and decides what is refused before
//! any pixel is decoded; zune-jpeg decodes, except for the one kind of file that it gets
//! wrong without saying so (baseline in several scans), which `jpeg/planes.rs` takes apart.
//! Where much less than the whole picture is asked for, `jpeg/direct.rs` decodes what it can.

#[cfg(test)]
mod at_hand;
mod direct;
mod inks;
mod outline;
mod part;
mod pixels;
mod planes;
mod shrink;

use protocol::{Limit, Limits};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::orientation::{turn, upright};
use super::view::{self, Wanted};
use super::{Frames, PlanesWanted, Stored, check_still, colour};
use crate::picture::{Area, Picture, Size, Turn};
use crate::planes::Colours;
use crate::refused::Refused;
pub(super) use inks::rgb_from_ycbcr;
use outline::Outline;

/// Most scans of one picture. Ten are usual and searching encoders stay below 64, while each
/// further scan costs a walk over the whole picture (20 ms for 50 MP) for some 50 bytes.
const SCANS_MAX: usize = 100;

/// Decodes `source`, turned upright.
pub(super) fn decode(source: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    decode_outlined(source, &checked_outline(source, limits)?)
}

/// See [`super::open_for`].
pub(super) fn open_for<'a>(
    source: &[u8],
    limits: &Limits,
    wanted: impl FnOnce(Size) -> Wanted,
) -> Result<Frames<'a>, Refused> {
    let outline = checked_outline(source, limits)?;
    let exif = outline.exif.clone().and_then(|range| source.get(range));
    let stored = outline.size;
    let turn = turn(exif);
    let original = turn.size(stored);
    let wanted = wanted(original);
    let by = wanted.shrink();
    let to_srgb = |mut picture| {
        colour::to_srgb(&mut picture, outline.icc_profile(source).as_deref());
        picture
    };
    let less = match wanted {
        Wanted::Part(part) if is_worth_it(part, original) && headers_agree(source, stored) => {
            let picture = part::decode(source, &outline, turn.source(part, stored));
            picture.map(|picture| view::part(to_srgb(picture), original, part, turn))
        }
        _ if by > 1 && headers_agree(source, stored) => {
            let picture = shrink::decode(source, &outline, by as usize);
            picture.map(|picture| view::smaller(to_srgb(picture), stored, by, turn))
        }
        _ => None,
    };
    match less {
        Some(frames) => Ok(frames),
        None => decode_outlined(source, &outline).map(|picture| Frames::Still(Some(picture))),
    }
}

/// Whether a part is so small that there is something to gain: of what it makes samples and pixels, the whole
/// decoder makes them in less time.
fn is_worth_it(part: Area, whole: Size) -> bool {
    part.count() as u64 * 2 <= whole.pixels()
}

/// The planes as stored, see [`super::open_planes`].
pub(super) fn decode_planes(
    source: &[u8],
    limits: &Limits,
    ratio: (usize, usize),
    wanted: impl FnOnce(Size) -> Option<PlanesWanted>,
) -> Option<Stored> {
    let outline = checked_outline(source, limits).ok()?;
    let exif = outline.exif.clone().and_then(|range| source.get(range));
    let first = outline.components.first()?;
    let own = (usize::from(first.horizontal), usize::from(first.vertical));
    let size = outline.size;
    if outline.is_rgb || own != ratio || turn(exif) != Turn::NONE {
        return None;
    }
    let (by, part) = match wanted(size)? {
        PlanesWanted::Smaller(luma, chroma) => ((luma, chroma), None),
        PlanesWanted::Part(part) => ((1, 1), Some(part)),
    };
    let profile = outline.icc_profile(source);
    let converts = profile.is_some_and(|bytes| colour::Conversion::from_icc(&bytes).is_some());
    if converts || !headers_agree(source, size) {
        return None;
    }
    let [luma, chroma] = [by.0, by.1].map(|by| 8 / by.clamp(1, 8) as usize);
    let decoded = direct::decode(
        source,
        &outline,
        (luma, chroma),
        part.unwrap_or(Area::all(size)),
    )?;
    let mut colours = Colours {
        size: decoded.shown.size(),
        planes: decoded.planes.try_into().ok()?,
        ratio,
    };
    if let Some(part) = part {
        colours.cut(part.within(decoded.shown));
    }
    Some(Stored { colours, by })
}

/// Everything that is known and refused before any pixel.
fn checked_outline(source: &[u8], limits: &Limits) -> Result<Outline, Refused> {
    let outline = Outline::read(source)?;
    check_still(outline.size, limits)?;
    Refused::source_over(Limit::Scans, outline.scans.len() as u64, SCANS_MAX as u64)?;
    Ok(outline)
}

/// Whether the whole decoder would take the file, as far as its headers tell: who decodes must
/// not decide whether a picture is refused.
fn headers_agree(source: &[u8], size: Size) -> bool {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(source), options());
    let taken = decoder.decode_headers().is_ok();
    taken && decoder.dimensions() == Some((size.width as usize, size.height as usize))
}

fn options() -> DecoderOptions {
    DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(SCANS_MAX)
}

fn decode_outlined(source: &[u8], outline: &Outline) -> Result<Picture, Refused> {
    let profile = outline.icc_profile(source);
    let mut picture = if outline.is_sequential_in_several_scans() {
        planes::decode(source, outline)?
    } else {
        decode_whole(source, outline)?
    };
    match outline.components.len() {
        4 => colour::inks_to_srgb(&mut picture, profile.as_deref()),
        _ => colour::to_srgb(&mut picture, profile.as_deref()),
    }
    let exif = outline.exif.clone().and_then(|range| source.get(range));
    Ok(upright(picture, exif))
}

/// RGBA, or four inks as how much paper each leaves.
fn decode_whole(source: &[u8], outline: &Outline) -> Result<Picture, Refused> {
    let mut picture = Picture::blank(outline.size);
    let colours = match (outline.components.len(), outline.is_ycck) {
        (4, false) => ColorSpace::CMYK,
        (4, true) => ColorSpace::YCCK,
        _ => ColorSpace::RGBA,
    };
    decode_into(source, colours, &mut picture.pixels)?;
    if outline.is_ycck && colours == ColorSpace::YCCK {
        inks::from_ycck(&mut picture);
    }
    Ok(picture)
}

/// Runs the codec; `pixels` must have exactly the length of the result in `colours`.
fn decode_into(source: &[u8], colours: ColorSpace, pixels: &mut [u8]) -> Result<(), Refused> {
    let options = options().jpeg_set_out_colorspace(colours);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(source), options);
    let damaged = |error| Refused::bad(format!("JPEG: {error}"));
    decoder.decode_headers().map_err(damaged)?;
    let needed = decoder.output_buffer_size();
    if needed != Some(pixels.len()) {
        return Err(Refused::bug(format!(
            "JPEG: {needed:?} bytes for a picture of {}",
            pixels.len()
        )));
    }
    decoder.decode_into(pixels).map_err(damaged)
}

#[cfg(test)]
mod tests;
