//! How single options are read, those that take more than a line.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;

use super::values::{Arguments, SMART, Why, colour, format, wrong};
use super::wanted::{Resizing, Wanted};

pub(super) fn set<T>(place: &mut T, value: Option<T>) -> Result<(), Why> {
    if let Some(value) = value {
        *place = value;
    }
    Ok(())
}

pub(super) fn resizing_type(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
    let Some(text) = given.text(0) else {
        return Ok(());
    };
    let known = Resizing::NAMES.iter().find(|(name, _)| *name == text);
    let names = Resizing::NAMES.map(|(name, _)| name).join(", ");
    wanted.resizing = known
        .ok_or_else(|| wrong(text, &format!("one of {names}")))?
        .1;
    Ok(())
}

pub(super) fn size(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
    set(&mut wanted.width, given.whole(0)?)?;
    set(&mut wanted.height, given.whole(1)?)?;
    set(&mut wanted.enlarge, given.flag(2)?)?;
    extend(&mut wanted.extend, given.from(3))
}

pub(super) fn extend(place: &mut Option<&'static str>, given: Arguments<'_>) -> Result<(), Why> {
    let Some(switch) = given.flag(0)? else {
        return Ok(());
    };
    let gravity = given.from(1).gravity()?.unwrap_or("center");
    if gravity == SMART {
        return Err("has the gravity sm, which is for what is cut off".to_owned());
    }
    *place = switch.then_some(gravity);
    Ok(())
}

pub(super) fn crop(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
    let side = |at| {
        let side = given.number(at)?.unwrap_or_default();
        match side > 0.0 && side < 1.0 {
            true => Err(
                "has a side of less than 1, a part of the source, which is not served here"
                    .to_owned(),
            ),
            false => Ok(side.round() as u32),
        }
    };
    wanted.crop = (side(0)?, side(1)?, given.from(2).gravity()?);
    Ok(())
}

pub(super) fn trim(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
    for at in 2..=3 {
        if given.flag(at)? == Some(true) {
            return Err("has equal_hor or equal_ver, which are not served here".to_owned());
        }
    }
    let colour = given.text(1).map(colour).transpose()?;
    let tolerance = given.number(0)?.unwrap_or(10.0).round();
    wanted.trim = Some((tolerance as u32, colour));
    Ok(())
}

pub(super) fn padding(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
    let top = given.whole(0)?.unwrap_or_default();
    let right = given.whole(1)?.unwrap_or(top);
    let bottom = given.whole(2)?.unwrap_or(top);
    let left = given.whole(3)?.unwrap_or(right);
    wanted.padding = [top, right, bottom, left];
    Ok(())
}

pub(super) fn background(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
    wanted.background = match (given.text(0), given.text(1)) {
        (None, _) => None,
        (Some(hex), None) => Some(colour(hex)?),
        (Some(_), Some(_)) => {
            let channel = |at| match given.whole(at)? {
                Some(value @ 0..=255) => Ok(format!("{value:02x}")),
                _ => Err("must be three numbers from 0 to 255, or hexadecimal digits".to_owned()),
            };
            Some([channel(0)?, channel(1)?, channel(2)?].concat())
        }
    };
    Ok(())
}

pub(super) fn format_quality(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
    let texts: Vec<_> = given.all().collect();
    for pair in texts.chunks(2) {
        let (&[name, quality], format) = (pair, format(pair[0])?) else {
            return Err(format!("has no quality for {:?}", protocol::clip(pair[0])));
        };
        let quality = quality
            .parse()
            .map_err(|_| wrong(name, "followed by a whole number"))?;
        wanted.format_quality.push((format, percent(quality)?));
    }
    Ok(())
}

pub(super) fn percent(quality: u32) -> Result<u32, Why> {
    match quality {
        0..=100 => Ok(quality),
        _ => Err(wrong(
            &quality.to_string(),
            "from 1 to 100, or 0 for the default",
        )),
    }
}

pub(super) fn positive(factor: Option<f64>) -> Result<Option<f64>, Why> {
    match factor {
        Some(factor) if factor <= 0.0 => Err(wrong(&factor.to_string(), "greater than 0")),
        factor => Ok(factor),
    }
}

pub(super) fn filename(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
    let Some(text) = given.text(0) else {
        return Ok(());
    };
    let name = match given.flag(1)? {
        Some(true) => {
            let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
            bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok())
        }
        _ => percent_decode_str(text).decode_utf8().ok().map(Into::into),
    };
    let fine = |name: &String| {
        name.len() <= 255 && !name.contains(|c: char| c.is_control() || c == '/' || c == '\\')
    };
    let name = name.filter(fine);
    wanted.filename =
        Some(name.ok_or_else(|| wrong(text, "a file name of at most 255 bytes, without slashes"))?);
    Ok(())
}

/// An option about what cannot be chosen here: only the one value is taken.
pub(super) fn always(given: Arguments<'_>, what: bool, why: &str) -> Result<(), Why> {
    match given.flag(0)? {
        Some(given) if given != what => Err(format!("cannot be {given} here: {why}")),
        _ => Ok(()),
    }
}
