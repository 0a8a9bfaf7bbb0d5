//! Every option that imgproxy documents, by all its names: how it is read, or why it is not.

use super::reading::*;
use super::values::{Arguments, Why, format, wrong};
use super::wanted::Wanted;

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
        &["min-width", "min_width", "mw"],
        Lacks("is not served here: no operation enlarges up to a least size"),
    ),
    option(
        &["min-height", "min_height", "mh"],
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
        &["skip_processing", "skp", "sp"],
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
    option(&["max_result_dimension", "mrd"], Lacks(SETTINGS)),
    option(&["max_src_resolution", "msr"], Lacks(SETTINGS)),
    option(&["max_src_file_size", "msfs"], Lacks(SETTINGS)),
    option(&["max_animation_frames", "maf"], Lacks(SETTINGS)),
    option(&["max_animation_frame_resolution", "mafr"], Lacks(SETTINGS)),
];
