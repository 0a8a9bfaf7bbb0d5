//! Fewer and smaller frames, for a byte budget. Of so many frames the first is kept, and takes
//! over the time of the others; smaller frames are means of what they cover, by alpha.

use protocol::Traded;

use crate::picture::{Frame, Patch, Picture, Size};

/// Stands between the operations and the encoder.
pub(crate) struct Reduction {
    scale: u8,
    every: u8,
    seen: u32,
    pending: Option<Patch>,
}

impl Reduction {
    pub(crate) fn new(traded: Traded) -> Self {
        Self {
            scale: traded.scale.unwrap_or(100).clamp(1, 100),
            every: traded.every.unwrap_or(1).max(1),
            seen: 0,
            pending: None,
        }
    }

    /// Whether frames pass as they are: then they need not be whole.
    pub(crate) fn is_none(&self) -> bool {
        (self.scale, self.every) == (100, 1)
    }

    /// Takes the next frame; gives one that is complete.
    pub(crate) fn take(&mut self, patch: Patch) -> Option<Patch> {
        let kept = self.seen.is_multiple_of(self.every.into());
        self.seen += 1;
        if kept {
            let patch = match self.scale {
                100 => patch,
                scale => Patch::from(Frame {
                    picture: shrunk(&patch.picture, scale),
                    delay: patch.delay,
                }),
            };
            return match self.every {
                // None that follows can have its time added: a canvas less is held.
                1 => Some(patch),
                _ => self.pending.replace(patch),
            };
        }
        if let Some(pending) = &mut self.pending {
            pending.delay = pending.delay.plus(patch.delay);
        }
        None
    }

    /// The last frame.
    pub(crate) fn rest(&mut self) -> Option<Patch> {
        self.pending.take()
    }

    /// Frames taken.
    pub(crate) fn seen(&self) -> u32 {
        self.seen
    }
}

/// Parts of a source pixel in one of the result.
const WHOLE: u64 = 256;

fn shrunk(picture: &Picture, percent: u8) -> Picture {
    let side = |side: u32| {
        let scaled = (u64::from(side) * u64::from(percent) + 50) / 100;
        (scaled as u32).max(1)
    };
    let size = Size::new(side(picture.size.width), side(picture.size.height));
    let columns = covered(picture.size.width, size.width);
    let rows = covered(picture.size.height, size.height);
    let source = picture.as_pixels();
    let width = picture.size.width as usize;
    let mut result = Picture::blank(size);
    let places = rows
        .iter()
        .flat_map(|row| columns.iter().map(move |column| (row, column)));
    for (pixel, (row, column)) in result.as_pixels_mut().iter_mut().zip(places) {
        let (mut sums, mut alphas, mut weights) = ([0_u64; 3], 0, 0);
        for &(y, down) in row {
            for &(x, across) in column {
                let [colours @ .., alpha] = source[y * width + x];
                let weight = down * across;
                weights += weight;
                let weight = weight * u64::from(alpha);
                alphas += weight;
                for (sum, colour) in sums.iter_mut().zip(colours) {
                    *sum += weight * u64::from(colour);
                }
            }
        }
        if alphas > 0 {
            let [r, g, b] = sums.map(|sum| ((sum + alphas / 2) / alphas) as u8);
            *pixel = [r, g, b, ((alphas + weights / 2) / weights) as u8];
        }
    }
    result
}

/// For each pixel of the shorter side: the pixels of the longer one that it covers, and how
/// much of each.
fn covered(long: u32, short: u32) -> Vec<Vec<(usize, u64)>> {
    let edge = |at: u32| u64::from(at) * u64::from(long) * WHOLE / u64::from(short);
    let pixel = |at| {
        let (start, end) = (edge(at), edge(at + 1));
        let inside = start / WHOLE..end.div_ceil(WHOLE);
        inside
            .map(|index| {
                let part = end.min((index + 1) * WHOLE) - start.max(index * WHOLE);
                (index as usize, part)
            })
            .collect()
    };
    (0..short).map(pixel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Delay;

    fn frame(grey: u8, delay: u16) -> Frame {
        Frame {
            picture: Picture {
                size: Size::new(4, 2),
                pixels: [grey, grey, grey, 255].repeat(8),
            },
            delay: Delay::hundredths(delay),
        }
    }

    #[test]
    fn sampling_keeps_the_total_time() {
        let traded = Traded {
            every: Some(2),
            ..Traded::default()
        };
        let mut reduction = Reduction::new(traded);
        let mut kept: Vec<Patch> = (1..=5)
            .filter_map(|i| reduction.take(frame(i, i.into()).into()))
            .collect();
        kept.extend(reduction.rest());
        let told: Vec<_> = kept
            .iter()
            .map(|f| (f.picture.pixels[0], f.delay.ticks))
            .collect();
        assert_eq!(told, [(1, 3), (3, 7), (5, 5)]);
    }

    #[test]
    fn shrinking_takes_the_mean_and_lets_transparent_pixels_lend_no_colour() {
        let picture = Picture {
            size: Size::new(2, 2),
            pixels: vec![100, 0, 0, 255, 200, 0, 0, 255, 9, 9, 9, 0, 9, 9, 9, 0],
        };
        let small = shrunk(&picture, 50);
        assert_eq!(small.pixels, [150, 0, 0, 128]);
        assert_eq!(shrunk(&frame(7, 1).picture, 70).size, Size::new(3, 1));
        assert!(
            shrunk(&frame(7, 1).picture, 35)
                .pixels
                .starts_with(&[7, 7, 7, 255])
        );
    }
}
