//! Comic: flat strong colours in a few tones, black ink along edges, dots in the shadows.
//!
//! Source of the ink: H. Winnemöller, "XDoG: An eXtended difference-of-Gaussians compendium",
//! Computers & Graphics 36(6), 2012.

use protocol::{Comic, OilPaint, Saturation};

use crate::operations::Effect;
use crate::operations::colours::{div255, luma};
use crate::operations::detail;
use crate::operations::plane::Plane;
use crate::picture::Picture;
use crate::refused::Refused;

/// Tones that are told apart.
const TONES: f32 = 5.0;

impl Effect for Comic {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let width = picture.size.width as usize;
        let longer = picture.size.width.max(picture.size.height);
        let ink = ink(&picture, f64::from(longer));
        let radius = (longer / 200).clamp(1, 8);
        let mut flat = OilPaint { radius }.apply(picture)?;
        detail::gaussian(&mut flat, 0.8);
        let mut flat = Saturation { factor: 1.45 }.apply(flat)?;
        let tones: [u32; 256] = std::array::from_fn(|light| tone(light as f32));
        let dots = (longer as f32 / 95.0).max(4.0);
        for (at, (pixel, ink)) in flat.as_pixels_mut().iter_mut().zip(ink).enumerate() {
            let light = luma(*pixel);
            let dot = shadow_dot((at % width) as f32, (at / width) as f32, dots, light);
            let shade = div255(u32::from(ink) * (255 - dot));
            for channel in &mut pixel[..3] {
                // In 128ths, so that the hue stays while the tone is rounded.
                let toned = (u32::from(*channel) * tones[usize::from(light)]) >> 7;
                *channel = div255(toned.min(255) * shade) as u8;
            }
        }
        Ok(flat)
    }
}

/// What a colour of that light is multiplied by, in 128ths, for the tone that it belongs to: steps,
/// their edges a little soft.
fn tone(light: f32) -> u32 {
    let at = (light / 255.0).powf(0.85) * TONES;
    let step = at.floor();
    let soft = ((at - step - 0.5) * 6.0).clamp(-0.5, 0.5) + 0.5;
    let rounded = (step + soft) / TONES * 255.0;
    (rounded / light.max(8.0) * 128.0).min(300.0) as u32
}

/// Paper where there is no ink, 255, and ink where it is darker than around it, 0.
fn ink(picture: &Picture, longer: f64) -> Vec<u8> {
    let sigma = (longer / 620.0).max(0.7);
    let mut soft = picture.clone();
    detail::gaussian(&mut soft, sigma);
    let fine_light = Plane::of(&soft);
    detail::gaussian(&mut soft, sigma * 1.8);
    let coarse_light = Plane::of(&soft);
    drop(soft);
    let mut inks = Vec::with_capacity(picture.as_pixels().len());
    for (one, two) in fine_light.rows().zip(coarse_light.rows()) {
        inks.extend(one.zip(two).map(|(one, two)| {
            let difference = (two[1][1] - one[1][1]) as f32;
            255 - ((difference - 2.5) * 52.0) as u8
        }));
    }
    inks
}

/// How much of a dot lies on a pixel, 0 to 105: rows of them, turned by 45 degrees, the larger the
/// darker it is; none where it is bright.
fn shadow_dot(x: f32, y: f32, distance: f32, light: u8) -> u32 {
    if light >= 112 {
        return 0;
    }
    let off = |at: f32| (at / distance).rem_euclid(1.0) - 0.5;
    let (across, down) = (off(x + y) * distance, off(x - y) * distance);
    let radius = distance * (0.16 + 0.3 * (112.0 - f32::from(light)) / 112.0);
    let inside = radius - (across * across + down * down).sqrt() + 0.5;
    (inside.clamp(0.0, 1.0) * 105.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::{done, letters};

    #[test]
    fn there_are_few_tones() {
        let toned = |light: u32| ((light * tone(light as f32)) >> 7) as i32;
        for (from, to, expected) in [(66, 106, 102), (119, 161, 153), (172, 210, 204)] {
            for light in [from, to] {
                assert!(
                    (toned(light) - expected).abs() < 5,
                    "{light}: {}",
                    toned(light)
                );
            }
        }
    }

    #[test]
    fn edges_are_inked_and_plains_are_not() {
        let row = "            zzzzzzzzzzzz";
        let result = done("comic", letters(24, &row.repeat(20)));
        let at = |x: usize| result.as_pixels()[10 * 24 + x][0];
        assert!(at(22) > 90, "{}", at(22));
        assert!(at(11) < 20, "{}", at(11));
    }

    #[test]
    fn dots_are_in_the_shadows_only() {
        let count = |light: u8| {
            (0..400)
                .filter(|at| shadow_dot((at % 20) as f32, (at / 20) as f32, 5.0, light) > 0)
                .count()
        };
        assert_eq!((count(255), count(112)), (0, 0));
        assert!(count(20) > count(90) && count(90) > 0);
    }
}
