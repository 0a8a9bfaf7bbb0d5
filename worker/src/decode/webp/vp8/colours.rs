//! Planes to colours.
//!
//! Source: RFC 6386 leaves the interpolation of chroma to the decoder; it is the one that viewers have. The
//! matrix is that of BT.601 with luma from 16 to 235, with 14 bits of fraction.

use super::KeyFrame;
use crate::decode::upsampler::Upsampler;
use crate::picture::{CHANNELS, Picture, Size};
use crate::planes::Plane;

/// Gives the rows of a frame as colours.
pub(in crate::decode::webp) struct Colours {
    frame: KeyFrame,
    chroma: [Upsampler; 2],
}

impl Colours {
    pub(in crate::decode::webp) fn new(frame: KeyFrame) -> Self {
        let upsampler = || Upsampler::new(frame.chroma[0].width, frame.luma.width, (true, true));
        Self {
            chroma: [upsampler(), upsampler()],
            frame,
        }
    }

    pub(in crate::decode::webp) fn size(&self) -> Size {
        self.frame.size
    }

    /// Row `y`, to pixels of `CHANNELS` bytes, of which the first three are written.
    pub(in crate::decode::webp) fn row<const CHANNELS: usize>(&mut self, y: usize, row: &mut [u8]) {
        let frame = &self.frame;
        let [blue, red] = &mut self.chroma;
        let blue = blue.row(&frame.chroma[0], y);
        let red = red.row(&frame.chroma[1], y);
        let samples = frame.luma.row(y).iter().zip(blue).zip(red);
        for (pixel, ((luma, blue), red)) in
            row.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(samples)
        {
            if let Some(colours) = pixel.first_chunk_mut::<3>() {
                *colours = rgb(*luma, *blue, *red);
            }
        }
    }

    /// The picture smaller `by` so much, 2, 4 or 8: each pixel is the mean of those that it covers and that
    /// there are.
    pub(in crate::decode::webp) fn shrunk(&self, by: usize) -> Picture {
        let frame = &self.frame;
        let shrunk = |side: u32| side.div_ceil(by as u32);
        let size = Size::new(shrunk(frame.size.width), shrunk(frame.size.height));
        let mut picture = Picture::blank(size);
        let mut luma = Means::new(&frame.luma, by);
        let [mut blue, mut red] = [0, 1].map(|colour| Means::new(&frame.chroma[colour], by / 2));
        for (y, row) in picture.rows_mut().enumerate() {
            let samples = luma.row(y).iter().zip(blue.row(y)).zip(red.row(y));
            for (pixel, ((luma, blue), red)) in
                row.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(samples)
            {
                let [r, g, b] = rgb(*luma, *blue, *red);
                *pixel = [r, g, b, u8::MAX];
            }
        }
        picture
    }
}

/// Means of squares of a plane.
struct Means<'a> {
    plane: &'a Plane,
    /// Side of a square, a power of two.
    by: usize,
    sums: Vec<u16>,
    means: Vec<u8>,
}

impl<'a> Means<'a> {
    fn new(plane: &'a Plane, by: usize) -> Self {
        let across = plane.width.div_ceil(by);
        Self {
            plane,
            by,
            sums: vec![0; across * by],
            means: vec![0; across],
        }
    }

    /// Of the row of squares at `y`. Beyond the plane its last samples go on.
    fn row(&mut self, y: usize) -> &[u8] {
        let Self { plane, by, .. } = *self;
        let (sums, beyond) = self.sums.split_at_mut(plane.width);
        sums.fill(0);
        for row in y * by..(y + 1) * by {
            for (sum, sample) in sums.iter_mut().zip(plane.row(row)) {
                *sum += u16::from(*sample);
            }
        }
        beyond.fill(sums.last().copied().unwrap_or(0));
        let area = (by * by) as u16;
        for (mean, sums) in self.means.iter_mut().zip(self.sums.chunks_exact(by)) {
            *mean = ((sums.iter().sum::<u16>() + area / 2) / area) as u8;
        }
        &self.means
    }
}

/// A colour of luma, blue and red.
#[inline(always)]
fn rgb(luma: u8, blue: u8, red: u8) -> [u8; 3] {
    let part =
        |sample: u8, factor: u16| (((u32::from(sample) << 8) * u32::from(factor)) >> 16) as u16;
    let byte = |value: i16| (value >> 6).clamp(0, 255) as u8;
    let light = part(luma, 19_077);
    let signed = light as i16;
    // Blue reaches beyond 15 bits, but never below 0 where that matters.
    let bluest = (light + part(blue, 33_050)).saturating_sub(17_685) >> 6;
    [
        byte(signed + (part(red, 26_149) as i16 - 14_234)),
        byte(signed - part(blue, 6_419) as i16 - part(red, 13_320) as i16 + 8_708),
        bluest.min(255) as u8,
    ]
}
