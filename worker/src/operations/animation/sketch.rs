//! Sketch: a pencil draws the picture, outlines first, shades later; then the colours come.

use protocol::Sketch;

use super::generated::{Generated, Script, announce};
use crate::operations::chain::{Before, Cut, Outline, Reel};
use crate::operations::colours::between;
use crate::operations::detail;
use crate::operations::plane::{Plane, steepness};
use crate::picture::Picture;

/// Frames of the drawing, of the colouring, and at rest.
const DRAWN: u32 = 22;
const COLOURED: u32 = 8;

impl Cut for Sketch {
    fn announce(&self, outline: &mut Outline) {
        announce(outline);
    }

    fn onto<'a>(&'a self, before: Before<'a>) -> Box<dyn Reel + 'a> {
        Box::new(Generated::new(self, before))
    }
}

impl Script for Sketch {
    const FRAMES: u32 = DRAWN + COLOURED + 6;
    const DELAY_CS: u16 = 8;

    fn frame(&self, picture: &Picture, number: u32) -> Picture {
        let drawn = f64::from(number.min(DRAWN)) / f64::from(DRAWN);
        let coloured = number.saturating_sub(DRAWN).min(COLOURED) * 255 / COLOURED;
        let mut result = picture.clone();
        detail::gaussian(&mut result, 1.0);
        let plane = Plane::of(&result);
        let (width, height) = (picture.size.width as usize, f64::from(picture.size.height));
        let originals = picture.as_pixels();
        let pixels = plane.around(&mut result).zip(originals).enumerate();
        for (at, ((pixel, around), original)) in pixels {
            let (x, y) = (at % width, (at / width) as f64);
            // The pencil comes down the picture, in hatches.
            let hatch = ((x as f64 + y) * 0.05).sin() * 0.04;
            let here = (y / height + hatch) * 0.6;
            let outline = f64::from(steepness(around)) * ((drawn - here) * 5.0).clamp(0.0, 1.0);
            let shade =
                f64::from(255 - around[1][1]) * 0.3 * ((drawn - here - 0.35) * 5.0).clamp(0.0, 1.0);
            let paper = (252.0 - outline - shade).max(20.0) as u8;
            for (channel, original) in pixel.iter_mut().zip(&original[..3]) {
                *channel = between(paper, *original, coloured);
            }
            pixel[3] = original[3];
        }
        result
    }
}
