//! Deep fry: colours far too strong, edges far too sharp, and the blocks of a JPEG that has
//! been saved far too often.

use protocol::{DeepFry, Noise, Sharpen};

use crate::operations::Effect;
use crate::operations::colours::{Curve, Matrix};
use crate::operations::rounding::nearest;
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

const GREY: [[f64; 4]; 3] = [[0.299, 0.587, 0.114, 0.0]; 3];
/// Side of a JPEG block.
const BLOCK: usize = 8;

impl Effect for DeepFry {
    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        let amount = self.amount;
        let sharpen = Sharpen {
            sigma: 1.6,
            amount: 1.6 * amount,
            threshold: 0,
        };
        picture = sharpen.apply(picture)?;
        Matrix::towards(GREY, -1.6 * amount).apply(&mut picture);
        let contrast = 1.0 + 0.55 * amount;
        Curve::new(|value| (value - 120.0) * contrast + 132.0).apply(&mut picture);
        let warm = [
            [1.12, 0.05, 0.0, 8.0],
            [0.02, 1.0, 0.0, 2.0],
            [0.0, 0.0, 0.85, -8.0],
        ];
        Matrix::towards(warm, amount.min(1.0)).apply(&mut picture);
        let noise = Noise {
            amount: (0.1 * amount).min(1.0),
            mono: false,
            seed: 0,
        };
        picture = noise.apply(picture)?;
        blocks(&mut picture, 26.0 * amount);
        Ok(picture)
    }
}

/// Rounds the waves of each block of 8 × 8 to multiples of `step`, coarser the finer they are.
fn blocks(picture: &mut Picture, step: f64) {
    let cosines: [[f32; BLOCK]; BLOCK] = std::array::from_fn(|wave| {
        let scale = if wave == 0 {
            (1.0_f64 / 8.0).sqrt()
        } else {
            0.5
        };
        std::array::from_fn(|at| {
            let angle = (2 * at + 1) as f64 * wave as f64 * std::f64::consts::PI / 16.0;
            (angle.cos() * scale) as f32
        })
    });
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let pixels = picture.as_pixels_mut();
    for top in (0..height).step_by(BLOCK) {
        for left in (0..width).step_by(BLOCK) {
            let mut channels = [[[0.0_f32; BLOCK]; BLOCK]; CHANNELS - 1];
            // The last pixels repeat in blocks that reach outside.
            for y in 0..BLOCK {
                let row = &pixels[(top + y).min(height - 1) * width..][..width];
                for x in 0..BLOCK {
                    let pixel = row[(left + x).min(width - 1)];
                    for (block, value) in channels.iter_mut().zip(pixel) {
                        // What is transparent has no colour that could spread.
                        block[y][x] = if pixel[3] == 0 { 128 } else { value }.into();
                    }
                }
            }
            for block in &mut channels {
                coarsen(block, &cosines, step as f32);
            }
            for (y, row) in pixels
                .chunks_exact_mut(width)
                .skip(top)
                .take(BLOCK)
                .enumerate()
            {
                for (x, pixel) in row.iter_mut().skip(left).take(BLOCK).enumerate() {
                    for (channel, block) in pixel.iter_mut().zip(&channels) {
                        *channel = (block[y][x] + 0.5) as u8;
                    }
                }
            }
        }
    }
}

type Block = [[f32; BLOCK]; BLOCK];

fn coarsen(block: &mut Block, cosines: &Block, step: f32) {
    let mut waves = product(&product(cosines, block), &transposed(cosines));
    for (y, row) in waves.iter_mut().enumerate() {
        for (x, wave) in row.iter_mut().enumerate() {
            let step = step * (1.0 + (x + y) as f32 * 0.5);
            *wave = nearest(*wave / step) * step;
        }
    }
    *block = product(&product(&transposed(cosines), &waves), cosines);
}

fn transposed(block: &Block) -> Block {
    std::array::from_fn(|y| std::array::from_fn(|x| block[x][y]))
}

fn product(one: &Block, two: &Block) -> Block {
    std::array::from_fn(|y| {
        let mut row = [0.0; BLOCK];
        for (factor, other) in one[y].iter().zip(two) {
            for (sum, value) in row.iter_mut().zip(other) {
                *sum += factor * value;
            }
        }
        row
    })
}
