//! AVIF stills, with their transparency: `avif/items.rs` finds the coded pictures in the file,
//! rav1d decodes them, `avif/planes.rs` makes RGB of what comes out. Of an image sequence the
//! still that every such file has is taken. Pictures put together of tiles are not read.

mod boxes;
mod items;
mod planes;

use protocol::Limits;
use re_rav1d::dav1d::{Decoder, Error, Picture as Planes, Settings};

use super::colour::{self, Conversion};
use super::view::{self, Wanted};
use super::{Frames, check_still, samples};
use crate::picture::{Picture, Size, Turn};
use crate::refused::Refused;
use items::{Item, Items};

/// Decodes the still in `source`, turned upright.
pub(super) fn decode(source: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    let items = Items::read(source)?;
    let colours = items.primary()?;
    check_still(colours.size, limits)?;
    let alpha = items.alpha_of(&colours)?;
    whole(&items, &colours, alpha.as_ref())
}

/// See [`super::open_for`].
pub(super) fn open_for<'a>(
    source: &[u8],
    limits: &Limits,
    wanted: impl FnOnce(Size) -> Wanted,
) -> Result<Frames<'a>, Refused> {
    let items = Items::read(source)?;
    let colours = items.primary()?;
    check_still(colours.size, limits)?;
    let turn = turn(&colours);
    let by = Wanted::of_half(wanted, turn.size(colours.size)).shrink();
    match items.alpha_of(&colours)? {
        None if by > 1 => {
            let mut picture = planes::picture(&decoded(&colours)?, colours.coding, by as usize)?;
            to_srgb(&mut picture, &colours);
            Ok(view::smaller(picture, colours.size, by, turn))
        }
        alpha => {
            whole(&items, &colours, alpha.as_ref()).map(|picture| Frames::Still(Some(picture)))
        }
    }
}

fn whole(
    items: &Items<'_>,
    colours: &Item<'_>,
    alpha: Option<&Item<'_>>,
) -> Result<Picture, Refused> {
    let mut picture = planes::picture(&decoded(colours)?, colours.coding, 1)?;
    if let Some(alpha) = alpha {
        if alpha.size != colours.size {
            return Err(Refused::bad("AVIF: transparency of another size"));
        }
        planes::set_alpha(&mut picture, &decoded(alpha)?)?;
        if items.is_premultiplied(colours, alpha) {
            samples::divide_by_alpha(&mut picture);
        }
    }
    to_srgb(&mut picture, colours);
    Ok(turn(colours).applied(picture))
}

fn to_srgb(picture: &mut Picture, item: &Item<'_>) {
    match (item.profile, item.coding) {
        (Some(profile), _) => colour::to_srgb(picture, Some(profile)),
        (None, Some(coding)) => {
            let conversion = Conversion::from_code_points(coding.primaries, coding.transfer);
            if let Some(conversion) = conversion {
                conversion.apply(picture);
            }
        }
        (None, None) => {}
    }
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
fn turn(item: &Item<'_>) -> Turn {
    let quarters = (4 - item.quarter_turns_left % 4) % 4;
    let mut turn = Turn::QUARTERS[usize::from(quarters)];
    match item.mirrored {
        Some(0) => turn.flipped ^= true,
        Some(_) => turn.mirrored ^= true,
        None => {}
    }
    turn
}

#[cfg(test)]
mod tests;
