//! Resize: to a box, keeping the aspect ratio or not, on premultiplied colours.
//!
//! One side after the other, the shrinking one first, because the pixels in between would
//! otherwise exceed both pictures: 7000 × 7000 to 32768 × 1 takes 900 MB in one go.

mod axis;
mod parts;
mod shrunk;

use fast_image_resize::images::Image;
use fast_image_resize::{
    Filter as Curve, FilterType, MulDiv, PixelType, ResizeAlg, ResizeOptions, Resizer,
};
use protocol::{Filter, Fit, Gravity, Resize};

use super::canvas::{self, Laid};
use crate::operations::{Effect, Prepare};
use crate::picture::{Area, Picture, Size};
use crate::planar::{LANCZOS_LOBES, lanczos3};
use crate::refused::Refused;
pub(super) use parts::Resized;
pub(super) use shrunk::OfShrunk;
pub(crate) use shrunk::shrink_wanted;

impl Prepare for Resize {
    fn prepare<'a>(&'a self, first: &Picture) -> Box<dyn Effect + 'a> {
        Box::new(Resized::new(*self, first.size))
    }
}

/// The size that a picture of `size` will have afterwards.
fn result_size(resize: &Resize, size: Size) -> Size {
    let plan = plan(resize, size);
    plan.canvas.unwrap_or(plan.scaled)
}

fn carried_out(resize: &Resize, picture: Picture, plan: &Plan) -> Result<Picture, Refused> {
    let scaled = scaled(picture, plan, resize.filter)?;
    Ok(match laid(resize, plan) {
        Some(laid) => laid.part(scaled, Area::all(laid.size)),
        None => scaled,
    })
}

/// On which canvas the scaled picture lies, if on any.
fn laid(resize: &Resize, plan: &Plan) -> Option<Laid> {
    let size = plan.canvas?;
    let at = canvas::start(resize.gravity, size, plan.scaled);
    Some(Laid::new(size, plan.scaled, at, resize.background))
}

/// To that size by plain means: for what is looked at by ourselves only, or shrunk to little.
pub(in crate::operations) fn quickly(picture: Picture, size: Size) -> Result<Picture, Refused> {
    exactly(picture, size, Filter::Box)
}

/// To that size, as good as can be.
pub(in crate::operations) fn smoothly(picture: Picture, size: Size) -> Result<Picture, Refused> {
    exactly(picture, size, Filter::CatmullRom)
}

fn exactly(picture: Picture, size: Size, filter: Filter) -> Result<Picture, Refused> {
    let plan = Plan {
        kept: Kept::all(picture.size),
        scaled: size,
        canvas: None,
    };
    scaled(picture, &plan, filter)
}

/// What is to be done to a picture of one size.
struct Plan {
    kept: Kept,
    /// What becomes of it.
    scaled: Size,
    /// What that is laid on, if not everything.
    canvas: Option<Size>,
}

/// The part of the source that is scaled, px: a start and a length for each direction.
#[derive(Clone, Copy, PartialEq)]
struct Kept {
    x: (f64, f64),
    y: (f64, f64),
}

impl Kept {
    fn all(size: Size) -> Self {
        Self {
            x: (0.0, size.width.into()),
            y: (0.0, size.height.into()),
        }
    }
}

fn plan(resize: &Resize, size: Size) -> Plan {
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let enlarge = resize.enlarge && resize.fit != Fit::Inside;
    let at_most = |own: u32, side: u32| if enlarge { side } else { side.min(own) };
    let by = |scale: f64| {
        let scale = if enlarge { scale } else { scale.min(1.0) };
        let side = |side: f64| (side * scale).round().max(1.0) as u32;
        Size::new(side(width), side(height))
    };
    let kept = Kept::all(size);
    let whole = |scaled| Plan {
        kept,
        scaled,
        canvas: None,
    };
    let (w, h) = match (resize.width, resize.height) {
        (Some(w), Some(h)) => (w, h),
        (Some(w), None) => return whole(by(f64::from(w) / width)),
        (None, Some(h)) => return whole(by(f64::from(h) / height)),
        (None, None) => return whole(size),
    };
    let (across, down) = (f64::from(w) / width, f64::from(h) / height);
    match resize.fit {
        Fit::Fit | Fit::Inside => whole(by(across.min(down))),
        Fit::Fill => whole(by(across.max(down))),
        Fit::Stretch => whole(Size::new(at_most(size.width, w), at_most(size.height, h))),
        Fit::Contain => Plan {
            canvas: Some(Size::new(w, h)),
            ..whole(by(across.min(down)))
        },
        Fit::Cover => {
            let scaled = Size::new(at_most(size.width, w), at_most(size.height, h));
            Plan {
                kept: covering(size, scaled, resize.gravity),
                ..whole(scaled)
            }
        }
    }
}

/// The part of a picture that has the aspect ratio of `target`.
fn covering(size: Size, target: Size, gravity: Gravity) -> Kept {
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let ratio = f64::from(target.width) / f64::from(target.height);
    let (kept_width, kept_height) = (width.min(height * ratio), height.min(width / ratio));
    let (across, down) = canvas::halves(gravity);
    Kept {
        x: ((width - kept_width) * f64::from(across) / 2.0, kept_width),
        y: ((height - kept_height) * f64::from(down) / 2.0, kept_height),
    }
}

