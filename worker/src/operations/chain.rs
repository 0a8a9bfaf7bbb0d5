//! Operations one behind the other, each pulling frames from the one before it. The first pulls
//! from the decoder; who pulls from the last gets finished frames.

use protocol::{Limit, Operation, OutputFormat, Phase};

use super::{Effect, Prepare};
use crate::decode;
use crate::picture::{Frame, Plays};
use crate::progress::Progress;
use crate::refused::Refused;

/// Frames on demand.
pub(crate) trait Reel {
    /// The next frame; `None` after the last.
    ///
    /// # Errors
    /// When the source is damaged there, or a result would be too large.
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused>;
}

/// What is known of the result before its first frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outline {
    /// The format, if the job names none.
    pub(crate) format: OutputFormat,
    /// How often it plays.
    pub(crate) plays: Plays,
}

/// An operation on the animation as a whole: which frames there are, and when.
pub(super) trait Cut {
    /// What it changes of the outline.
    fn announce(&self, _outline: &mut Outline) {}

    /// The frames behind it.
    fn onto<'a>(&'a self, before: Before<'a>) -> Box<dyn Reel + 'a>;
}

/// What an operation works on.
pub(super) enum Work<'a> {
    /// On each frame by itself.
    Each(&'a dyn Prepare),
    /// On the animation as a whole.
    Whole(&'a dyn Cut),
}

/// Frames behind all operations.
pub(crate) struct Chain<'a> {
    pub(crate) outline: Outline,
    pub(crate) reel: Box<dyn Reel + 'a>,
}

/// `frames` behind all `operations`; each result is held against `pixels_max` before memory is
/// taken for it.
pub(crate) fn chain<'a>(
    operations: &'a [Operation],
    frames: decode::Frames<'a>,
    pixels_max: u64,
    progress: &'a Progress,
) -> Chain<'a> {
    let mut outline = Outline {
        format: frames.natural_format(),
        plays: frames.plays(),
    };
    let mut reel: Box<dyn Reel + 'a> = Box::new(Decoded { frames, progress });
    for (index, operation) in operations.iter().enumerate() {
        let before = Before {
            reel,
            index,
            progress,
        };
        reel = match super::find(operation) {
            Work::Whole(cut) => {
                cut.announce(&mut outline);
                cut.onto(before)
            }
            Work::Each(operation) => Box::new(Each {
                before,
                operation,
                effect: None,
                pixels_max,
            }),
        };
    }
    Chain { outline, reel }
}

/// The beginning of the chain.
struct Decoded<'a> {
    frames: decode::Frames<'a>,
    progress: &'a Progress,
}

impl Reel for Decoded<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        self.progress.enter(Phase::Decode);
        let frame = self.frames.next_frame()?;
        if frame.is_some() {
            self.progress.at_next_frame();
        }
        self.progress.enter(Phase::Operations);
        Ok(frame)
    }
}

/// All that comes before an operation. Every pull ends with a note that the operation is at
/// work again.
pub(super) struct Before<'a> {
    reel: Box<dyn Reel + 'a>,
    index: usize,
    progress: &'a Progress,
}

#[cfg(test)]
impl<'a> Before<'a> {
    /// The first operation's.
    pub(super) fn of(reel: Box<dyn Reel + 'a>, progress: &'a Progress) -> Self {
        Self {
            reel,
            index: 0,
            progress,
        }
    }
}

impl Reel for Before<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        let frame = self.reel.next_frame()?;
        self.progress.at_operation(self.index);
        Ok(frame)
    }
}

/// An operation that does the same to each frame.
struct Each<'a> {
    before: Before<'a>,
    operation: &'a dyn Prepare,
    /// From the first frame on.
    effect: Option<Box<dyn Effect + 'a>>,
    pixels_max: u64,
}

impl Reel for Each<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        let Some(Frame { picture, delay }) = self.before.next_frame()? else {
            return Ok(None);
        };
        let effect = self
            .effect
            .get_or_insert_with(|| self.operation.prepare(&picture));
        let size = effect.result_size(picture.size);
        Refused::output_over(Limit::OutputPixels, size.pixels(), self.pixels_max)?;
        let picture = effect.apply(picture)?;
        debug_assert_eq!(picture.size, size);
        Ok(Some(Frame { picture, delay }))
    }
}

#[cfg(test)]
mod tests;
