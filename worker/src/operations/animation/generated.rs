//! Animations made of one picture, frame by frame as they are asked for, so that only two
//! canvases are held. Large pictures are made smaller first: a GIF of many frames would be too
//! large to send.

use protocol::OutputFormat;

use crate::operations::chain::{Before, Cut, Outline, Reel};
use crate::operations::geometry;
use crate::picture::{Delay, Frame, Picture, Plays, Size};
use crate::refused::Refused;

/// Longest side of what is made, px.
const LONGEST: u32 = 512;

/// A way to make frames of a picture.
pub(super) trait Script {
    /// Frames in all.
    const FRAMES: u32;
    /// How long each is shown, hundredths of a second.
    const DELAY_CS: u16;

    /// Draws a frame; 0 is the first.
    fn frame(&self, picture: &Picture, number: u32) -> Picture;
}

impl<S: Script> Cut for S {
    fn announce(&self, outline: &mut Outline) {
        *outline = Outline {
            format: OutputFormat::Gif,
            plays: Plays(0),
        };
    }

    fn onto<'a>(&'a self, before: Before<'a>) -> Box<dyn Reel + 'a> {
        Box::new(Generated {
            before,
            script: self,
            picture: None,
            number: 0,
        })
    }
}

/// The frames of a script.
struct Generated<'a, S> {
    before: Before<'a>,
    script: &'a S,
    picture: Option<Picture>,
    number: u32,
}

impl<S: Script> Reel for Generated<'_, S> {
    fn next_frame(&mut self) -> Result<Option<Frame>, Refused> {
        if self.picture.is_none() {
            let first = self.before.next_frame()?;
            self.picture = first.map(|frame| small(frame.picture)).transpose()?;
        }
        let Some(picture) = self.picture.as_ref().filter(|_| self.number < S::FRAMES) else {
            return Ok(None);
        };
        let frame = Frame {
            picture: self.script.frame(picture, self.number),
            delay: Delay::hundredths(S::DELAY_CS),
        };
        self.number += 1;
        Ok(Some(frame))
    }
}

fn small(picture: Picture) -> Result<Picture, Refused> {
    let Size { width, height } = picture.size;
    let longer = width.max(height);
    if longer <= LONGEST {
        return Ok(picture);
    }
    let scale = f64::from(LONGEST) / f64::from(longer);
    let side = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    geometry::smoothly(picture, Size::new(side(width), side(height)))
}
