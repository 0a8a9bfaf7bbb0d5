//! Jail: steel bars in front of the picture, which throw shadows on it.

use protocol::Jail;

use crate::operations::Effect;
use crate::operations::colours::{Curve, between};
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

/// Upright bars.
const BARS: f64 = 7.0;
/// Of the room between two bars, what a bar takes.
const THICKNESS: f64 = 0.26;

impl Effect for Jail {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        Curve::new(|value| value * 0.8).apply(&mut picture);
        let (width, height) = (
            f64::from(picture.size.width),
            f64::from(picture.size.height),
        );
        let room = width / BARS;
        let across: Vec<_> = (0..picture.size.width)
            .map(|x| {
                part(
                    (f64::from(x) + 0.5).rem_euclid(room) - room / 2.0,
                    room * THICKNESS,
                )
            })
            .collect();
        let beam = room * THICKNESS * 1.3;
        for (y, row) in picture.rows_mut().enumerate() {
            let y = y as f64 + 0.5;
            let near = |at: f64| part(y - height * at, beam);
            let beam = near(0.12).over(near(0.88));
            for (pixel, bar) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(&across) {
                match bar.over(beam) {
                    Part::Steel(light) => *pixel = [light, light, light.saturating_add(6), 255],
                    Part::Shadow(share) => {
                        for channel in &mut pixel[..3] {
                            *channel = between(*channel, 0, share);
                        }
                    }
                    Part::Free => {}
                }
            }
        }
        Ok(picture)
    }
}

#[derive(Clone, Copy)]
enum Part {
    Steel(u8),
    Shadow(u32),
    Free,
}

impl Part {
    /// What is seen of two, the first in front.
    fn over(self, behind: Self) -> Self {
        match (self, behind) {
            (Self::Steel(_), _) | (_, Self::Free) => self,
            (_, Self::Steel(_)) | (Self::Free, _) => behind,
            (Self::Shadow(one), Self::Shadow(two)) => Self::Shadow(one.max(two)),
        }
    }
}

/// A round bar of that thickness, lit from one side, seen so far from its middle.
fn part(from_middle: f64, thickness: f64) -> Part {
    let at = from_middle / (thickness / 2.0);
    if at.abs() <= 1.0 {
        let round = (1.0 - at * at).sqrt();
        let shine = (1.0 - (at + 0.35).abs() * 2.2).max(0.0);
        return Part::Steel((26.0 + 70.0 * round + 110.0 * shine * shine) as u8);
    }
    let behind = (at - 1.0) / 1.4;
    if (0.0..1.0).contains(&behind) {
        return Part::Shadow(((1.0 - behind) * 120.0) as u32);
    }
    Part::Free
}
