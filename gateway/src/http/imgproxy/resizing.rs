//! Size and outline of the result: crop before resizing, the five ways to resize, and what is put
//! around. Each step with the option that it comes from.

use super::Unmet;
use super::wanted::{Resizing, Wanted};

type Step = (&'static str, String);

fn unmet(option: &str, why: &str) -> Unmet {
    Unmet {
        option: option.to_owned(),
        why: why.to_owned(),
    }
}

/// ` width=…:height=…`, of those that are given.
fn sides((width, height): (u32, u32)) -> String {
    let sides = [("width", width), ("height", height)];
    let given = sides.iter().filter(|(_, side)| *side > 0);
    given
        .map(|(name, side)| format!(":{name}={side}"))
        .collect()
}

/// The part that is taken before anything is resized.
pub(super) fn crop(wanted: &Wanted) -> Option<Step> {
    let (width, height, gravity) = wanted.crop;
    let gravity = gravity.unwrap_or(wanted.gravity);
    let box_of = sides((width, height));
    (!box_of.is_empty()).then(|| ("crop", format!("crop{box_of}:gravity={gravity}")))
}

/// Width and height in pixels of the result, 0 for one that is not given.
fn target(wanted: &Wanted) -> Result<(u32, u32), Unmet> {
    let factor = wanted.zoom * wanted.dpr;
    if wanted.width == 0 && wanted.height == 0 && factor != 1.0 {
        let option = if wanted.zoom == 1.0 { "dpr" } else { "zoom" };
        let why = "needs width or height here: no operation resizes by a factor";
        return Err(unmet(option, why));
    }
    let scaled = |side: u32| (f64::from(side) * factor).round() as u32;
    Ok((scaled(wanted.width), scaled(wanted.height)))
}

pub(super) fn resize(wanted: &Wanted) -> Result<Vec<Step>, Unmet> {
    let (width, height) = target(wanted)?;
    if width == 0 && height == 0 {
        return Ok(Vec::new());
    }
    let enlarge = wanted.enlarge;
    let both = width > 0 && height > 0;
    let to = |fit| {
        let sides = sides((width, height));
        (
            "resize",
            format!("resize{sides}:fit={fit}:enlarge={enlarge}"),
        )
    };
    let gravity = wanted.gravity;
    // What covers the box without being cut: what is too much goes next. So a picture that is too
    // small is only cut where it reaches out.
    let cut = ("gravity", format!("crop:{width}:{height}:{gravity}"));
    let to_ratio = (
        "gravity",
        format!("crop:aspect={width}/{height}:gravity={gravity}"),
    );
    match wanted.resizing {
        Resizing::Force if !both => Err(unmet(
            "resizing_type",
            "needs width and height with force: no operation changes one side alone",
        )),
        Resizing::Auto if both => Err(unmet(
            "resizing_type",
            "is auto with width and height, which is not served here: say fill or fit",
        )),
        Resizing::Force => Ok(vec![to("stretch")]),
        Resizing::Fill if both => Ok(vec![to("fill"), cut]),
        Resizing::FillDown if both => Ok(vec![to("fill"), cut, to_ratio]),
        _ => Ok(vec![to("fit")]),
    }
}

/// What is put around the result; it is transparent until a background is laid under all.
pub(super) fn extend(wanted: &Wanted) -> Result<Vec<Step>, Unmet> {
    let (width, height) = target(wanted)?;
    let mut steps = Vec::new();
    if let Some(gravity) = wanted.extend {
        let canvas = sides((width, height));
        if !canvas.is_empty() {
            steps.push(("extend", format!("pad{canvas}:gravity={gravity}")));
        }
    }
    if let Some(gravity) = wanted.extend_ratio {
        if width == 0 || height == 0 {
            return Err(unmet("extend_aspect_ratio", "needs width and height"));
        }
        let ratio = format!("pad:aspect={width}/{height}:gravity={gravity}");
        steps.push(("extend_aspect_ratio", ratio));
    }
    let padding = wanted
        .padding
        .map(|side| (f64::from(side) * wanted.dpr).round());
    if padding.iter().any(|side| *side > 0.0) {
        let padding = padding.map(|side| side.to_string()).join(":");
        steps.push(("padding", format!("extend:{padding}")));
    }
    Ok(steps)
}
