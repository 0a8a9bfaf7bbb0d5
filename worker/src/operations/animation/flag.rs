//! A flag that waves over a picture, which shines through: what america and communism share.
//! The flag's own drawing is theirs.

use super::generated::Script;
use crate::operations::colours::between;
use crate::operations::sample::{Outside, place, sample};
use crate::picture::{CHANNELS, Picture, Size};

/// How much of the cloth is seen, in 255ths; the rest is the picture.
const SHARE: u32 = 140;
/// Waves that are seen at once, and how far the cloth moves up and down, of its height.
const WAVES: f64 = 1.35;
const SWING: f64 = 0.045;

/// A flag.
pub(super) trait Flag {
    /// Draws it.
    fn cloth(size: Size) -> Picture;
}

impl<F: Flag> Script for F {
    const FRAMES: u32 = 24;
    const DELAY_CS: u16 = 5;

    fn frame(&self, picture: &Picture, number: u32) -> Picture {
        let time = f64::from(number) / f64::from(Self::FRAMES);
        wave(picture, &F::cloth(picture.size), time)
    }
}

/// `cloth`, as large as `picture`, laid over it; `time` goes from 0 to 1 and begins again.
fn wave(picture: &Picture, cloth: &Picture, time: f64) -> Picture {
    let (width, height) = (
        f64::from(picture.size.width),
        f64::from(picture.size.height),
    );
    let turn = std::f64::consts::TAU;
    let mut result = picture.clone();
    for (y, row) in result.rows_mut().enumerate() {
        let down = (y as f64 + 0.5) / height;
        for (x, pixel) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
            if pixel[3] == 0 {
                continue;
            }
            let across = (x as f64 + 0.5) / width;
            // Waves run from the pole, and hang back below; near the pole they are small.
            let phase = turn * (across * WAVES + down * 0.22 - time);
            let second = turn * (across * WAVES * 1.7 - down * 0.3 - 2.0 * time);
            let loose = 0.35 + 0.65 * across;
            let lift = (phase.sin() + 0.3 * second.sin()) * SWING * loose;
            let slope = (phase.cos() + 0.5 * second.cos()) * loose;
            // A little enlarged, so that what swings has no edge.
            let source_y = (0.5 + (down - 0.5) * (1.0 - 2.6 * SWING) + lift) * height;
            let source_x = (across + slope * 0.006) * width;
            let cloth = sample(cloth, place(source_x, source_y), Outside::Edge);
            let light = 1.0 - slope * 0.26;
            for (channel, dye) in pixel.iter_mut().zip(&cloth[..3]) {
                let seen = between(*channel, *dye, SHARE);
                *channel = (f64::from(seen) * light) as u8;
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::compose;
    use crate::picture::Size;
    use protocol::Colour;

    #[test]
    fn the_end_meets_the_beginning_and_in_between_the_cloth_moves() {
        let picture = compose::filled(Size::new(40, 30), Colour([90, 90, 90, 255]));
        let mut cloth = compose::filled(picture.size, Colour::WHITE);
        cloth.pixels[..40 * 15 * CHANNELS].fill(20);
        let at = |time| wave(&picture, &cloth, time);
        assert_eq!(at(0.0), at(1.0));
        assert_ne!(at(0.0), at(0.5));
    }

    #[test]
    fn what_is_transparent_stays_so() {
        let mut picture = compose::filled(Size::new(2, 1), Colour::WHITE);
        picture.as_pixels_mut()[0] = [0; CHANNELS];
        let cloth = compose::filled(picture.size, Colour([200, 0, 0, 255]));
        let result = wave(&picture, &cloth, 0.3);
        let alphas: Vec<u8> = result.as_pixels().iter().map(|pixel| pixel[3]).collect();
        assert_eq!(alphas, [0, 255]);
        assert_eq!(result.as_pixels()[0], [0; CHANNELS]);
    }
}
