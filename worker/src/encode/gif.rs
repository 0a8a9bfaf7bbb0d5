//! Frames to GIF, as they come. One frame is held back, because how a frame is disposed of
//! depends on the next one: normally it stays and only what changes is drawn over it; when an
//! opaque pixel must become transparent, the canvas is cleared and drawn anew. The number of
//! frames and every delay are kept even where nothing changes.

use std::borrow::Cow;

use gif::{DisposalMethod, EncodingError, Repeat};

use super::bounded::Bounded;
use super::difference::{Area, Difference, clears, difference, from_empty, threshold};
use super::indexed::{Choice, Drawing, Global, Table};
use super::settings::Settings;
use super::shown::Shown;
use super::still;
use crate::picture::{Clock, Frame, Picture, Plays};
use crate::refused::Refused;

/// A GIF that is being written.
pub(super) struct Animation {
    output: Output,
    choice: Choice,
    /// The global table: the first frame's colours, or those that stand for them.
    global: Option<Global>,
    pending: Option<Pending>,
    shown: Shown,
    /// Of hundredths, of which 65,535 are the most.
    clock: Clock,
}

enum Output {
    /// The header needs the first frame's colours.
    Waiting {
        bytes: Bounded,
        plays: Plays,
    },
    Begun(gif::Encoder<Bounded>),
    /// Only if the header could not be written.
    Lost,
}

/// A frame that waits for the next one, and how it differs from the canvas it is drawn on.
struct Pending {
    frame: Frame,
    step: Difference,
}

impl Animation {
    pub(super) fn new(bytes: Bounded, plays: Plays, settings: &Settings) -> Self {
        Self {
            output: Output::Waiting { bytes, plays },
            choice: Choice {
                colors: settings.colors,
                dither: settings.dither,
            },
            global: None,
            pending: None,
            shown: Shown::default(),
            clock: Clock::new(100, u16::MAX.into()),
        }
    }

    /// Takes the next frame and writes the one before it.
    pub(super) fn push(&mut self, mut frame: Frame) -> Result<(), Refused> {
        still::check_side(&frame.picture, u16::MAX.into())?;
        threshold(&mut frame.picture);
        let step = match self.pending.take() {
            None => from_empty(&frame.picture),
            Some(before) => {
                let clear = clears(&before.frame.picture, &frame.picture);
                self.write(&before, clear).map_err(failed)?;
                if clear {
                    self.shown.clear();
                    from_empty(&frame.picture)
                } else {
                    let canvas = &before.frame.picture;
                    let reference =
                        self.shown
                            .reference(canvas, &frame.picture, self.choice.colors);
                    difference(reference, &frame.picture)
                }
            }
        };
        self.pending = Some(Pending { frame, step });
        Ok(())
    }

    /// Bytes so far.
    pub(super) fn written(&self) -> u64 {
        match &self.output {
            Output::Begun(encoder) => encoder.get_ref().written(),
            Output::Waiting { .. } | Output::Lost => 0,
        }
    }

    /// The whole file.
    pub(super) fn finish(mut self) -> Result<Bounded, Refused> {
        if let Some(last) = self.pending.take() {
            self.write(&last, false).map_err(failed)?;
        }
        match self.output {
            Output::Begun(encoder) => encoder.into_inner().map_err(failed),
            Output::Waiting { bytes, .. } => Ok(bytes),
            Output::Lost => Err(Refused::bug("GIF encoder: no output")),
        }
    }

    /// Writes one frame; with `clear` the canvas is transparent after it.
    fn write(&mut self, pending: &Pending, clear: bool) -> Result<(), EncodingError> {
        let canvas = &pending.frame.picture;
        let whole = Area::whole(canvas);
        let first = matches!(self.output, Output::Waiting { .. });
        // A frame clears what it covers. The first one covers all, for decoders that take
        // its size for that of the animation.
        let (area, stays) = if clear || first {
            (whole, None)
        } else {
            (pending.step.area, pending.step.stays.as_deref())
        };
        let drawing = Drawing {
            canvas,
            area,
            stays,
            choice: self.choice,
        };
        let drawn = drawing.index(self.global.as_mut());
        self.shown.draw(canvas, area, &drawn);
        let transparent = drawn.table.transparent();
        let palette = if first {
            self.begin(canvas, &drawn.table)?;
            None
        } else {
            drawn.table.entries()
        };
        if first {
            self.global = match drawn.table {
                Table::Exact(table) => Some(Global::Exact(table)),
                Table::Quantised(quantiser) => Some(Global::Quantised(quantiser)),
                Table::Offered { .. } | Table::Shared(_) => None,
            };
        }
        let Output::Begun(encoder) = &mut self.output else {
            return Err(EncodingError::WriterNotFound);
        };
        // Every place is at most a side of the canvas, and the clock keeps to 65,535: they fit.
        encoder.write_frame(&gif::Frame {
            delay: self.clock.ticks(pending.frame.delay) as u16,
            dispose: if clear {
                DisposalMethod::Background
            } else {
                DisposalMethod::Keep
            },
            transparent,
            left: area.left as u16,
            top: area.top as u16,
            width: area.width as u16,
            height: area.height as u16,
            palette,
            buffer: Cow::Owned(drawn.indices),
            ..gif::Frame::default()
        })
    }

    /// The header, with the first frame's colours as the global table.
    fn begin(&mut self, canvas: &Picture, table: &Table) -> Result<(), EncodingError> {
        let Output::Waiting { bytes, plays } = std::mem::replace(&mut self.output, Output::Lost)
        else {
            return Err(EncodingError::WriterNotFound);
        };
        let entries = table.entries().unwrap_or_default();
        let (width, height) = (canvas.size.width as u16, canvas.size.height as u16);
        let mut encoder = gif::Encoder::new(bytes, width, height, &entries)?;
        match plays.to_gif() {
            None => {}
            Some(0) => encoder.set_repeat(Repeat::Infinite)?,
            Some(times) => encoder.set_repeat(Repeat::Finite(times))?,
        }
        self.output = Output::Begun(encoder);
        Ok(())
    }
}

fn failed(error: EncodingError) -> Refused {
    Refused::bug(format!("GIF encoder: {error}"))
}
