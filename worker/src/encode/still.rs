//! One picture to a format that holds one, and the search for the best quality that a byte
//! budget allows. Size falls with quality, nearly always; where it does not, the search still
//! ends with something that fits.

use std::io::Write;

use protocol::{Limit, OutputFormat, Traded};

use super::bounded::Bounded;
use super::settings::Settings;
use super::{avif, jpeg, png, webp};
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// A picture that is ready to be encoded, more than once if need be.
enum Ready {
    Jpeg(jpeg::Opaque),
    Webp(Picture),
    Avif(Picture),
}

/// Encodes `picture`; the second value is what was given up for the budget.
pub(super) fn encode(
    picture: Picture,
    format: OutputFormat,
    settings: &Settings,
    bytes_max: u64,
) -> Result<(Bounded, Option<Traded>), Refused> {
    let side_max = match format {
        OutputFormat::Webp => webp::SIDE_MAX,
        _ => u16::MAX.into(),
    };
    if !matches!(format, OutputFormat::Png | OutputFormat::Apng) {
        check_side(picture.size, side_max)?;
    }
    let ready = match format {
        OutputFormat::Jpeg => Ready::Jpeg(jpeg::Opaque::new(picture, settings)),
        OutputFormat::Webp => Ready::Webp(picture),
        OutputFormat::Avif => Ready::Avif(picture),
        OutputFormat::Png | OutputFormat::Apng | OutputFormat::Gif => {
            let mut bytes = Bounded::new(bytes_max);
            png::encode(picture, settings.compression, &mut bytes)?;
            return match settings.budget {
                Some(budget) if bytes.written() > budget => Err(hopeless(bytes.written(), budget)),
                _ => Ok((bytes, None)),
            };
        }
    };
    let bytes = ready.encode(settings.quality, settings, bytes_max)?;
    let Some(budget) = settings.budget.filter(|budget| bytes.written() > *budget) else {
        return Ok((bytes, None));
    };
    if matches!(ready, Ready::Webp(_)) && settings.lossless {
        return Err(hopeless(bytes.written(), budget));
    }
    drop(bytes);
    search(&ready, settings, budget, bytes_max)
}

/// Halves the range of qualities below the one asked for until the best is found that fits.
fn search(
    ready: &Ready,
    settings: &Settings,
    budget: u64,
    bytes_max: u64,
) -> Result<(Bounded, Option<Traded>), Refused> {
    let (mut low, mut high) = (1, settings.quality);
    let mut found = None;
    let mut least = u64::MAX;
    while low < high {
        let quality = low + (high - low) / 2;
        let bytes = ready.encode(quality, settings, bytes_max)?;
        least = least.min(bytes.written());
        if bytes.written() <= budget {
            found = Some((bytes, quality));
            low = quality + 1;
        } else {
            high = quality;
        }
    }
    let Some((bytes, quality)) = found else {
        let tried = format!("quality down to 1 (asked for: {})", settings.quality);
        return Err(over_budget(least, budget, &tried));
    };
    let traded = Traded {
        quality: Some(quality),
        ..Traded::default()
    };
    Ok((bytes, Some(traded)))
}

impl Ready {
    fn encode(&self, quality: u8, settings: &Settings, max: u64) -> Result<Bounded, Refused> {
        let mut bytes = Bounded::new(max);
        match self {
            Self::Jpeg(opaque) => opaque.encode(quality, settings, &mut bytes)?,
            Self::Webp(picture) => {
                let size = picture.size;
                let coded = webp::encode(&picture.pixels, size, quality, settings)?;
                keep(&coded, &mut bytes)?;
            }
            Self::Avif(picture) => keep(&avif::encode(picture, quality, settings)?, &mut bytes)?,
        }
        Ok(bytes)
    }
}

fn hopeless(least: u64, budget: u64) -> Refused {
    let tried = "nothing: a still of this format has no quality to give up";
    over_budget(least, budget, tried)
}

fn keep(coded: &[u8], bytes: &mut Bounded) -> Result<(), Refused> {
    bytes.write_all(coded).map_err(Refused::bug)
}

/// Refuses a picture that a format's header cannot name the size of.
pub(super) fn check_side(size: Size, max: u32) -> Result<(), Refused> {
    let side = size.width.max(size.height);
    Refused::output_over(Limit::OutputSide, side.into(), max.into())
}

/// The refusal of a result that no trade makes small enough.
pub(super) fn over_budget(least: u64, budget: u64, tried: &str) -> Refused {
    match Refused::output_over(Limit::MaxBytes, least, budget) {
        Err(refused) => Refused {
            detail: tried.to_owned(),
            ..refused
        },
        Ok(()) => Refused::bug("a result over its budget that is not over it"),
    }
}
