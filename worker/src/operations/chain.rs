//! Operations one behind the other, each pulling frames from the one before it. The first pulls
//! from the decoder; who pulls from the last gets finished frames.

mod changed;

use protocol::{Limit, Operation, OutputFormat, Phase};

use super::{Compose, Effect, Prepare};
use crate::decode;
use crate::picture::{Delay, Frame, Picture, Plays};
use crate::progress::Progress;
use crate::refused::Refused;
use changed::Changed;

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
    /// On each frame by itself, with a second picture.
    With(&'a dyn Compose),
    /// On the animation as a whole.
    Whole(&'a dyn Cut),
}

/// Frames behind all operations.
pub(crate) struct Chain<'a> {
    pub(crate) outline: Outline,
    pub(crate) reel: Box<dyn Reel + 'a>,
}

/// `frames` behind all `operations`, which may take the `others`, the second picture and those
/// after it; each result is held against `pixels_max` before memory is taken for it.
///
/// # Errors
/// When an operation takes a picture that is not there.
pub(crate) fn chain<'a>(
    operations: &'a [Operation],
    frames: decode::Frames<'a>,
    others: &'a [Picture],
    pixels_max: u64,
    progress: &'a Progress,
) -> Result<Chain<'a>, Refused> {
    let mut outline = Outline {
        format: frames.natural_format(),
        plays: frames.plays(),
    };
    // Of a picture that was decoded smaller, the first operation is the reason.
    let mut shrunk = frames.shrunk();
    let mut reel: Box<dyn Reel + 'a> = Box::new(Decoded { frames, progress });
    for (index, operation) in operations.iter().enumerate() {
        let before = Before {
            reel,
            index,
            progress,
        };
        let preparation = match super::find(operation) {
            Work::Whole(cut) => {
                cut.announce(&mut outline);
                reel = cut.onto(before);
                continue;
            }
            Work::Each(operation) => Preparation::Alone(operation),
            Work::With(operation) => {
                let other = others.get(operation.picture() as usize - 2);
                // The gateway sends no such job.
                let other = other.ok_or_else(|| Refused::bug("a picture is missing"))?;
                Preparation::With(operation, other)
            }
        };
        reel = Box::new(Each {
            before,
            preparation,
            effect: shrunk
                .take()
                .and_then(|shrunk| super::on_shrunk(operation, shrunk)),
            changed: Changed::default(),
            pixels_max,
        });
    }
    Ok(Chain { outline, reel })
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

/// An operation that waits for its first frame.
enum Preparation<'a> {
    Alone(&'a dyn Prepare),
    With(&'a dyn Compose, &'a Picture),
}

impl<'a> Preparation<'a> {
    fn prepare(&self, first: &Picture) -> Result<Box<dyn Effect + 'a>, Refused> {
        match *self {
            Self::Alone(operation) => Ok(operation.prepare(first)),
            Self::With(operation, other) => operation.prepare(other, first),
        }
    }
}

/// An operation that does the same to each frame.
struct Each<'a> {
    before: Before<'a>,
    preparation: Preparation<'a>,
    /// From the first frame on.
    effect: Option<Box<dyn Effect + 'a>>,
    changed: Changed,
    pixels_max: u64,
}

impl Reel for Each<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        let Some(Frame { picture, delay }) = self.before.next_frame()? else {
            return Ok(None);
        };
        let effect = match self.effect.take() {
            Some(effect) => effect,
            None => self.preparation.prepare(&picture)?,
        };
        let effect = self.effect.insert(effect);
        let size = effect.result_size(picture.size);
        Refused::output_over(Limit::OutputPixels, size.pixels(), self.pixels_max)?;
        let picture = match effect.reach() {
            Some(reach) if delay != Delay::NONE => {
                self.changed.apply(effect.as_ref(), reach, picture)?
            }
            _ => effect.apply(picture)?,
        };
        debug_assert_eq!(picture.size, size);
        Ok(Some(Frame { picture, delay }))
    }
}

#[cfg(test)]
mod tests;
