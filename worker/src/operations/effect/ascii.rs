//! ASCII: the picture in letters on black, each as dense as its place is bright.

use protocol::Ascii;

use crate::operations::Effect;
use crate::operations::colours::{Curve, between, luma};
use crate::operations::geometry;
use crate::operations::lettering::{self, Style};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

/// From dark to bright.
const LETTERS: [&str; 12] = [" ", ".", "-", ":", "=", "+", "*", "C", "%", "0", "#", "@"];
const PAPER: [u8; 3] = [12, 13, 15];
const INK: [u8; 3] = [225, 228, 225];

impl Effect for Ascii {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = picture.size;
        // Narrower cells hold no letter that could be told from another.
        let across = (size.width / self.columns).max(5);
        let down = (across * 17).div_ceil(10);
        let cells = Size::new(size.width.div_ceil(across), size.height.div_ceil(down));
        let cells = geometry::quickly(picture, cells)?;
        let faces = LETTERS.map(|letter| face(letter, Size::new(across, down)));
        // Letters are mostly gaps, so that all is darker than it was.
        let lifted = Curve::new(|value| (value / 255.0).powf(0.7) * 255.0);
        let mut result = Picture::blank(size);
        for (y, row) in result.rows_mut().enumerate() {
            let y = y as u32;
            let line = &cells.as_pixels()[(y / down * cells.size.width) as usize..];
            let (pixels, width) = (row.as_chunks_mut::<CHANNELS>().0, across as usize);
            for (letter, cell) in pixels.chunks_mut(width).zip(line) {
                let bright = usize::from(lifted.of(luma(*cell))) * usize::from(cell[3]) / 255;
                let face = &faces[bright * LETTERS.len() / 256][(y % down) as usize * width..];
                let ink = if self.color { vivid(*cell) } else { INK };
                for (pixel, covered) in letter.iter_mut().zip(face) {
                    let mixed =
                        |channel: usize| between(PAPER[channel], ink[channel], u32::from(*covered));
                    *pixel = [mixed(0), mixed(1), mixed(2), 255];
                }
            }
        }
        Ok(result)
    }
}

/// How much of each pixel of a cell its letter covers.
fn face(letter: &str, size: Size) -> Vec<u8> {
    let mut cell = Picture::blank(size);
    let style = Style::PLAIN;
    let room = f64::from(size.width) * 0.96;
    let height = lettering::height(letter, room, style).min(f64::from(size.height) * 0.8);
    let left = (f64::from(size.width) - lettering::width(letter, height, style)) / 2.0;
    let top = (f64::from(size.height) - height) / 2.0;
    lettering::write(&mut cell, letter, (left, top), height, style, [255; 4]);
    cell.as_pixels().iter().map(|pixel| pixel[3]).collect()
}

/// The same hue, as bright as it can be: the letter itself says how dark it is.
fn vivid([r, g, b, _]: [u8; CHANNELS]) -> [u8; 3] {
    let brightest = u32::from(r.max(g).max(b)).max(1);
    // Two thirds of the way.
    [r, g, b].map(|channel| {
        let full = u32::from(channel) * 255 / brightest;
        ((u32::from(channel) + 2 * full) / 3) as u8
    })
}
