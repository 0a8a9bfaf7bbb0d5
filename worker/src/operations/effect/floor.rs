//! Floor: a floor laid with the picture as its tiles, as far as the eye reaches.

use protocol::Floor;

use crate::operations::Effect;
use crate::operations::colours::between;
use crate::operations::geometry;
use crate::operations::sample::{Outside, place, sample};
use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

/// Height of the horizon, of the picture's.
const HORIZON: f64 = 0.34;
/// Tiles beside each other at the lower edge.
const TILES: f64 = 1.6;
/// How much farther than wide the floor is seen.
const DEPTH: f64 = 0.34;
const FOG: [u8; 3] = [214, 222, 232];

impl Effect for Floor {
    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        let size = picture.size;
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        let horizon = height * HORIZON;
        let tiles = smaller(picture)?;
        let mut result = Picture::blank(size);
        for (y, row) in result.rows_mut().enumerate() {
            let below = (y as f64 + 0.5 - horizon) / (height - horizon);
            let pixels = row.as_chunks_mut::<CHANNELS>().0;
            if below <= 0.0 {
                pixels.fill(sky(-below / HORIZON));
                continue;
            }
            // 1 at the lower edge.
            let far = 1.0 / below;
            let step = far * TILES / width;
            // A pixel shows less than one pixel of the version that is used.
            let level = (step * width).log2().ceil().max(0.0) as usize;
            let tile = &tiles[level.min(tiles.len() - 1)];
            let down = far * TILES * DEPTH * width / height + 0.1;
            let fog = ((far - 4.0) / 22.0).clamp(0.0, 1.0);
            for (x, pixel) in pixels.iter_mut().enumerate() {
                let across = (x as f64 + 0.5 - width / 2.0) * step + 0.5;
                let (u, v) = (across.rem_euclid(1.0), (-down).rem_euclid(1.0));
                let at = place(
                    u * f64::from(tile.size.width),
                    v * f64::from(tile.size.height),
                );
                let [r, g, b, a] = sample(tile, at, Outside::Edge);
                let mut colour = [r, g, b];
                for (channel, fog_colour) in colour.iter_mut().zip(FOG) {
                    let seen = between(235, *channel, a.into());
                    *channel = between(seen, fog_colour, (fog * 255.0) as u32);
                }
                *pixel = [colour[0], colour[1], colour[2], 255];
            }
        }
        Ok(result)
    }
}

/// The picture, and each time half of it, as long as there is something to halve.
fn smaller(picture: Picture) -> Result<Vec<Picture>, Refused> {
    let mut tiles = vec![picture];
    while let Some(last) = tiles.last()
        && last.size.width.min(last.size.height) > 1
        && tiles.len() < 9
    {
        let half = Size::new(last.size.width.div_ceil(2), last.size.height.div_ceil(2));
        let next = geometry::quickly(last.clone(), half)?;
        tiles.push(next);
    }
    Ok(tiles)
}

/// From the horizon (0) to the zenith (1).
fn sky(up: f64) -> [u8; CHANNELS] {
    let share = (up.clamp(0.0, 1.0) * 255.0) as u32;
    let [r, g, b] = [0, 1, 2].map(|channel| between(FOG[channel], [104, 150, 206][channel], share));
    [r, g, b, 255]
}
