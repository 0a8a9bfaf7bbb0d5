//! Blur without a sigma: bit for bit Pillow's `ImageFilter.BLUR`, which callers compare with.
//! A 5 × 5 kernel with ones in its outer ring, divided by 16, on each channel by itself; the
//! outer two pixels stay as they are. With a sigma, see `gaussian.rs`.
//!
//! Source: Pillow, `ImageFilter.py` and `libImaging/Filter.c` (adds 0.5 and truncates).

use protocol::Blur;

use super::gaussian;
use crate::operations::Effect;
use crate::picture::{CHANNELS, Picture};
use crate::refused::Refused;

/// Rows and columns of the kernel.
const KERNEL: usize = 5;
/// Width of the border that stays as it is, bytes.
const BORDER: usize = KERNEL / 2 * CHANNELS;

impl Effect for Blur {
    fn reach(&self) -> Option<usize> {
        Some(self.sigma.map_or(KERNEL / 2, gaussian::reach))
    }

    fn apply(&self, mut picture: Picture) -> Result<Picture, Refused> {
        match self.sigma {
            Some(sigma) => gaussian::blur(&mut picture, sigma),
            None => ring(&mut picture),
        }
        Ok(picture)
    }
}

/// Sums along one row, for each position where the kernel fits: (width - 4) × 4.
#[derive(Clone, Default)]
struct RowSums {
    /// All five: the top and bottom side of the ring.
    five: Vec<u16>,
    /// The outer two: its left and right side.
    two: Vec<u16>,
}

impl RowSums {
    fn fill(&mut self, row: &[u8]) {
        let count = row.len() - 2 * BORDER;
        self.five.resize(count, 0);
        self.two.resize(count, 0);
        let at = |column: usize| row[column * CHANNELS..][..count].iter();
        let columns = at(0).zip(at(1)).zip(at(2)).zip(at(3)).zip(at(4));
        for ((five, two), ((((a, b), c), d), e)) in
            self.five.iter_mut().zip(&mut self.two).zip(columns)
        {
            let outer = u16::from(*a) + u16::from(*e);
            *two = outer;
            *five = outer + u16::from(*b) + u16::from(*c) + u16::from(*d);
        }
    }
}

/// In place: a row is overwritten only after the sums of the two rows below it are taken.
fn ring(picture: &mut Picture) {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    if width < KERNEL || height < KERNEL {
        return;
    }
    let stride = picture.size.stride();
    let mut sums: [RowSums; KERNEL] = Default::default();
    for bottom in 0..height {
        let row = &picture.pixels[bottom * stride..][..stride];
        sums[bottom % KERNEL].fill(row);
        if bottom + 1 < KERNEL {
            continue;
        }
        let of = |above: usize| &sums[(bottom - above) % KERNEL];
        let sides = of(1).two.iter().zip(&of(2).two).zip(&of(3).two);
        let ends = of(0).five.iter().zip(&of(4).five);
        let target = &mut picture.pixels[(bottom - 2) * stride..][BORDER..stride - BORDER];
        for (byte, (((a, b), c), (d, e))) in target.iter_mut().zip(sides.zip(ends)) {
            *byte = ((a + b + c + d + e + 8) >> 4) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::picture;

    /// A picture in which no two channels are alike: width × 6 × 4.
    fn pattern(width: u32, height: u32) -> Picture {
        let pixels: Vec<[u8; 4]> = (0..width * height)
            .map(|i| [i * 37, i * i * 11 + 3, i * 91 + 50, 255 - i * 5].map(|v| (v % 256) as u8))
            .collect();
        picture(width, &pixels)
    }

    #[test]
    fn the_ring_blur_is_that_of_pillow() {
        let result = Blur { sigma: None }.apply(pattern(6, 6)).unwrap();
        // Image.frombytes("RGBA", (6, 6), …).filter(ImageFilter.BLUR) in Pillow 13, inner pixels.
        let inner: Vec<_> = [(2, 2), (3, 2), (2, 3), (3, 3)]
            .map(|(x, y)| result.as_pixels()[y * 6 + x])
            .to_vec();
        assert_eq!(inner, PILLOW);
    }

    const PILLOW: [[u8; 4]; 4] = [
        [118, 110, 124, 185],
        [123, 93, 135, 180],
        [116, 130, 126, 155],
        [121, 117, 121, 150],
    ];

    #[test]
    fn the_two_outer_pixels_stay_as_they_are() {
        let given = pattern(7, 6);
        let result = Blur { sigma: None }.apply(given.clone()).unwrap();
        for (index, (before, after)) in given.as_pixels().iter().zip(result.as_pixels()).enumerate()
        {
            let (x, y) = (index % 7, index / 7);
            if !(2..5).contains(&x) || !(2..4).contains(&y) {
                assert_eq!(before, after, "at {x}, {y}");
            }
        }
    }

    #[test]
    fn pictures_smaller_than_the_kernel_are_not_changed() {
        for (width, height) in [(4, 9), (9, 4), (1, 1)] {
            let given = pattern(width, height);
            assert_eq!(Blur { sigma: None }.apply(given.clone()), Ok(given));
        }
    }
}
