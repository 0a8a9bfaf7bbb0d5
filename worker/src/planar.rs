//! JPEG to JPEG on the planes that a file stores: luma and chroma, each at its own resolution. No
//! colour is converted and no chroma interpolated, so it costs less than pixels do and loses less.
//!
//! It takes jobs whose operations do the same to each channel of opaque colours, and files that
//! are sound, upright and without a profile that matters; everything else is `None`, and goes
//! through `operations/chain.rs`, with nearly the same result.

pub(crate) mod blur;
mod filter;
mod resize;

pub(crate) use filter::{LANCZOS_LOBES, curve, lanczos3};

use protocol::{Detail, Geometry, Job, Limit, Operation, Phase};

use crate::decode::{self, PlanesWanted, Stored};
use crate::encode::{Settings, planes_to_jpeg};
use crate::operations::{as_resize, crop_area, resize_shrink_wanted, scaling};
use crate::perform::Done;
use crate::picture::{Area, Size};
use crate::progress::Progress;
use crate::refused::Refused;

/// An operation that planes can have done to them.
enum Step {
    /// A Gaussian of that standard deviation, px.
    Blur(f64),
    /// Sizes depend on what comes in.
    Resize(protocol::Resize),
    /// Upside down.
    Flip,
    /// Left and right exchanged.
    Mirror,
    /// A part, which depends on what comes in.
    Crop(protocol::Crop),
}

impl Step {
    fn of(operation: &Operation) -> Option<Self> {
        match operation {
            Operation::Detail(Detail::Blur(blur)) => blur.sigma.map(Self::Blur),
            Operation::Geometry(Geometry::Flip(_)) => Some(Self::Flip),
            Operation::Geometry(Geometry::Mirror(_)) => Some(Self::Mirror),
            Operation::Geometry(Geometry::Crop(crop)) => Some(Self::Crop(*crop)),
            Operation::Geometry(geometry) => as_resize(geometry).map(Self::Resize),
            _ => None,
        }
    }

    /// What is needed of the planes if this comes first. Chroma has `ratio` samples to one of
    /// luma, across and down.
    fn wanted(&self, size: Size, ratio: (usize, usize)) -> Option<PlanesWanted> {
        Some(match self {
            Self::Blur(sigma) => {
                // Sides go on as the outermost samples, and means are not quite those: nobody
                // sees it where the sides are far apart.
                if f64::from(size.width.min(size.height)) < 16.0 * sigma {
                    return Some(PlanesWanted::Smaller(1, 1));
                }
                let coarser = ratio.0.max(ratio.1) as f64;
                PlanesWanted::Smaller(
                    blur::shrink_allowed(*sigma),
                    blur::shrink_allowed(sigma / coarser),
                )
            }
            Self::Resize(resize) => {
                let by = resize_shrink_wanted(resize, size);
                PlanesWanted::Smaller(by, by)
            }
            Self::Flip | Self::Mirror => PlanesWanted::Smaller(1, 1),
            Self::Crop(crop) => PlanesWanted::Part(crop_area(crop, size)?),
        })
    }

    fn result_size(&self, size: Size) -> Size {
        match self {
            Self::Resize(resize) => scaling(resize, size).map_or(size, |scaling| scaling.size),
            Self::Crop(crop) => crop_area(crop, size).map_or(size, Area::size),
            _ => size,
        }
    }

    /// Does it; afterwards planes that were decoded smaller are as large as the picture.
    fn apply(&self, stored: &mut Stored) {
        let Stored { colours, by } = stored;
        let by = std::mem::replace(by, (1, 1));
        let size = colours.size;
        let parts = [((1, 1), by.0), (colours.ratio, by.1), (colours.ratio, by.1)];
        let parts = colours.planes.iter_mut().zip(parts);
        match self {
            Self::Blur(sigma) => {
                let (width, height) = (size.width as usize, size.height as usize);
                for (plane, ((across, down), by)) in parts {
                    let full = (width.div_ceil(across), height.div_ceil(down));
                    let sigma = (sigma / across as f64, sigma / down as f64);
                    let own = std::mem::take(plane);
                    *plane = blur::blurred(own, by as usize, full, sigma);
                }
            }
            Self::Resize(resize) => {
                let Some(scaling) = scaling(resize, size) else {
                    return;
                };
                for (plane, (ratio, by)) in parts {
                    *plane = resize::resized(plane, &scaling, ratio, by, resize.filter);
                }
                colours.size = scaling.size;
            }
            Self::Crop(crop) => {
                let area = crop_area(crop, size);
                colours.cut(area.unwrap_or(Area::all(size)));
            }
            Self::Flip => parts.for_each(|(plane, _)| plane.flip()),
            Self::Mirror => parts.for_each(|(plane, _)| plane.mirror()),
        }
    }
}

/// Does `job`, whose result is a JPEG, to the planes of `source`; `None` if they do not suffice.
pub(crate) fn perform(
    job: &Job,
    settings: &Settings,
    source: &[u8],
    progress: &Progress,
) -> Result<Option<Done>, Refused> {
    let steps: Option<Vec<_>> = job.operations.iter().map(Step::of).collect();
    let Some((steps, ratio)) = steps.zip(settings.planes()) else {
        return Ok(None);
    };
    let wanted = |size| {
        go_together(&steps, size, ratio).then_some(())?;
        match steps.first() {
            Some(step) => step.wanted(size, ratio),
            None => Some(PlanesWanted::Smaller(1, 1)),
        }
    };
    let Some(mut stored) = decode::open_planes(source, &job.limits, ratio, wanted) else {
        return Ok(None);
    };
    progress.at_next_frame();
    progress.enter(Phase::Operations);
    let pixels_max = job.limits.output_pixels_max;
    // A part that is to be kept first is all that was decoded.
    let done = usize::from(matches!(steps.first(), Some(Step::Crop(_))));
    for (index, step) in steps.iter().enumerate().skip(done) {
        progress.at_operation(index);
        let size = step.result_size(stored.colours.size);
        Refused::output_over(Limit::OutputPixels, size.pixels(), pixels_max)?;
        step.apply(&mut stored);
    }
    progress.enter(Phase::Encode);
    let pixels = stored.colours.size.pixels();
    Refused::output_over(Limit::OutputPixels, pixels, pixels_max)?;
    planes_to_jpeg(stored.colours, settings, job.limits.output_bytes_max).map(Some)
}

/// Whether every step finds whole samples of chroma: turned round, a half one would lie beside
/// the luma that it belongs to.
fn go_together(steps: &[Step], mut size: Size, ratio: (usize, usize)) -> bool {
    steps.iter().all(|step| {
        let whole = match step {
            Step::Flip => (size.height as usize).is_multiple_of(ratio.1),
            Step::Mirror => (size.width as usize).is_multiple_of(ratio.0),
            Step::Crop(crop) => crop_area(crop, size).is_some_and(|area| {
                area.left.is_multiple_of(ratio.0) && area.top.is_multiple_of(ratio.1)
            }),
            Step::Blur(_) | Step::Resize(_) => true,
        };
        size = step.result_size(size);
        whole
    })
}

#[cfg(test)]
mod tests;
