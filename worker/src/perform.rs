//! One job from source bytes to result bytes. Frames are pulled through one at a time, so
//! memory is bounded by a few canvases however long the animation is.

use protocol::{Job, Limit, OutputFormat, Phase};

use crate::decode;
use crate::encode::Encoder;
use crate::operations;
use crate::progress::Progress;
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
    /// The encoded result.
    pub bytes: Vec<u8>,
}

/// Does `job` to the picture in `source`, noting in `progress` where it is.
///
/// # Errors
/// When the picture, or what is asked of it, is refused.
pub fn perform(job: &Job, source: &[u8], progress: &Progress) -> Result<Done, Refused> {
    let limits = &job.limits;
    let frames = decode::open(source, limits)?;
    let pixels_max = limits.output_pixels_max;
    let mut chain = operations::chain(&job.operations, frames, pixels_max, progress);
    let format = job.output.unwrap_or(chain.outline.format);
    let mut encoder = Encoder::new(format, chain.outline.plays, limits.output_bytes_max);
    while encoder.wants_more()
        && let Some(frame) = chain.reel.next_frame()?
    {
        progress.enter(Phase::Encode);
        let pixels = frame.picture.size.pixels();
        Refused::output_over(Limit::OutputPixels, pixels, pixels_max)?;
        encoder.push(frame)?;
    }
    progress.enter(Phase::Encode);
    encoder.finish()
}
