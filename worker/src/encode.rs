//! Frames to result bytes. A sink takes one frame at a time and keeps at most one.

mod bounded;
mod difference;
mod gif;
mod indexed;
mod palette;
mod png;
mod quantise;
mod shown;

use protocol::OutputFormat;

use crate::perform::Done;
use crate::picture::{Frame, Plays, Size};
use crate::refused::Refused;
use bounded::Bounded;

/// Takes frames, gives the result.
pub(crate) struct Encoder {
    size: Option<Size>,
    frames: u32,
    sink: Sink,
}

enum Sink {
    /// What has been encoded of a still.
    Png(Bounded),
    Gif(Box<gif::Animation>),
}

impl Encoder {
    /// An encoder for `format`, of an animation that plays so often.
    pub(crate) fn new(format: OutputFormat, plays: Plays, bytes_max: u64) -> Self {
        let bytes = Bounded::new(bytes_max);
        Self {
            size: None,
            frames: 0,
            sink: match format {
                OutputFormat::Png => Sink::Png(bytes),
                OutputFormat::Gif => Sink::Gif(Box::new(gif::Animation::new(bytes, plays))),
            },
        }
    }

    /// Whether a further frame has a place in the result: a PNG holds one.
    pub(crate) fn wants_more(&self) -> bool {
        match self.sink {
            Sink::Png(_) => self.frames == 0,
            Sink::Gif(_) => true,
        }
    }

    /// Takes the next frame; all have the same size.
    ///
    /// # Errors
    /// When the format cannot hold it.
    pub(crate) fn push(&mut self, frame: Frame) -> Result<(), Refused> {
        self.size = Some(frame.picture.size);
        self.frames += 1;
        match &mut self.sink {
            Sink::Png(bytes) => png::encode(frame.picture, bytes),
            Sink::Gif(animation) => animation.push(frame),
        }
    }

    /// The result.
    ///
    /// # Errors
    /// When it is longer than allowed.
    pub(crate) fn finish(self) -> Result<Done, Refused> {
        let Some(size) = self.size else {
            return Err(Refused::bug("nothing was encoded"));
        };
        let (format, bytes) = match self.sink {
            Sink::Png(bytes) => (OutputFormat::Png, bytes),
            Sink::Gif(animation) => (OutputFormat::Gif, animation.finish()?),
        };
        Ok(Done {
            format,
            width: size.width,
            height: size.height,
            frames: self.frames,
            bytes: bytes.into_bytes()?,
        })
    }
}

#[cfg(test)]
mod tests;
