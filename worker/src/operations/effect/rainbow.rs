//! Rainbow: all hues across the picture; its own brightness shines through.

use protocol::Rainbow;

use crate::operations::Effect;
use crate::operations::colours::{between, hue, luma};
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

impl Effect for Rainbow {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let sum = (picture.size.width + picture.size.height) as usize;
        let hues: Vec<[u8; 3]> = (0..sum)
            .map(|at| hue(at as f64 * 330.0 / sum as f64))
            .collect();
        let share = (self.amount * 255.0 + 0.5) as u32;
        for (y, row) in picture.rows_mut().enumerate() {
            for (pixel, hue) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(&hues[y..]) {
                let luma = u32::from(luma(*pixel));
                for (channel, hue) in pixel.iter_mut().zip(hue) {
                    // The hue in the dark half, lighter than it in the bright half.
                    let light = if luma < 128 {
                        between(0, *hue, luma * 2)
                    } else {
                        between(*hue, 255, (luma - 128) * 2)
                    };
                    *channel = between(*channel, light, share);
                }
            }
        }
        Ok(picture)
    }
}
