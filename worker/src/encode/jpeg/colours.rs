//! Pixels to luma and chroma. What is transparent shows the background.
//!
//! Source: JFIF 1.02.

use protocol::Subsampling;

use crate::picture::{CHANNELS, Picture};
use crate::planes::{Colours, Plane};

/// Samples of luma to one of chroma, across and down.
pub(in crate::encode) fn ratio(subsampling: Subsampling) -> (usize, usize) {
    match subsampling {
        Subsampling::Both => (2, 2),
        Subsampling::Width => (2, 1),
        Subsampling::None => (1, 1),
    }
}

/// Lays a row over the background.
pub(super) fn over(row: &mut [u8], [red, green, blue]: [u8; 3]) {
    for pixel in row.as_chunks_mut::<CHANNELS>().0 {
        let alpha = u32::from(pixel[3]);
        for (channel, behind) in pixel.iter_mut().zip([red, green, blue]) {
            let mixed = u32::from(*channel) * alpha + u32::from(behind) * (255 - alpha);
            *channel = ((mixed + 127) / 255) as u8;
        }
    }
}

/// `picture`, whose alpha means nothing, as planes.
pub(super) fn separated(picture: &Picture, subsampling: Subsampling) -> Colours {
    let (across, down) = ratio(subsampling);
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let coarse = || Plane::blank(width.div_ceil(across), height.div_ceil(down));
    let mut luma = Plane::blank(width, height);
    let (mut blue, mut red) = (coarse(), coarse());
    // One more, which repeats the last where the width is odd.
    let blank = || vec![0_u8; width + 1];
    let mut fine = [[blank(), blank()], [blank(), blank()]];
    for ((y, row), luma) in picture.rows().enumerate().zip(luma.rows_mut()) {
        let [blues, reds] = &mut fine;
        let part = y % down;
        convert(row, luma, &mut blues[part], &mut reds[part]);
        for fine in [&mut blues[part], &mut reds[part]] {
            fine[width] = fine[width.saturating_sub(1)];
        }
        if part + 1 < down && y + 1 < height {
            continue;
        }
        for (coarse, fine) in [(&mut blue, &fine[0]), (&mut red, &fine[1])] {
            // The last row of an odd height stands for itself.
            let lower = if part == 0 { &fine[0] } else { &fine[1] };
            let start = y / down * coarse.stride;
            let target = &mut coarse.samples[start..start + coarse.width];
            match across {
                1 => target.copy_from_slice(&fine[0][..width]),
                _ => halve(&fine[0], lower, target),
            }
        }
    }
    Colours {
        size: picture.size,
        planes: [luma, blue, red],
        ratio: (across, down),
    }
}

/// With 14 bits of fraction: so the factors are 16 bits long, which the compiler multiplies side
/// by side.
fn convert(row: &[u8], luma: &mut [u8], blue: &mut [u8], red: &mut [u8]) {
    const HALF: i32 = 1 << 13;
    const MIDDLE: i32 = (128 << 14) + HALF - 1;
    let pixels = row.as_chunks::<CHANNELS>().0;
    let targets = luma.iter_mut().zip(blue).zip(red);
    for (pixel, ((luma, blue), red)) in pixels.iter().zip(targets) {
        let pixel = u32::from_le_bytes(*pixel);
        let (r, g, b) = (
            (pixel & 255) as i32,
            (pixel >> 8 & 255) as i32,
            (pixel >> 16 & 255) as i32,
        );
        *luma = ((4899 * r + 9617 * g + 1868 * b + HALF) >> 14) as u8;
        *blue = ((8192 * b - 2765 * r - 5427 * g + MIDDLE) >> 14) as u8;
        *red = ((8192 * r - 6860 * g - 1332 * b + MIDDLE) >> 14) as u8;
    }
}

/// Means of two by two. Halves are rounded up and down in turn, so that nothing gets brighter.
fn halve(upper: &[u8], lower: &[u8], target: &mut [u8]) {
    let pairs = upper
        .as_chunks::<2>()
        .0
        .iter()
        .zip(lower.as_chunks::<2>().0);
    for (at, (mean, (a, b))) in target.iter_mut().zip(pairs).enumerate() {
        let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
        *mean = ((sum + 1 + (at & 1) as u16) >> 2) as u8;
    }
}