fn scaled(picture: Picture, plan: &Plan, filter: Filter) -> Result<Picture, Refused> {
    let passes = plan.passes(picture.size);
    convolved(picture, &passes, filter)
        .map_err(|error| Refused::bug(format!("resize to {:?}: {error}", plan.scaled)))
}

/// A resize in numbers, for who carries it out on other things than pixels.
pub(crate) struct Scaling {
    /// What becomes of it.
    pub(crate) size: Size,
    /// The part of the source that is scaled, px: a start and a length.
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
}

/// What `resize`, which lays nothing on a canvas, does to a picture of `size`; `None` if it
/// leaves it as it is.
pub(crate) fn scaling(resize: &Resize, size: Size) -> Option<Scaling> {
    let Plan { kept, scaled, .. } = plan(resize, size);
    let same = scaled == size && kept == Kept::all(size);
    let (x, y) = (kept.x, kept.y);
    (!same).then_some(Scaling { size: scaled, x, y })
}

type Fault = Box<dyn std::error::Error>;

/// What is done in one direction.
struct Pass {
    /// px of the result.
    count: u32,
    /// What of the picture is scaled, px: a start and a length.
    kept: (f64, f64),
}

/// What is done in each direction, if anything.
struct Passes {
    across: Option<Pass>,
    down: Option<Pass>,
    down_first: bool,
}

impl Plan {
    /// For a picture of `size`.
    fn passes(&self, size: Size) -> Passes {
        let pass = |own: u32, count: u32, kept: (f64, f64)| {
            let all = own == count && kept.1 == f64::from(own);
            (!all).then_some(Pass { count, kept })
        };
        Passes {
            across: pass(size.width, self.scaled.width, self.kept.x),
            down: pass(size.height, self.scaled.height, self.kept.y),
            down_first: self.scaled.width > size.width,
        }
    }
}

fn convolved(picture: Picture, passes: &Passes, filter: Filter) -> Result<Picture, Fault> {
    let Passes { across, down, .. } = passes;
    if across.is_none() && down.is_none() {
        return Ok(picture);
    }
    let Size { width, height } = picture.size;
    let mut image = Image::from_vec_u8(width, height, picture.pixels, PixelType::U8x4)?;
    let blends = filter != Filter::Nearest;
    if blends {
        MulDiv::new().multiply_alpha_inplace(&mut image)?;
    }
    let options = options(filter)?;
    let go_across = |image| resampled_across(image, across.as_ref(), options);
    let go_down = |image| resampled_down(image, down.as_ref(), options);
    image = match passes.down_first {
        true => go_across(go_down(image)?)?,
        false => go_down(go_across(image)?)?,
    };
    if blends {
        MulDiv::new().divide_alpha_inplace(&mut image)?;
    }
    Ok(Picture {
        size: Size::new(image.width(), image.height()),
        pixels: image.into_vec(),
    })
}

fn resampled_across<'a>(
    image: Image<'a>,
    pass: Option<&Pass>,
    options: ResizeOptions,
) -> Result<Image<'a>, Fault> {
    let Some(Pass { count, kept }) = pass else {
        return Ok(image);
    };
    let height = image.height();
    let options = options.crop(kept.0, 0.0, kept.1, height.into());
    resampled(&image, *count, height, &options)
}

fn resampled_down<'a>(
    image: Image<'a>,
    pass: Option<&Pass>,
    options: ResizeOptions,
) -> Result<Image<'a>, Fault> {
    let Some(Pass { count, kept }) = pass else {
        return Ok(image);
    };
    let width = image.width();
    let options = options.crop(0.0, kept.0, width.into(), kept.1);
    resampled(&image, width, *count, &options)
}

fn resampled<'a>(
    image: &Image<'_>,
    width: u32,
    height: u32,
    options: &ResizeOptions,
) -> Result<Image<'a>, Fault> {
    let mut result = Image::new(width, height, PixelType::U8x4);
    Resizer::new().resize(image, &mut result, options)?;
    Ok(result)
}

fn options(filter: Filter) -> Result<ResizeOptions, Fault> {
    let algorithm = match filter {
        Filter::Nearest => ResizeAlg::Nearest,
        Filter::Box => ResizeAlg::Convolution(FilterType::Box),
        Filter::Bilinear => ResizeAlg::Convolution(FilterType::Bilinear),
        Filter::Hamming => ResizeAlg::Convolution(FilterType::Hamming),
        Filter::CatmullRom => ResizeAlg::Convolution(FilterType::CatmullRom),
        Filter::Mitchell => ResizeAlg::Convolution(FilterType::Mitchell),
        Filter::Lanczos3 => {
            let quick = Curve::new("Lanczos3", lanczos3, LANCZOS_LOBES)?;
            ResizeAlg::Convolution(FilterType::Custom(quick))
        }
    };
    Ok(ResizeOptions::new().resize_alg(algorithm).use_alpha(false))
}

#[cfg(test)]
mod tests;
