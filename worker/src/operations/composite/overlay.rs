//! Overlay: a second picture on every frame, at one place or repeated.

use protocol::Overlay;

use super::blend::Mixer;
use crate::operations::colours::div255;
use crate::operations::compose::combine;
use crate::operations::geometry::{self, halves};
use crate::operations::{Compose, Effect, Parts};
use crate::picture::{Area, Picture, Size};
use crate::refused::Refused;

impl Compose for Overlay {
    fn picture(&self) -> u32 {
        self.picture
    }

    fn prepare<'a>(
        &'a self,
        other: &Picture,
        first: &Picture,
    ) -> Result<Box<dyn Effect + 'a>, Refused> {
        let mut above = match self.scale {
            Some(scale) => {
                geometry::smoothly(other.clone(), within(other.size, first.size, scale))?
            }
            None => other.clone(),
        };
        let opacity = (self.opacity * 255.0).round() as u32;
        for [_, _, _, alpha] in above.as_pixels_mut() {
            *alpha = div255(u32::from(*alpha) * opacity) as u8;
        }
        Ok(Box::new(Overlaid {
            overlay: self,
            above,
            mixer: Mixer::new(self.blend),
        }))
    }
}

/// The largest size of the shape of `inner` that is not over `scale` times `outer`, so never
/// larger than the picture below.
fn within(inner: Size, outer: Size, scale: f64) -> Size {
    let share = |outer: u32, inner: u32| f64::from(outer) * scale / f64::from(inner);
    let factor = share(outer.width, inner.width).min(share(outer.height, inner.height));
    let side = |inner: u32| ((f64::from(inner) * factor).round() as u32).max(1);
    Size::new(side(inner.width), side(inner.height))
}

/// An overlay of its final size.
struct Overlaid<'a> {
    overlay: &'a Overlay,
    above: Picture,
    mixer: Mixer,
}

impl Effect for Overlaid<'_> {
    fn parts(&self) -> Option<&dyn Parts> {
        Some(self)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        self.apply_to_all(picture)
    }
}

impl Parts for Overlaid<'_> {
    fn apply_to_part(
        &self,
        mut part: Picture,
        wanted: Area,
        size: Size,
    ) -> Result<Picture, Refused> {
        let (across, down) = halves(self.overlay.gravity);
        let inner = self.above.size;
        let left = start(across, size.width, inner.width, self.overlay.x);
        let top = start(down, size.height, inner.height, self.overlay.y);
        let mut lay = |left: i64, top: i64| {
            let at = (left - wanted.left as i64, top - wanted.top as i64);
            self.lay(&mut part, at);
        };
        if !self.overlay.tiled {
            lay(left, top);
            return Ok(part);
        }
        let step = |side: u32| i64::from(side) + i64::from(self.overlay.gap);
        for top in tiles(top, step(inner.height), size.height) {
            for left in tiles(left, step(inner.width), size.width) {
                lay(left, top);
            }
        }
        Ok(part)
    }
}

impl Overlaid<'_> {
    fn lay(&self, picture: &mut Picture, (left, top): (i64, i64)) {
        combine(picture, &self.above, left, top, |below, above| {
            self.mixer.lay(below, above)
        });
    }
}

/// Where it starts, `distance` from what `halves` of the free room lead to.
fn start(halves: u32, outer: u32, inner: u32, distance: i32) -> i64 {
    let free = i64::from(outer) - i64::from(inner);
    let distance = i64::from(distance);
    let inwards = if halves == 2 { -distance } else { distance };
    (free * i64::from(halves)).div_euclid(2) + inwards
}

/// Where repetitions start of which one starts at `start`; all that touch `0..length`.
fn tiles(start: i64, step: i64, length: u32) -> impl Iterator<Item = i64> {
    let first = start.rem_euclid(step) - step;
    (first..i64::from(length)).step_by(step as usize)
}

#[cfg(test)]
mod tests {
    use protocol::{Composite, Operation};

    use super::*;
    use crate::operations::tests::{letters, spelt};

    fn laid(op: &str, above: &Picture, below: Picture) -> Picture {
        let operation = Operation::from_text(op).unwrap();
        let Operation::Composite(Composite::Overlay(overlay)) = operation else {
            panic!("{op} is no overlay");
        };
        let effect = overlay.prepare(above, &below).unwrap();
        effect.apply(below).unwrap()
    }

    #[test]
    fn it_lies_where_gravity_and_distance_say() {
        for (op, expected) in [
            ("overlay", "....a...."),
            ("overlay:gravity=northwest", "a........"),
            ("overlay:gravity=southeast:x=1", ".......a."),
            ("overlay:gravity=northwest:x=1:y=2", ".......a."),
            ("overlay:gravity=north:x=-1", "a........"),
            ("overlay:gravity=northwest:x=-1", "........."),
            ("overlay:tiled=true", "aaaaaaaaa"),
            ("overlay:tiled=true:gap=1", "....a...."),
            ("overlay:gravity=northwest:tiled=true:gap=1", "a.a...a.a"),
        ] {
            let picture = laid(op, &letters(1, "a"), letters(3, "........."));
            assert_eq!(spelt(&picture), expected, "{op}");
        }
    }

    #[test]
    fn one_that_is_larger_than_the_picture_is_cut_off() {
        let picture = laid("overlay", &letters(3, "abcdefghi"), letters(1, "."));
        assert_eq!(spelt(&picture), "e");
    }

    #[test]
    fn scaled_it_fits_into_its_part_of_the_picture() {
        let size = |inner, outer, scale| within(inner, outer, scale);
        let outer = Size::new(200, 100);
        assert_eq!(size(Size::new(10, 10), outer, 0.5), Size::new(50, 50));
        assert_eq!(size(Size::new(1000, 10), outer, 0.5), Size::new(100, 1));
        assert_eq!(size(Size::new(1, 30_000), outer, 1.0), Size::new(1, 100));
    }

    #[test]
    fn opacity_lets_what_is_below_through() {
        let (white, black) = ([255; 4].to_vec(), vec![0, 0, 0, 255]);
        let one = |pixels| Picture {
            size: Size::new(1, 1),
            pixels,
        };
        let picture = laid("overlay:opacity=0.2", &one(white), one(black.clone()));
        assert_eq!(picture.pixels, [51, 51, 51, 255]);
        let picture = laid("overlay:opacity=0", &one(vec![255; 4]), one(black.clone()));
        assert_eq!(picture.pixels, black);
    }
}
