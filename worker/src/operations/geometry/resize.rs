//! Resize: to a box, keeping the aspect ratio or not, on premultiplied colours.
//!
//! One side after the other, the shrinking one first, because the pixels in between would
//! otherwise exceed both pictures: 7000 × 7000 to 32768 × 1 takes 900 MB in one go.

mod shrunk;

use fast_image_resize::images::Image;
use fast_image_resize::{
    Filter as Curve, FilterType, MulDiv, PixelType, ResizeAlg, ResizeOptions, Resizer,
};
use protocol::{Filter, Fit, Gravity, Resize};

use super::canvas;
use crate::operations::Effect;
use crate::operations::compose;
use crate::picture::{Picture, Size};
use crate::planar::{LANCZOS_LOBES, lanczos3};
use crate::refused::Refused;
pub(super) use shrunk::OfShrunk;
pub(crate) use shrunk::shrink_wanted;

impl Effect for Resize {
    fn result_size(&self, size: Size) -> Size {
        let plan = plan(self, size);
        plan.canvas.unwrap_or(plan.scaled)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let plan = plan(self, picture.size);
        carried_out(self, picture, &plan)
    }
}

fn carried_out(resize: &Resize, picture: Picture, plan: &Plan) -> Result<Picture, Refused> {
    let scaled = scaled(picture, plan, resize.filter)?;
    let Some(size) = plan.canvas else {
        return Ok(scaled);
    };
    let at = canvas::start(resize.gravity, size, scaled.size);
    Ok(compose::on_canvas(scaled, size, at, resize.background))
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
    let size = plan.scaled;
    if size == picture.size && plan.kept == Kept::all(size) {
        return Ok(picture);
    }
    convolved(picture, plan, filter)
        .map_err(|error| Refused::bug(format!("resize to {size:?}: {error}")))
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

fn convolved(picture: Picture, plan: &Plan, filter: Filter) -> Result<Picture, Fault> {
    let Size { width, height } = picture.size;
    let (size, kept) = (plan.scaled, plan.kept);
    let mut image = Image::from_vec_u8(width, height, picture.pixels, PixelType::U8x4)?;
    let blends = filter != Filter::Nearest;
    if blends {
        MulDiv::new().multiply_alpha_inplace(&mut image)?;
    }
    if size.width <= width {
        image = across(image, size.width, kept.x, filter)?;
        image = down(image, size.height, kept.y, filter)?;
    } else {
        image = down(image, size.height, kept.y, filter)?;
        image = across(image, size.width, kept.x, filter)?;
    }
    if blends {
        MulDiv::new().divide_alpha_inplace(&mut image)?;
    }
    Ok(Picture {
        size,
        pixels: image.into_vec(),
    })
}

fn across(
    image: Image<'_>,
    width: u32,
    kept: (f64, f64),
    filter: Filter,
) -> Result<Image<'_>, Fault> {
    let height = image.height();
    if image.width() == width && kept.1 == f64::from(width) {
        return Ok(image);
    }
    let options = options(filter)?.crop(kept.0, 0.0, kept.1, height.into());
    resampled(&image, width, height, &options)
}

fn down(
    image: Image<'_>,
    height: u32,
    kept: (f64, f64),
    filter: Filter,
) -> Result<Image<'_>, Fault> {
    let width = image.width();
    if image.height() == height && kept.1 == f64::from(height) {
        return Ok(image);
    }
    let options = options(filter)?.crop(0.0, kept.0, width.into(), kept.1);
    resampled(&image, width, height, &options)
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
