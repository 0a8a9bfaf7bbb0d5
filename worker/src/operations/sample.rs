//! Pictures seen through a warp: for each pixel of the result, where in the source it comes
//! from, linear between the four pixels around, weighted by alpha so that what is transparent
//! lends no colour.

use super::rounding::floor;
use crate::picture::{CHANNELS, Picture, Size};

/// What is seen where a warp looks past the source.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outside {
    /// This colour.
    Colour([u8; CHANNELS]),
    /// The nearest pixel of the source.
    Edge,
}

impl Outside {
    /// Nothing.
    pub(super) const CLEAR: Self = Self::Colour([0; CHANNELS]);
}

/// 1 px in the whole numbers of [`sample`].
pub(super) const PX: f64 = 256.0;

/// A place in the source from a place in px; middles of pixels are at halves.
pub(super) fn place(x: f64, y: f64) -> (i32, i32) {
    // Far outside is outside.
    let fixed = |at: f64| floor(((at - 0.5) * PX + 0.5).clamp(-1e8, 1e8)) as i32;
    (fixed(x), fixed(y))
}

/// A picture of `size` whose pixel with its middle at x, y is what `source` shows at
/// `from(x, y)`, all in px.
pub(super) fn warped(
    source: &Picture,
    size: Size,
    outside: Outside,
    from: impl Fn(f64, f64) -> (f64, f64),
) -> Picture {
    let mut result = Picture::blank(size);
    for (y, row) in result.rows_mut().enumerate() {
        for (x, pixel) in row.as_chunks_mut().0.iter_mut().enumerate() {
            let (x, y) = from(x as f64 + 0.5, y as f64 + 0.5);
            *pixel = sample(source, place(x, y), outside);
        }
    }
    result
}

/// The colour at x, y in 256ths of a px, counted from the middle of the first pixel.
#[inline]
pub(super) fn sample(source: &Picture, (x, y): (i32, i32), outside: Outside) -> [u8; CHANNELS] {
    let (width, height) = (source.size.width as i32, source.size.height as i32);
    let (left, top) = (x >> 8, y >> 8);
    let (right, below) = ((x & 0xFF) as u32, (y & 0xFF) as u32);
    let pixels = source.as_pixels();
    let inside = left >= 0 && top >= 0 && left + 1 < width && top + 1 < height;
    let four = if inside {
        let at = top as usize * width as usize + left as usize;
        let (upper, lower) = (&pixels[at..at + 2], &pixels[at + width as usize..][..2]);
        [upper[0], upper[1], lower[0], lower[1]]
    } else {
        if let Outside::Colour(colour) = outside
            && (left < -1 || top < -1 || left >= width || top >= height)
        {
            return colour;
        }
        let near = |x: i32, y: i32| {
            let (near_x, near_y) = (x.clamp(0, width - 1), y.clamp(0, height - 1));
            match outside {
                Outside::Colour(colour) if (near_x, near_y) != (x, y) => colour,
                _ => pixels[near_y as usize * width as usize + near_x as usize],
            }
        };
        // Not by `map`, which the compiler makes a loop with a buffer of.
        [
            near(left, top),
            near(left + 1, top),
            near(left, top + 1),
            near(left + 1, top + 1),
        ]
    };
    let weights = [
        (256 - right) * (256 - below),
        right * (256 - below),
        (256 - right) * below,
        right * below,
    ];
    blend(four, weights)
}

/// Four pixels with weights whose sum is 65536.
#[inline]
fn blend(four: [[u8; CHANNELS]; 4], weights: [u32; 4]) -> [u8; CHANNELS] {
    let packed = four.map(u32::from_le_bytes);
    if packed.iter().fold(u32::MAX, |all, pixel| all & pixel) >> 24 == 255 {
        // Two channels at once, each in half of 64 bits: a sum needs 24.
        let (mut outer, mut green) = (0x8000_0000_8000_u64, 0x8000_u64);
        for (pixel, weight) in packed.into_iter().zip(weights) {
            let spread = u64::from(pixel & 0xFF) | u64::from(pixel & 0xFF_0000) << 16;
            outer += spread * u64::from(weight);
            green += u64::from(pixel >> 8 & 0xFF) * u64::from(weight);
        }
        return [
            (outer >> 16) as u8,
            (green >> 16) as u8,
            (outer >> 48) as u8,
            255,
        ];
    }
    let shares: [u32; 4] = std::array::from_fn(|at| u32::from(four[at][3]) * weights[at]);
    // At most 65536 × 255, and that times 255 is below 2³².
    let alpha: u32 = shares.iter().sum();
    let rounded = (alpha + 0x8000) >> 16;
    if rounded == 0 {
        return [0; CHANNELS];
    }
    let channel = |channel: usize| {
        let sum: u32 = (0..4)
            .map(|at| u32::from(four[at][channel]) * shares[at])
            .sum();
        ((u64::from(sum) + u64::from(alpha / 2)) / u64::from(alpha)) as u8
    };
    [channel(0), channel(1), channel(2), rounded as u8]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::picture;

    const RED: [u8; 4] = [200, 0, 0, 255];
    const CLEAR: [u8; 4] = [0, 255, 0, 0];

    #[test]
    fn the_middle_of_a_pixel_is_the_pixel() {
        let source = picture(2, &[RED, [1, 2, 3, 4], CLEAR, [9, 8, 7, 255]]);
        let same = warped(&source, source.size, Outside::CLEAR, |x, y| (x, y));
        let mut expected = source;
        expected.as_pixels_mut()[2] = [0; 4];
        assert_eq!(same, expected);
    }

    #[test]
    fn between_two_pixels_is_their_mean_and_what_is_transparent_lends_no_colour() {
        let source = picture(3, &[RED, CLEAR, [100, 50, 0, 255]]);
        let at = |x| sample(&source, place(x, 0.5), Outside::Edge);
        assert_eq!(at(1.0), [200, 0, 0, 128]);
        assert_eq!(at(2.25), [100, 50, 0, 191]);
        let opaque = picture(2, &[RED, [100, 50, 0, 255]]);
        assert_eq!(
            sample(&opaque, place(1.0, 0.5), Outside::Edge),
            [150, 25, 0, 255]
        );
    }

    #[test]
    fn outside_is_nothing_or_the_nearest_pixel() {
        let source = picture(1, &[RED]);
        for (x, y) in [(-9.0, 0.5), (0.5, 1e30), (f64::NAN, 0.5), (7.0, 7.0)] {
            let (x, y) = place(x, y);
            assert_eq!(sample(&source, (x, y), Outside::Edge), RED, "{x}, {y}");
            if x.abs() > 256 || y.abs() > 256 {
                assert_eq!(sample(&source, (x, y), Outside::CLEAR), [0; 4], "{x}, {y}");
            }
        }
    }
}
