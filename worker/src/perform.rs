//! One job from source bytes to result bytes. Frames are pulled through one at a time, so
//! memory is bounded by a few canvases however long the animation is. A result that is over
//! the caller's byte budget is made again, from the source, with something given up.

use protocol::{Job, Limit, Limits, OutputFormat, Phase, Traded};

use crate::decode;
use crate::encode::budget::{self, Stop};
use crate::encode::reduce::Reduction;
use crate::encode::{Encoder, Settings};
use crate::operations::{self, Reel as _};
use crate::picture::{Patch, Picture};
use crate::planar;
use crate::progress::Progress;
use crate::recolour::recolour;
use crate::refused::Refused;

/// A finished job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Format of `bytes`.
    pub format: OutputFormat,
    /// Width of the result, px.
    pub width: u32,
    /// Height of the result, px.
    pub height: u32,
    /// Frames of the result.
    pub frames: u32,
    /// What was given up for a byte budget.
    pub traded: Option<Traded>,
    /// The encoded result.
    pub bytes: Vec<u8>,
}

/// Does `job` to the pictures in `body`, noting in `progress` where it is.
///
/// # Errors
/// When a picture, or what is asked of it, is refused.
pub fn perform(job: &Job, body: &[u8], progress: &Progress) -> Result<Done, Refused> {
    // The gateway sends no such job.
    let (source, others) = job.pictures(body).ok_or_else(|| Refused::bug("bad cuts"))?;
    if others.is_empty()
        && let Some(done) = the_short_way(job, source, progress)?
    {
        return Ok(done);
    }
    let numbered = (2..).zip(others);
    let others = numbered.map(|(number, source)| other(source, number, &job.limits));
    let others = others.collect::<Result<Vec<_>, _>>()?;
    let open = || {
        let wanted = |size| operations::wanted(&job.operations, size);
        let frames = decode::open_for(source, &job.limits, wanted)?;
        let pixels_max = job.limits.output_pixels_max;
        operations::chain(&job.operations, frames, &others, pixels_max, progress)
    };
    let chain = open()?;
    let format = job
        .output
        .format
        .settle(chain.outline.format, decode::own_format(source));
    match pass(job, chain, format, Traded::default(), progress) {
        Ok(done) => Ok(done),
        Err(Stop::Refused(refused)) => Err(refused),
        Err(Stop::OneFrame) => Err(Refused::bug("frames were lost with nothing to save")),
        Err(Stop::OverBudget { least, animated }) => {
            let settings = Settings::new(&job.output, format, Traded::default());
            budget::search(format, &settings, (least, animated), |traded| {
                progress.enter(Phase::Decode);
                pass(job, open()?, format, traded, progress)
            })
        }
    }
}

/// Without ever having pixels; `None` when the job or the file needs them.
fn the_short_way(job: &Job, source: &[u8], progress: &Progress) -> Result<Option<Done>, Refused> {
    if let Some(done) = recolour(job, source, progress)? {
        return Ok(Some(done));
    }
    let own = decode::own_format(source);
    let settled = job.output.format.settle(OutputFormat::Png, own);
    if settled != OutputFormat::Jpeg {
        return Ok(None);
    }
    let settings = Settings::new(&job.output, settled, Traded::default());
    planar::perform(job, &settings, source, progress)
}

/// The first frame of the second picture, or of one after it.
fn other(source: &[u8], number: u32, limits: &Limits) -> Result<Picture, Refused> {
    let frame = decode::open(source, limits).and_then(|mut frames| frames.next_frame());
    let refused = |refused: Refused| Refused {
        detail: format!("in picture {number}: {}", refused.detail),
        ..refused
    };
    let frame = frame.map_err(refused)?;
    frame
        .map(|frame| frame.picture)
        .ok_or_else(|| refused(Refused::bug("it has no frame")))
}

/// All frames once, with what is `traded`.
fn pass(
    job: &Job,
    mut chain: operations::Chain<'_>,
    format: OutputFormat,
    traded: Traded,
    progress: &Progress,
) -> Result<Done, Stop> {
    let limits = &job.limits;
    let settings = Settings::new(&job.output, format, traded);
    let outline = chain.outline;
    let mut encoder = Encoder::new(format, outline.plays, settings, limits.output_bytes_max);
    let mut reduction = Reduction::new(traded);
    while (format.animates() || reduction.seen() == 0)
        && let Some(patch) = next(&mut chain, &reduction)?
    {
        progress.enter(Phase::Encode);
        let pixels = patch.canvas.pixels();
        Refused::output_over(Limit::OutputPixels, pixels, limits.output_pixels_max)?;
        if let Some(patch) = reduction.take(patch) {
            encoder.push(patch)?;
        }
        if let Some(least) = encoder.over_budget() {
            let animated = true;
            return Err(Stop::OverBudget { least, animated });
        }
    }
    progress.enter(Phase::Encode);
    if let Some(patch) = reduction.rest() {
        encoder.push(patch)?;
    }
    let animated = reduction.seen() > 1;
    if animated && format.animates() && encoder.frames() == 1 {
        return Err(Stop::OneFrame);
    }
    let done = encoder.finish()?;
    let least = done.bytes.len() as u64;
    match job.output.max_bytes {
        Some(budget) if least > budget.into() => Err(Stop::OverBudget { least, animated }),
        _ => Ok(done),
    }
}

/// The next frame, in a form that `reduction` can take.
fn next(
    chain: &mut operations::Chain<'_>,
    reduction: &Reduction,
) -> Result<Option<Patch>, Refused> {
    match reduction.is_none() {
        true => chain.next_patch(),
        false => chain.next_frame().map(|frame| frame.map(Patch::from)),
    }
}
