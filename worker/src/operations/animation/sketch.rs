//! Sketch: a pencil draws the picture, outlines first, shades later; then the colours come.

use protocol::Sketch;

use super::generated::Script;
use crate::operations::colours::{between, luma};
use crate::operations::detail;
use crate::operations::grain::Grain;
use crate::picture::{CHANNELS, Picture};

/// Frames of the drawing, of the colouring, and at rest.
const DRAWN: u32 = 22;
const COLOURED: u32 = 8;

impl Script for Sketch {
    const FRAMES: u32 = DRAWN + COLOURED + 6;
    const DELAY_CS: u16 = 8;

    fn frame(&self, picture: &Picture, number: u32) -> Picture {
        let drawn = f64::from(number.min(DRAWN)) / f64::from(DRAWN);
        let coloured = number.saturating_sub(DRAWN).min(COLOURED) * 255 / COLOURED;
        if coloured == 255 {
            return picture.clone();
        }
        let mut result = picture.clone();
        let (width, height) = (picture.size.width as usize, picture.size.height as usize);
        let mut soft = picture.clone();
        let longer = f64::from(picture.size.width.max(picture.size.height));
        detail::gaussian(&mut soft, (longer / 110.0).max(1.2));
        let grain = Grain::new(21);
        let rows = result.rows_mut().zip(soft.rows()).enumerate();
        for (y, (row, soft)) in rows {
            // The pencil comes down the picture, in hatches: outlines, then shades.
            let down = y as f64 / height as f64 * 0.62;
            let pixels = row.as_chunks_mut::<CHANNELS>().0.iter_mut();
            for (x, (pixel, soft)) in pixels.zip(soft.as_chunks::<CHANNELS>().0).enumerate() {
                let original = *pixel;
                let edge = (x as f64 / width as f64 * 3.0 + y as f64 * 0.35).sin() * 0.02;
                let share = |late: f64| ((drawn - down - edge - late) * 6.0).clamp(0.0, 1.0);
                let outlines = f64::from(255 - line(original, *soft)) * share(0.0);
                let shades = hatch(&grain, x as f64, y as f64, luma(*soft)) * share(0.22);
                let paper = (251.0 - (outlines * 1.15).max(shades) - shades * 0.25).max(18.0) as u8;
                for (channel, original) in pixel.iter_mut().zip(&original[..3]) {
                    *channel = between(paper, *original, coloured);
                }
            }
        }
        result
    }
}

/// Paper where a pixel is as bright as what is around it, and the darker the more it is darker: a
/// pencil follows edges, not tones.
fn line(pixel: [u8; CHANNELS], around: [u8; CHANNELS]) -> u8 {
    let (own, around) = (u32::from(luma(pixel)), u32::from(luma(around)));
    let light = ((own + 6) * 255 / (around + 6)).min(255);
    // Small differences are the paper's.
    let dark = (255 - light).saturating_sub(12) * 3 / 2;
    255 - dark.min(235) as u8
}

/// Strokes side by side for a tone, and across them others where it is darker.
fn hatch(grain: &Grain, x: f64, y: f64, light: u8) -> f64 {
    let dark = f64::from(255 - light) / 255.0;
    let rough = grain.smooth(x * 0.35, y * 0.35);
    let waver = grain.smooth(x * 0.02, y * 0.02) * 5.0;
    let strokes = |across: f64, from: f64| {
        let wave = (across * 1.5 + waver).sin() * 0.5 + 0.5;
        ((dark - from) * 1.7).clamp(0.0, 1.0) * wave * (0.55 + 0.6 * rough)
    };
    let level = (dark - 0.12).max(0.0) * 40.0;
    level + strokes(x * 0.8 + y, 0.22) * 105.0 + strokes(x - y * 0.8, 0.52) * 120.0
}
