//! Frames to result bytes. A sink takes one frame at a time and keeps at most two: the one
//! before, and the one that is being written.

mod apng;
mod avif;
mod bits;
mod bounded;
pub(crate) mod budget;
mod channels;
pub(crate) mod gif;
mod jpeg;
mod png;
pub(crate) mod reduce;
pub(crate) mod settings;
mod step;
mod still;
mod webp;

use protocol::{Limit, OutputFormat, Traded};

use crate::perform::Done;
use crate::picture::{Patch, Picture, Plays, Size};
use crate::planes::Colours;
use crate::refused::Refused;
use bounded::Bounded;
pub(crate) use settings::Settings;

/// Takes frames, gives the result.
pub(crate) struct Encoder {
    format: OutputFormat,
    settings: Settings,
    bytes_max: u64,
    size: Option<Size>,
    frames: u32,
    sink: Sink,
}

enum Sink {
    /// The one picture of a format that holds one.
    Still(Option<Picture>),
    Gif(Box<gif::Animation>),
    Webp(Box<webp::Animation>),
    Apng(Box<apng::Animation>),
}

impl Encoder {
    /// An encoder for `format`, of an animation that plays so often; `bytes_max` is the
    /// server's limit, beside the caller's budget in `settings`.
    pub(crate) fn new(
        format: OutputFormat,
        plays: Plays,
        settings: Settings,
        bytes_max: u64,
    ) -> Self {
        let bytes = Bounded::new(bytes_max);
        Self {
            format,
            settings,
            bytes_max,
            size: None,
            frames: 0,
            sink: match format {
                OutputFormat::Png | OutputFormat::Jpeg | OutputFormat::Avif => Sink::Still(None),
                OutputFormat::Gif => {
                    Sink::Gif(Box::new(gif::Animation::new(bytes, plays, &settings)))
                }
                OutputFormat::Webp => {
                    Sink::Webp(Box::new(webp::Animation::new(bytes, plays, &settings)))
                }
                OutputFormat::Apng => {
                    Sink::Apng(Box::new(apng::Animation::new(bytes, plays, &settings)))
                }
            },
        }
    }

    /// Takes the next frame; all have the same size, and the first is whole.
    ///
    /// # Errors
    /// When the format cannot hold it.
    pub(crate) fn push(&mut self, patch: impl Into<Patch>) -> Result<(), Refused> {
        let patch = patch.into();
        if self.size.unwrap_or(patch.picture.size) != patch.canvas {
            return Err(Refused::bug("a frame of another size"));
        }
        self.size = Some(patch.canvas);
        self.frames += 1;
        match &mut self.sink {
            Sink::Still(picture) => *picture = Some(patch.picture),
            Sink::Gif(animation) => animation.push(patch)?,
            Sink::Webp(animation) => animation.push(patch)?,
            Sink::Apng(animation) => animation.push(patch)?,
        }
        Ok(())
    }

    /// Frames taken.
    pub(crate) fn frames(&self) -> u32 {
        self.frames
    }

    /// What is written so far, bytes, if that is over the caller's budget already.
    pub(crate) fn over_budget(&self) -> Option<u64> {
        let written = match &self.sink {
            Sink::Still(_) => 0,
            Sink::Gif(animation) => animation.written(),
            Sink::Webp(animation) => animation.written(),
            Sink::Apng(animation) => animation.written(),
        };
        self.settings
            .budget
            .filter(|budget| written > *budget)
            .map(|_| written)
    }

    /// The result.
    ///
    /// # Errors
    /// When it is longer than the server allows, or a still longer than its budget.
    pub(crate) fn finish(self) -> Result<Done, Refused> {
        let Some(size) = self.size else {
            return Err(Refused::bug("nothing was encoded"));
        };
        let (bytes, traded) = match self.sink {
            Sink::Still(None) => return Err(Refused::bug("nothing was encoded")),
            Sink::Still(Some(picture)) => {
                still::encode(picture, self.format, &self.settings, self.bytes_max)?
            }
            Sink::Gif(animation) => (animation.finish()?, None),
            Sink::Webp(animation) => animation.finish(self.bytes_max)?,
            Sink::Apng(animation) => (animation.finish(self.bytes_max)?, None),
        };
        Ok(Done {
            format: self.format,
            width: size.width,
            height: size.height,
            frames: self.frames,
            traded: traded.filter(|traded| *traded != Traded::default()),
            bytes: bytes.into_bytes()?,
        })
    }
}

/// A JPEG of planes that are as stored already.
///
/// # Errors
/// When it is longer, or has a longer side, than is allowed.
pub(crate) fn planes_to_jpeg(
    colours: Colours,
    settings: &Settings,
    bytes_max: u64,
) -> Result<Done, Refused> {
    let Size { width, height } = colours.size;
    let side = width.max(height);
    Refused::output_over(Limit::OutputSide, side.into(), u16::MAX.into())?;
    let mut bytes = Bounded::new(bytes_max);
    jpeg::Opaque::Planes(colours).encode(settings.quality, settings, &mut bytes)?;
    Ok(Done {
        format: OutputFormat::Jpeg,
        width,
        height,
        frames: 1,
        traded: None,
        bytes: bytes.into_bytes()?,
    })
}

#[cfg(test)]
mod tests;
