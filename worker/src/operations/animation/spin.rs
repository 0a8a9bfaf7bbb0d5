//! Spin: a circle out of the picture, turning.

use protocol::{Circle, Colour, Spin};

use super::generated::Script;
use crate::operations::Effect;
use crate::operations::mask;
use crate::operations::sample::{Outside, warped};
use crate::picture::Picture;

impl Script for Spin {
    const FRAMES: u32 = 30;
    const DELAY_CS: u16 = 4;

    fn frame(&self, picture: &Picture, number: u32) -> Picture {
        let circle = Circle {
            background: Colour::TRANSPARENT,
        };
        let size = circle.result_size(picture.size);
        let turn = f64::from(number) / f64::from(Self::FRAMES) * std::f64::consts::TAU;
        let (sin, cos) = if self.back { -turn } else { turn }.sin_cos();
        let half = f64::from(size.width) / 2.0;
        let middle_x = f64::from(picture.size.width) / 2.0;
        let middle_y = f64::from(picture.size.height) / 2.0;
        let mut turned = warped(picture, size, Outside::Edge, |x, y| {
            let (dx, dy) = (x - half, y - half);
            (
                middle_x + dx * cos + dy * sin,
                middle_y + dy * cos - dx * sin,
            )
        });
        mask::round(&mut turned, half, Colour::TRANSPARENT);
        turned
    }
}
