//! AVIF stills, with their transparency: `avif/items.rs` finds the coded pictures in the file,
//! rav1d decodes them, `avif/planes.rs` makes RGB of what comes out. Of an image sequence the
//! still that every such file has is taken. Pictures put together of tiles are not read.

mod boxes;
mod items;
mod planes;

use protocol::Limits;
use re_rav1d::dav1d::{Decoder, Error, Picture as Planes, Settings};

use super::colour::{self, Conversion};
use super::{check_still, samples};
use crate::picture::{Picture, Size};
use crate::refused::Refused;
use items::{Item, Items};

/// Decodes the still in `source`, turned upright.
pub(super) fn decode(source: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    let items = Items::read(source)?;
    let colours = items.primary()?;
    check_still(colours.size, limits)?;
    let alpha = items.alpha_of(&colours)?;
    let mut picture = planes::picture(&decoded(&colours)?, colours.coding)?;
    if let Some(alpha) = &alpha {
        if alpha.size != colours.size {
            return Err(Refused::bad("AVIF: transparency of another size"));
        }
        planes::set_alpha(&mut picture, &decoded(alpha)?)?;
        if items.is_premultiplied(&colours, alpha) {
            samples::divide_by_alpha(&mut picture);
        }
    }
    match (colours.profile, colours.coding) {
        (Some(profile), _) => colour::to_srgb(&mut picture, Some(profile)),
        (None, Some(coding)) => {
            let conversion = Conversion::from_code_points(coding.primaries, coding.transfer);
            if let Some(conversion) = conversion {
                conversion.apply(&mut picture);
            }
        }
        (None, None) => {}
    }
    Ok(turned(picture, &colours))
}

/// The picture that an item codes, in planes. In this thread alone, and no larger than the
/// item says.
fn decoded(item: &Item<'_>) -> Result<Planes, Refused> {
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_all_layers(false);
    settings.set_frame_size_limit(u32::try_from(item.size.pixels()).unwrap_or(u32::MAX));
    let mut decoder = Decoder::with_settings(&settings).map_err(damaged)?;
    let mut pending = match decoder.send_data(item.data.clone(), None, None, None) {
        Ok(()) => false,
        Err(Error::Again) => true,
        Err(error) => return Err(damaged(error)),
    };
    let planes = loop {
        match decoder.get_picture() {
            Ok(planes) => break planes,
            Err(Error::Again) if pending => match decoder.send_pending_data() {
                Ok(()) => pending = false,
                Err(Error::Again) => {}
                Err(error) => return Err(damaged(error)),
            },
            Err(Error::Again) => return Err(Refused::bad("AVIF: no picture comes out of it")),
            Err(error) => return Err(damaged(error)),
        }
    };
    if Size::new(planes.width(), planes.height()) != item.size {
        return Err(Refused::bad(
            "AVIF: a picture of another size than announced",
        ));
    }
    Ok(planes)
}

fn damaged(error: Error) -> Refused {
    match error {
        Error::UnsupportedBitstream => Refused::unsupported("AVIF of an unknown profile of AV1"),
        other => Refused::bad(format!("AVIF: {other}")),
    }
}

/// First turned, then mirrored, as the container says; EXIF does not count here.
fn turned(mut picture: Picture, item: &Item<'_>) -> Picture {
    match item.quarter_turns_left {
        1 => {
            picture = picture.transposed();
            picture.flip();
        }
        2 => picture.turn_half(),
        3 => {
            picture = picture.transposed();
            picture.mirror();
        }
        _ => {}
    }
    match item.mirrored {
        Some(0) => picture.flip(),
        Some(_) => picture.mirror(),
        None => {}
    }
    picture
}

#[cfg(test)]
mod tests;
