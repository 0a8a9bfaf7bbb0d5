//! Comic: flat strong colours in a few tones, black outlines, dots in the shadows.

use protocol::{Comic, OilPaint, Saturation};

use crate::operations::Effect;
use crate::operations::colours::{Curve, luma};
use crate::operations::detail;
use crate::operations::plane::{Plane, steepness};
use crate::picture::Picture;
use crate::refused::Refused;

impl Effect for Comic {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let width = picture.size.width as usize;
        let longer = picture.size.width.max(picture.size.height);
        let mut soft = picture.clone();
        detail::gaussian(&mut soft, (f64::from(longer) / 700.0).max(0.7));
        let plane = Plane::of(&soft);
        let radius = (longer / 250).clamp(1, 8);
        let flat = OilPaint { radius }.apply(picture)?;
        let mut flat = Saturation { factor: 1.5 }.apply(flat)?;
        // Six tones, bright ones preferred.
        Curve::new(|value| ((value / 255.0).powf(0.85) * 5.0).round() * 51.0).apply(&mut flat);
        let dots = (longer / 110).max(4) as usize;
        for (at, (pixel, around)) in plane.around(&mut flat).enumerate() {
            let (x, y) = (at % width, at / width);
            let ink = (steepness(around) - 110.0) * 1.6;
            let dot = luma(*pixel) < 120 && in_a_dot(x, y, dots);
            let ink = if dot { ink.max(110.0) } else { ink } as u8;
            for channel in &mut pixel[..3] {
                *channel = channel.saturating_sub(ink);
            }
        }
        Ok(flat)
    }
}

/// Dots of half the distance, in rows that are offset by half of it.
fn in_a_dot(x: usize, y: usize, distance: usize) -> bool {
    let row = y / distance;
    let x = (x + row % 2 * distance / 2) % distance;
    let y = y % distance;
    let off = |at: usize| at as i64 * 2 + 1 - distance as i64;
    // Lengths are doubled, so the radius is half of the distance.
    off(x).pow(2) + off(y).pow(2) < (distance as i64).pow(2) / 3
}
