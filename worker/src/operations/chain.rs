//! Operations one behind the other, each pulling frames from the one before it. The first pulls
//! from the decoder; who pulls from the last gets finished frames.

mod changed;
mod run;

use protocol::{Operation, OutputFormat, Phase};

use super::{Compose, Prepare};
use crate::decode::{self, Choose};
use crate::picture::{Frame, Patch, Picture, Plays};
use crate::progress::Progress;
use crate::refused::Refused;
use run::{Preparation, Run, Stage};

/// Frames on demand.
pub(crate) trait Reel {
    /// The next frame; `None` after the last.
    ///
    /// # Errors
    /// When the source is damaged there, or a result would be too large.
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused>;

    /// The next frame, of which no more need be given than what is chosen; whoever does not ask gives all.
    ///
    /// # Errors
    /// As above.
    fn next_part(&mut self, _choose: Choose<'_>) -> Result<Option<Patch>, Refused> {
        Ok(self.next_frame()?.map(Patch::from))
    }
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
    run: Run<'a>,
}

impl Reel for Chain<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        self.run.next_frame()
    }
}

impl Chain<'_> {
    /// The next frame as the difference from the one before, which must have been taken in the same way.
    ///
    /// # Errors
    /// As [`Reel::next_frame`].
    pub(crate) fn next_patch(&mut self) -> Result<Option<Patch>, Refused> {
        self.run.next_patch()
    }
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
    // Where no more was decoded than is needed, the first operation is the reason.
    let mut view = frames.view();
    let run = |reel| Run::new(reel, pixels_max, progress);
    let mut last = run(Box::new(Decoded { frames, progress }));
    for (index, operation) in operations.iter().enumerate() {
        let preparation = match super::find(operation) {
            Work::Whole(cut) => {
                cut.announce(&mut outline);
                last = run(cut.onto(Before {
                    reel: last.into_reel(),
                    index,
                    progress,
                }));
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
        last.push(Stage {
            index,
            preparation,
            effect: view.take().and_then(|view| super::on_view(operation, view)),
        });
    }
    Ok(Chain { outline, run: last })
}

/// The beginning of the chain.
struct Decoded<'a> {
    frames: decode::Frames<'a>,
    progress: &'a Progress,
}

impl<'a> Decoded<'a> {
    fn noted<T>(
        &mut self,
        next: impl FnOnce(&mut decode::Frames<'a>) -> Result<Option<T>, Refused>,
    ) -> Result<Option<T>, Refused> {
        self.progress.enter(Phase::Decode);
        let frame = next(&mut self.frames)?;
        if frame.is_some() {
            self.progress.at_next_frame();
        }
        self.progress.enter(Phase::Operations);
        Ok(frame)
    }
}

impl Reel for Decoded<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        self.noted(decode::Frames::next_frame)
    }

    fn next_part(&mut self, choose: Choose<'_>) -> Result<Option<Patch>, Refused> {
        self.noted(|frames| frames.next_part(choose))
    }
}

/// All that comes before an operation on the animation as a whole. Every pull ends with a note that the
/// operation is at work again.
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

    fn next_part(&mut self, choose: Choose<'_>) -> Result<Option<Patch>, Refused> {
        let patch = self.reel.next_part(choose)?;
        self.progress.at_operation(self.index);
        Ok(patch)
    }
}

#[cfg(test)]
mod tests;
