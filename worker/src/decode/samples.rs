//! Samples as codecs hand them over, brought to RGBA of eight bits.

use crate::picture::{CHANNELS, Picture, Size};
use crate::refused::Refused;

/// What the samples of a pixel mean, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
}

impl Layout {
    /// The layout of pixels of `count` samples each, if there is one.
    pub(super) fn of(count: usize) -> Option<Self> {
        match count {
            1 => Some(Self::Grey),
            2 => Some(Self::GreyAlpha),
            3 => Some(Self::Rgb),
            4 => Some(Self::Rgba),
            _ => None,
        }
    }
}

/// A picture of `samples`, pixel by pixel, row by row, without padding.
pub(super) fn picture(size: Size, layout: Layout, samples: Vec<u8>) -> Result<Picture, Refused> {
    let pixels = match layout {
        Layout::Rgba => samples,
        Layout::Grey => spread(size, &samples, |&[grey]| [grey, grey, grey, 255]),
        Layout::GreyAlpha => spread(size, &samples, |&[grey, alpha]| [grey, grey, grey, alpha]),
        Layout::Rgb => spread(size, &samples, |&[r, g, b]| [r, g, b, 255]),
    };
    if pixels.len() != size.stride() * size.height as usize {
        let (width, height) = (size.width, size.height);
        let bytes = pixels.len();
        return Err(Refused::bug(format!("{bytes} bytes for {width}x{height}")));
    }
    Ok(Picture { size, pixels })
}

fn spread<const N: usize>(
    size: Size,
    samples: &[u8],
    pixel: impl Fn(&[u8; N]) -> [u8; CHANNELS],
) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(size.stride() * size.height as usize);
    for sample in samples.as_chunks().0 {
        pixels.extend(pixel(sample));
    }
    pixels
}

/// Colours that were multiplied by their alpha as they were before.
pub(super) fn divide_by_alpha(picture: &mut Picture) {
    for [r, g, b, alpha] in picture.as_pixels_mut() {
        if let alpha @ 1..255 = u16::from(*alpha) {
            for part in [r, g, b] {
                *part = ((u16::from(*part) * 255 + alpha / 2) / alpha).min(255) as u8;
            }
        }
    }
}

/// A sample between 0 and `most` as one between 0 and 255, rounded to the nearest.
pub(super) fn scaled(sample: u16, most: u16) -> u8 {
    let (sample, most) = (u32::from(sample.min(most)), u32::from(most.max(1)));
    ((sample * 255 + most / 2) / most) as u8
}

/// The byte nearest to a number, in a loop side by side with others.
#[inline(always)]
pub(super) fn nearest_byte(number: f32) -> u8 {
    // From here on floats are whole numbers, and their lowest bits the number itself.
    const WHOLE: f32 = 8_388_608.0;
    let number = if number > 0.0 { number } else { 0.0 };
    let number = if number < 255.0 { number } else { 255.0 };
    (number + WHOLE).to_bits() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_any_depth_are_rounded_to_the_nearest() {
        assert_eq!(
            [0, 128, 129, 65_535].map(|s| scaled(s, 65_535)),
            [0, 0, 1, 255]
        );
        assert_eq!(
            [0, 1, 2, 3, 9].map(|s| scaled(s, 3)),
            [0, 85, 170, 255, 255]
        );
        assert_eq!(scaled(1, 1), 255);
        assert_eq!(scaled(5, 0), 0);
    }

    #[test]
    fn a_picture_has_as_many_pixels_as_it_says() {
        let size = Size::new(2, 1);
        let grey = picture(size, Layout::Grey, vec![1, 2]).unwrap();
        assert_eq!(grey.pixels, [1, 1, 1, 255, 2, 2, 2, 255]);
        assert!(picture(size, Layout::Rgb, vec![1, 2, 3]).is_err());
        assert!(picture(size, Layout::Rgba, vec![0; 9]).is_err());
    }
}
