//! Every option that imgproxy documents, by all its names: how it is read, or why it is not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;

use super::values::{Arguments, SMART, Why, colour, format, wrong};
use super::wanted::{Resizing, Wanted};

/// One option.
pub(super) struct OptionSpec {
    /// The long name first.
    pub(super) names: &'static [&'static str],
    pub(super) does: Does,
}

/// What becomes of an option.
pub(super) enum Does {
    /// Read, with at most so many arguments.
    Reads(usize, fn(&mut Wanted, Arguments<'_>) -> Result<(), Why>),
    /// It names presets.
    Presets,
    /// Refused, for this reason.
    Lacks(&'static str),
}

use Does::{Lacks, Presets, Reads};

const fn option(names: &'static [&'static str], does: Does) -> OptionSpec {
    OptionSpec { names, does }
}

const SETTINGS: &str = "is not served here: limits are the operator's to set";

/// The options of the open-source edition, in the order of its documentation.
pub(super) static OPTIONS: &[OptionSpec] = &[
    option(
        &["resize", "rs"],
        Reads(7, |wanted, given| {
            resizing_type(wanted, given)?;
            size(wanted, given.from(1))
        }),
    ),
    option(&["size", "s"], Reads(6, size)),
    option(&["resizing_type", "rt"], Reads(1, resizing_type)),
    option(
        &["width", "w"],
        Reads(1, |wanted, given| set(&mut wanted.width, given.whole(0)?)),
    ),
    option(
        &["height", "h"],
        Reads(1, |wanted, given| set(&mut wanted.height, given.whole(0)?)),
    ),
    option(
        &["min-width", "mw"],
        Lacks("is not served here: no operation enlarges up to a least size"),
    ),
    option(
        &["min-height", "mh"],
        Lacks("is not served here: no operation enlarges up to a least size"),
    ),
    option(
        &["zoom", "z"],
        Reads(2, |wanted, given| {
            let zoom = given.number(0)?;
            if given.number(1)?.is_some_and(|other| Some(other) != zoom) {
                return Err(
                    "has two factors, which are not served here: only equal ones are".to_owned(),
                );
            }
            set(&mut wanted.zoom, positive(zoom)?)
        }),
    ),
    option(
        &["dpr"],
        Reads(1, |wanted, given| {
            set(&mut wanted.dpr, positive(given.number(0)?)?)
        }),
    ),
    option(
        &["enlarge", "el"],
        Reads(1, |wanted, given| set(&mut wanted.enlarge, given.flag(0)?)),
    ),
    option(
        &["extend", "ex"],
        Reads(4, |wanted, given| extend(&mut wanted.extend, given)),
    ),
    option(
        &["extend_aspect_ratio", "extend_ar", "exar"],
        Reads(4, |wanted, given| extend(&mut wanted.extend_ratio, given)),
    ),
    option(
        &["gravity", "g"],
        Reads(3, |wanted, given| {
            set(&mut wanted.gravity, given.gravity()?)
        }),
    ),
    option(&["crop", "c"], Reads(5, crop)),
    option(&["trim", "t"], Reads(4, trim)),
    option(&["padding", "pd"], Reads(4, padding)),
    option(
        &["auto_rotate", "ar"],
        Reads(1, |_, given| {
            always(given, true, "pictures are turned upright in any case")
        }),
    ),
    option(
        &["rotate", "rot"],
        Reads(1, |wanted, given| match given.whole(0)? {
            Some(degrees) if degrees % 90 != 0 => {
                Err(wrong(&degrees.to_string(), "a multiple of 90"))
            }
            degrees => set(&mut wanted.degrees, degrees.map(|degrees| degrees % 360)),
        }),
    ),
    option(
        &["flip", "fl"],
        Reads(2, |wanted, given| {
            set(&mut wanted.mirror, given.flag(0)?)?;
            set(&mut wanted.flip, given.flag(1)?)
        }),
    ),
    option(&["background", "bg"], Reads(3, background)),
    option(
        &["blur", "bl"],
        Reads(1, |wanted, given| set(&mut wanted.blur, given.number(0)?)),
    ),
    option(
        &["sharpen", "sh"],
        Reads(1, |wanted, given| {
            set(&mut wanted.sharpen, given.number(0)?)
        }),
    ),
    option(
        &["pixelate", "pix"],
        Reads(1, |wanted, given| {
            set(&mut wanted.pixelate, given.whole(0)?)
        }),
    ),
    option(
        &["watermark", "wm"],
        Lacks("is not served here: there is no picture to lay on; /v1/process has overlay"),
    ),
    option(
        &["strip_metadata", "sm"],
        Reads(1, |_, given| {
            always(given, true, "metadata are left out in any case")
        }),
    ),
    option(
        &["keep_copyright", "kcr"],
        Reads(1, |_, given| {
            always(given, false, "metadata are left out in any case")
        }),
    ),
    option(
        &["strip_color_profile", "scp"],
        Reads(1, |_, given| {
            always(given, true, "colours become sRGB in any case")
        }),
    ),
    option(
        &["enforce_thumbnail", "eth"],
        Reads(1, |_, given| {
            always(given, false, "the picture itself is taken in any case")
        }),
    ),
    option(
        &["quality", "q"],
        Reads(1, |wanted, given| {
            set(
                &mut wanted.quality,
                given.whole(0)?.map(percent).transpose()?,
            )
        }),
    ),
    option(&["format_quality", "fq"], Reads(10, format_quality)),
    option(
        &["max_bytes", "mb"],
        Reads(1, |wanted, given| match given.whole(0)? {
            Some(bytes) if bytes > 1 << 30 => Err(wrong(&bytes.to_string(), "at most 1073741824")),
            bytes => set(&mut wanted.max_bytes, bytes),
        }),
    ),
    option(
        &["format", "f", "ext"],
        Reads(1, |wanted, given| {
            let format = given.text(0).map(format).transpose()?;
            wanted.format = format.or(wanted.format);
            Ok(())
        }),
    ),
    option(
        &["skip_processing", "skp"],
        Lacks("is not served here: every picture is decoded and encoded"),
    ),
    option(
        &["raw"],
        Reads(1, |_, given| {
            always(given, false, "every picture is decoded and encoded")
        }),
    ),
    option(&["cachebuster", "cb"], Reads(1, |_, _| Ok(()))),
    option(
        &["expires", "exp"],
        Reads(1, |wanted, given| {
            let at = |text: &str| text.parse().map_err(|_| wrong(text, "unix seconds"));
            wanted.expires = given.text(0).map(at).transpose()?.or(wanted.expires);
            Ok(())
        }),
    ),
    option(&["filename", "fn"], Reads(2, filename)),
    option(
        &["return_attachment", "att"],
        Reads(1, |wanted, given| {
            wanted.attachment = given.flag(0)?.or(wanted.attachment);
            Ok(())
        }),
    ),
    option(&["preset", "pr"], Presets),
    option(&["max_src_resolution", "msr"], Lacks(SETTINGS)),
    option(&["max_src_file_size", "msfs"], Lacks(SETTINGS)),
    option(&["max_animation_frames", "maf"], Lacks(SETTINGS)),
    option(&["max_animation_frame_resolution", "mafr"], Lacks(SETTINGS)),
];

/// What only the commercial edition has.
pub(super) static PRO: &[&str] = &[
    "resizing_algorithm",
    "ra",
    "background_alpha",
    "bga",
    "adjust",
    "a",
    "brightness",
    "br",
    "contrast",
    "co",
    "saturation",
    "sa",
    "unsharp_masking",
    "unsharpening",
    "ush",
    "blur_detections",
    "bd",
    "draw_detections",
    "dd",
    "gradient",
    "gr",
    "watermark_url",
    "wmu",
    "watermark_text",
    "wmt",
    "watermark_size",
    "wms",
    "watermark_shadow",
    "wmsh",
    "style",
    "st",
    "dpi",
    "autoquality",
    "aq",
    "jpeg_options",
    "jpgo",
    "png_options",
    "pngo",
    "webp_options",
    "webpo",
    "page",
    "pg",
    "pages",
    "pgs",
    "disable_animation",
    "da",
    "video_thumbnail_second",
    "vts",
    "video_thumbnail_keyframes",
    "vtk",
    "video_thumbnail_tile",
    "vtt",
    "fallback_image_url",
    "fiu",
    "hashsum",
    "hs",
];

fn set<T>(place: &mut T, value: Option<T>) -> Result<(), Why> {
    if let Some(value) = value {
        *place = value;
    }
    Ok(())
}

fn resizing_type(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
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

fn size(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
    set(&mut wanted.width, given.whole(0)?)?;
    set(&mut wanted.height, given.whole(1)?)?;
    set(&mut wanted.enlarge, given.flag(2)?)?;
    extend(&mut wanted.extend, given.from(3))
}

fn extend(place: &mut Option<&'static str>, given: Arguments<'_>) -> Result<(), Why> {
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

fn crop(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
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

fn trim(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
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

fn padding(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
    let top = given.whole(0)?.unwrap_or_default();
    let right = given.whole(1)?.unwrap_or(top);
    let bottom = given.whole(2)?.unwrap_or(top);
    let left = given.whole(3)?.unwrap_or(right);
    wanted.padding = [top, right, bottom, left];
    Ok(())
}

fn background(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
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

fn format_quality(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
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

fn percent(quality: u32) -> Result<u32, Why> {
    match quality {
        0..=100 => Ok(quality),
        _ => Err(wrong(
            &quality.to_string(),
            "from 1 to 100, or 0 for the default",
        )),
    }
}

fn positive(factor: Option<f64>) -> Result<Option<f64>, Why> {
    match factor {
        Some(factor) if factor <= 0.0 => Err(wrong(&factor.to_string(), "greater than 0")),
        factor => Ok(factor),
    }
}

fn filename(wanted: &mut Wanted, given: Arguments<'_>) -> Result<(), Why> {
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
fn always(given: Arguments<'_>, what: bool, why: &str) -> Result<(), Why> {
    match given.flag(0)? {
        Some(given) if given != what => Err(format!("cannot be {given} here: {why}")),
        _ => Ok(()),
    }
}
