//! Charcoal: edges of the softened picture, dark on white, with a little of its shades.

use protocol::Charcoal;

use crate::operations::plane::{Plane, steepness};
use crate::operations::{Effect, detail};
use crate::picture::Picture;
use crate::refused::Refused;

/// How far the picture is softened, px.
const SIGMA: f64 = 1.0;

impl Effect for Charcoal {
    fn reach(&self) -> Option<usize> {
        Some(detail::gaussian_reach(SIGMA) + 1)
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        detail::gaussian(&mut picture, SIGMA);
        let strength = self.strength as f32;
        Plane::of(&picture).change(&mut picture, |pixel, around| {
            let stroke = steepness(around) * strength;
            let shade = (255.0 - around[1][1] as f32) * 0.18;
            let paper = (250.0 - stroke - shade) as u8;
            *pixel = [paper, paper, paper, pixel[3]];
        });
        Ok(picture)
    }
}
