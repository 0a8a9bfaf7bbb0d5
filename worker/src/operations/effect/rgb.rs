//! RGB: a chart of how often each value of red, green and blue occurs.

use protocol::{Colour, Rgb};

use crate::operations::Effect;
use crate::operations::compose;
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

const SIZE: Size = Size {
    width: 560,
    height: 340,
};
/// Around the chart, px.
const MARGIN: usize = 24;

impl Effect for Rgb {
    fn result_size(&self, _size: Size) -> Size {
        SIZE
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let curves = curves(&picture);
        let mut chart = compose::filled(SIZE, Colour([20, 21, 26, 255]));
        let (wide, high) = (
            SIZE.width as usize - 2 * MARGIN,
            SIZE.height as usize - 2 * MARGIN,
        );
        for (y, row) in chart.rows_mut().enumerate().skip(MARGIN).take(high) {
            let level = (MARGIN + high - y) as f64 / high as f64;
            let pixels = row.as_chunks_mut::<CHANNELS>().0[MARGIN..].iter_mut();
            for (x, pixel) in pixels.take(wide).enumerate() {
                let line = x % (wide / 4) == 0 || (MARGIN + high - y).is_multiple_of(high / 4);
                let ground = if line { 46 } else { 30 };
                let at = x * 255 / (wide - 1);
                for (channel, curve) in pixel.iter_mut().zip(&curves) {
                    // Bright along the outline, half as bright below it.
                    let under = (curve[at] - level) * high as f64;
                    *channel = match under {
                        under if under < 0.0 => ground,
                        under if under < 2.0 => 255,
                        _ => 165,
                    };
                }
            }
        }
        Ok(chart)
    }
}

/// For each channel and value, 0 to 1; square roots, so that rare values are seen.
fn curves(picture: &Picture) -> [[f64; 256]; 3] {
    let mut counts = [[0_u32; 256]; 3];
    for pixel in picture.as_pixels().iter().filter(|pixel| pixel[3] > 0) {
        for (counts, value) in counts.iter_mut().zip(pixel) {
            counts[usize::from(*value)] += 1;
        }
    }
    let most = counts.iter().flatten().max().copied().unwrap_or(0).max(1);
    counts.map(|counts| counts.map(|count| (f64::from(count) / f64::from(most)).sqrt()))
}
