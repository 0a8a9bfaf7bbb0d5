//! Glitch: a disturbed signal: bands slip sideways, colours come apart, lines show. The same
//! for the same seed, and on every frame.

use protocol::Glitch;

use crate::operations::Effect;
use crate::operations::random::Random;
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

impl Effect for Glitch {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let mut random = Random::new(self.seed);
        let width = picture.size.width as usize;
        let apart = (f64::from(picture.size.width) * 0.012 * self.amount).ceil() as usize;
        let slips = slips(
            &mut random,
            picture.size.height as usize,
            width,
            self.amount,
        );
        let mut source = vec![[0; CHANNELS]; width];
        for (row, (slip, strong)) in picture.rows_mut().zip(slips) {
            let row = row.as_chunks_mut().0;
            source.copy_from_slice(row);
            let apart = if strong { apart * 3 } else { apart };
            let at = |x: usize, shift: usize| source[(x + width + slip + shift) % width];
            for (x, pixel) in row.iter_mut().enumerate() {
                let middle = at(x, 0);
                let red = at(x, apart % width);
                let blue = at(x, width - apart % width);
                let visible =
                    |own: [u8; 4], channel: usize| if own[3] == 0 { 0 } else { own[channel] };
                let alpha = middle[3].max(red[3]).max(blue[3]);
                *pixel = [visible(red, 0), visible(middle, 1), visible(blue, 2), alpha];
            }
        }
        let lines = (picture.size.height as usize / 240).max(1);
        for (y, row) in picture.rows_mut().enumerate() {
            if y / lines % 3 == 2 {
                for [r, g, b, _] in row.as_chunks_mut::<CHANNELS>().0 {
                    for channel in [r, g, b] {
                        *channel -= *channel / 5;
                    }
                }
            }
        }
        Ok(picture)
    }
}

/// For each row how far it slips, and whether its colours come apart more than elsewhere.
fn slips(random: &mut Random, height: usize, width: usize, amount: f64) -> Vec<(usize, bool)> {
    let mut slips = vec![(0, false); height];
    let count = 4 + (10.0 * amount) as u32;
    for _ in 0..count {
        let thickness = 1 + random.below((height / 9 + 1) as u32) as usize;
        let top = random.below(height as u32) as usize;
        let far = (width as f64 * 0.16 * amount) as u32;
        let slip = random.below(2 * far + 1) as usize;
        // Left or right; a whole width is none.
        let slip = (width * 2 + slip - far as usize) % width;
        let strong = random.below(3) == 0;
        for row in slips.iter_mut().skip(top).take(thickness) {
            *row = (slip, strong);
        }
    }
    slips
}
