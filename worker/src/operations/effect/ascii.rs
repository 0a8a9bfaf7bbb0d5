//! ASCII: the picture in letters on black, each as dense as its place is bright.

use protocol::Ascii;

use crate::operations::Effect;
use crate::operations::colours::{Curve, luma};
use crate::operations::geometry;
use crate::operations::lettering::{self, HEIGHT, WIDTH};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

/// From dark to bright.
const LETTERS: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '%', '#', '@'];

impl Effect for Ascii {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = picture.size;
        // A dot of a letter, px.
        let dot = (size.width / (self.columns * (WIDTH as u32 + 1))).max(1);
        let (across, down) = ((WIDTH as u32 + 1) * dot, (HEIGHT as u32 + 1) * dot);
        let cells = Size::new(size.width.div_ceil(across), size.height.div_ceil(down));
        let cells = geometry::quickly(picture, cells)?;
        let faces = LETTERS.map(lettering::dots);
        // Letters are mostly gaps, so that all is darker than it was.
        let lifted = Curve::new(|value| (value / 255.0).powf(0.65) * 255.0);
        let mut result = Picture::blank(size);
        for (y, row) in result.rows_mut().enumerate() {
            let y = y as u32;
            let line = &cells.as_pixels()[(y / down * cells.size.width) as usize..];
            let dot_y = y % down / dot;
            for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
                let x = x as u32;
                let cell = line[(x / across) as usize];
                let bright = usize::from(lifted.of(luma(cell))) * usize::from(cell[3]) / 255;
                let face = &faces[bright * LETTERS.len() / 256];
                let inked = lettering::dot(face, (x % across / dot).into(), dot_y.into());
                *pixel = match (inked, self.color) {
                    (true, true) => vivid(cell),
                    (true, false) => [225, 228, 225, 255],
                    (false, _) => [12, 13, 15, 255],
                };
            }
        }
        Ok(result)
    }
}

/// The same hue, as bright as it can be: the letter itself says how dark it is.
fn vivid([r, g, b, _]: [u8; CHANNELS]) -> [u8; CHANNELS] {
    let brightest = u32::from(r.max(g).max(b)).max(1);
    // Two thirds of the way.
    let lift = |channel: u8| {
        let full = u32::from(channel) * 255 / brightest;
        ((u32::from(channel) + 2 * full) / 3) as u8
    };
    [lift(r), lift(g), lift(b), 255]
}
