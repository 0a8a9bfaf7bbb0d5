//! Decompressed samples of a TIFF, of any depth, packed or in planes, to a picture.

use tiff::ColorType;

use crate::decode::samples::{self, Layout, scaled};
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// Kinds of an extra sample: alpha, with the colours multiplied by it, or alpha alone.
const ASSOCIATED_ALPHA: u16 = 1;
const ALPHA: u16 = 2;

/// Samples as they were stored.
pub(super) struct Raster<'a> {
    pub(super) size: Size,
    pub(super) color: ColorType,
    /// What the first sample beyond the colours is, as the file says.
    pub(super) extra: Option<u16>,
    /// All reds, then all greens, then all blues, 16 bits each: samples are indices.
    pub(super) table: Option<&'a [u16]>,
    pub(super) row_bytes: usize,
    /// Bytes of one plane, when each sample of a pixel stands in a plane of its own.
    pub(super) plane_bytes: Option<usize>,
    /// In the machine's byte order.
    pub(super) bytes: &'a [u8],
}

impl Raster<'_> {
    /// RGBA as stored; of four inks, how much paper each leaves, as in JPEG.
    pub(super) fn picture(&self) -> Result<Picture, Refused> {
        let (bits, channels) = self.depth_and_channels()?;
        let samples = self.samples(bits, channels)?;
        if let Some(table) = self.table {
            return self.coloured(table, bits, &samples);
        }
        let layout = Layout::of(channels).unwrap_or(Layout::Grey);
        let mut picture = samples::picture(self.size, layout, samples)?;
        match self.color {
            ColorType::CMYK(_) => picture.pixels.iter_mut().for_each(|ink| *ink = 255 - *ink),
            ColorType::YCbCr(_) => to_rgb(&mut picture),
            _ => self.set_alpha(&mut picture),
        }
        Ok(picture)
    }

    fn depth_and_channels(&self) -> Result<(u8, usize), Refused> {
        match self.color {
            ColorType::Gray(bits @ (1 | 2 | 4 | 8 | 16)) => Ok((bits, 1)),
            ColorType::Multiband {
                bit_depth: bits @ (8 | 16),
                num_samples: 2,
            } => Ok((bits, 2)),
            ColorType::RGB(bits @ (8 | 16)) => Ok((bits, 3)),
            ColorType::YCbCr(8) => Ok((8, 3)),
            ColorType::RGBA(bits @ (8 | 16)) | ColorType::CMYK(bits @ (8 | 16)) => Ok((bits, 4)),
            other => Err(Refused::unsupported(format!("TIFF: pixels of {other:?}"))),
        }
    }

    /// Eight bits each, pixel by pixel; indices as they are.
    fn samples(&self, bits: u8, channels: usize) -> Result<Vec<u8>, Refused> {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let (planes, in_row) = match self.plane_bytes {
            Some(_) => (channels, width),
            None => (1, width * channels),
        };
        let mut samples = vec![0; width * height * channels];
        let rows = samples.chunks_exact_mut(width * channels);
        for (y, row) in rows.enumerate() {
            for plane in 0..planes {
                let start = plane * self.plane_bytes.unwrap_or(0) + y * self.row_bytes;
                let stored = self.bytes.get(start..start + self.row_bytes);
                let stored = stored.ok_or_else(|| Refused::bug("TIFF: too few samples"))?;
                let targets = row.iter_mut().skip(plane).step_by(planes).take(in_row);
                self.unpack(bits, stored, targets);
            }
        }
        Ok(samples)
    }

    fn unpack<'t>(&self, bits: u8, stored: &[u8], targets: impl Iterator<Item = &'t mut u8>) {
        match bits {
            8 => targets
                .zip(stored)
                .for_each(|(target, &sample)| *target = sample),
            16 => {
                for (target, &pair) in targets.zip(stored.as_chunks().0) {
                    *target = scaled(u16::from_ne_bytes(pair), u16::MAX);
                }
            }
            _ => {
                let most = (1_u8 << bits) - 1;
                let pack = |byte: u8| {
                    (0..8 / bits)
                        .rev()
                        .map(move |at| byte >> (at * bits) & most)
                };
                let samples = stored.iter().flat_map(|&byte| pack(byte));
                for (target, sample) in targets.zip(samples) {
                    *target = match self.table {
                        Some(_) => sample,
                        None => scaled(sample.into(), most.into()),
                    };
                }
            }
        }
    }

    fn coloured(&self, table: &[u16], bits: u8, indices: &[u8]) -> Result<Picture, Refused> {
        let colours = 1_usize << bits.min(8);
        if bits > 8 || table.len() < 3 * colours {
            return Err(Refused::bad("TIFF: the colour table is too short"));
        }
        // Some writers fill only the low byte, and some only the high one.
        let low = table.iter().all(|&part| part < 256);
        let part = |index: usize| {
            let value = table.get(index).copied().unwrap_or(0);
            (if low { value } else { value >> 8 }) as u8
        };
        let mut picture = Picture::blank(self.size);
        for (pixel, &index) in picture.as_pixels_mut().iter_mut().zip(indices) {
            let index = usize::from(index);
            *pixel = [
                part(index),
                part(colours + index),
                part(2 * colours + index),
                255,
            ];
        }
        Ok(picture)
    }

    fn set_alpha(&self, picture: &mut Picture) {
        match (self.color, self.extra) {
            (_, Some(ASSOCIATED_ALPHA)) => samples::divide_by_alpha(picture),
            (_, Some(ALPHA)) | (ColorType::RGBA(_), None) => {}
            _ => picture
                .as_pixels_mut()
                .iter_mut()
                .for_each(|pixel| pixel[3] = 255),
        }
    }
}

fn to_rgb(picture: &mut Picture) {
    for pixel in picture.as_pixels_mut() {
        let [y, cb, cr, alpha] = *pixel;
        let [r, g, b] = crate::decode::jpeg::rgb_from_ycbcr(y, cb, cr);
        *pixel = [r, g, b, alpha];
    }
}
