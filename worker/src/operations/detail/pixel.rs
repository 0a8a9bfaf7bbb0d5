//! Pixel: square blocks, each filled with the mean of its pixels. The mean is taken over
//! premultiplied colours, so that what is transparent lends no colour.

use protocol::Pixel;

use crate::operations::{Effect, Parts};
use crate::picture::{Area, CHANNELS, Picture, Size};
use crate::refused::Refused;

/// Blocks along the longer side when no size is given.
const BLOCKS: u32 = 32;

impl Effect for Pixel {
    fn parts(&self) -> Option<&dyn Parts> {
        Some(self)
    }

    fn apply(&self, picture: Picture) -> Result<Picture, Refused> {
        self.apply_to_all(picture)
    }
}

impl Parts for Pixel {
    fn touched(&self, changed: Area, size: Size) -> Area {
        blocks(changed, side(self, size)).clipped(size)
    }

    fn needed(&self, wanted: Area, size: Size) -> Area {
        blocks(wanted, side(self, size)).clipped(size)
    }

    fn apply_to_part(
        &self,
        mut part: Picture,
        wanted: Area,
        size: Size,
    ) -> Result<Picture, Refused> {
        let side = side(self, size);
        if side > 1 {
            average(&mut part, side);
        }
        let made = self.needed(wanted, size);
        Ok(wanted.within(made).cut_from(part))
    }
}

/// Side of the blocks, px.
fn side(pixel: &Pixel, size: Size) -> usize {
    let longer = size.width.max(size.height);
    pixel.size.unwrap_or(longer / BLOCKS).max(1) as usize
}

/// The whole blocks that have a part in `area`.
fn blocks(area: Area, side: usize) -> Area {
    let whole = |start: usize, length: usize| {
        let first = start / side * side;
        (first, (start + length).next_multiple_of(side) - first)
    };
    let (left, width) = whole(area.left, area.width);
    let (top, height) = whole(area.top, area.height);
    Area {
        left,
        top,
        width,
        height,
    }
}

/// Fills each block of a picture that begins with one.
fn average(picture: &mut Picture, side: usize) {
    let stride = picture.size.stride();
    for band in picture.pixels.chunks_mut((stride * side).max(1)) {
        for left in (0..stride).step_by(side * CHANNELS) {
            let block = left..(left + side * CHANNELS).min(stride);
            let mut mean = Mean::default();
            for row in band.chunks_exact(stride) {
                mean.add(row[block.clone()].as_chunks().0);
            }
            let colour = mean.colour();
            for row in band.chunks_exact_mut(stride) {
                row[block.clone()].as_chunks_mut().0.fill(colour);
            }
        }
    }
}

/// Sums of a block of at most 4096 × 4096 px.
#[derive(Default)]
struct Mean {
    /// Red, green, blue, each times alpha.
    colours: [u64; 3],
    alpha: u64,
    pixels: u64,
}

impl Mean {
    fn add(&mut self, pixels: &[[u8; CHANNELS]]) {
        for &[r, g, b, a] in pixels {
            for (sum, channel) in self.colours.iter_mut().zip([r, g, b]) {
                *sum += u64::from(channel) * u64::from(a);
            }
            self.alpha += u64::from(a);
        }
        self.pixels += pixels.len() as u64;
    }

    fn colour(&self) -> [u8; CHANNELS] {
        let rounded = |sum: u64, count: u64| ((sum + count / 2) / count.max(1)) as u8;
        let [r, g, b] = self.colours.map(|sum| rounded(sum, self.alpha));
        [r, g, b, rounded(self.alpha, self.pixels)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::picture;

    #[test]
    fn a_block_is_the_mean_of_what_is_visible() {
        let clear = [255, 255, 255, 0];
        let given = picture(
            3,
            &[
                [10, 0, 0, 255],
                [30, 0, 0, 255],
                [9, 9, 9, 9],
                clear,
                clear,
                clear,
            ],
        );
        let half = [20, 0, 0, 128];
        let edge = [9, 9, 9, 5];
        let expected = picture(3, &[half, half, edge, half, half, edge]);
        assert_eq!(Pixel { size: Some(2) }.apply(given), Ok(expected));
    }

    #[test]
    fn small_pictures_without_a_size_stay_as_they_are() {
        let given = picture(2, &[[1, 2, 3, 4], [5, 6, 7, 8]]);
        assert_eq!(Pixel { size: None }.apply(given.clone()), Ok(given));
    }
}
