//! A picture to JPEG. What is transparent shows the background; planes are made once and encoded
//! as often as a byte budget asks for. Baseline files are our own work (`jpeg/baseline.rs`),
//! progressive ones that of jpeg-encoder.

mod baseline;
mod bits;
mod colours;
mod tables;
mod transform;

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, EncodingError, SamplingFactor};
use protocol::Subsampling;

use super::bounded::Bounded;
use super::channels::{is_grey, kept};
use super::settings::Settings;
use crate::picture::{Picture, Size, without_alpha};
use crate::planes::{Colours, Plane};
use crate::refused::Refused;
pub(super) use colours::ratio;

/// A picture without alpha.
pub(super) enum Opaque {
    /// For a baseline file.
    Planes(Colours),
    /// For a baseline file without chroma.
    Grey(Plane),
    /// For a progressive one: width × height × 3, or × 1 if it has no colours.
    Pixels {
        size: Size,
        samples: Vec<u8>,
        color: ColorType,
    },
}

impl Opaque {
    /// `picture` over the background.
    pub(super) fn new(mut picture: Picture, settings: &Settings) -> Self {
        let [red, green, blue, _] = settings.background.0;
        for row in picture.rows_mut() {
            let clear = |pixel: &[u8; 4]| pixel[3] != u8::MAX;
            if row.as_chunks().0.iter().any(clear) {
                colours::over(row, [red, green, blue]);
            }
        }
        let size = picture.size;
        let is_grey = is_grey(&picture);
        if !is_grey && !settings.progressive {
            return Self::Planes(colours::separated(&picture, settings.subsampling));
        }
        let (samples, color) = match is_grey {
            true => (kept(picture, |[grey, ..]| [grey]), ColorType::Luma),
            false => (without_alpha(picture), ColorType::Rgb),
        };
        match settings.progressive {
            true => Self::Pixels {
                size,
                samples,
                color,
            },
            false => Self::Grey(Plane {
                width: size.width as usize,
                height: size.height as usize,
                stride: size.width as usize,
                samples,
            }),
        }
    }

    /// Encodes it into `bytes`. Sides are at most 65,535: `still.rs` has looked.
    pub(super) fn encode(
        &self,
        quality: u8,
        settings: &Settings,
        bytes: &mut Bounded,
    ) -> Result<(), Refused> {
        match self {
            Self::Planes(colours) => {
                let [luma, chroma @ ..] = &colours.planes;
                baseline::encode(luma, chroma, colours.ratio, quality, bytes)
            }
            Self::Grey(luma) => baseline::encode(luma, &[], (1, 1), quality, bytes),
            Self::Pixels {
                size,
                samples,
                color,
            } => progressive((samples, *color), *size, quality, settings, bytes),
        }
    }
}

fn progressive(
    (samples, color): (&[u8], ColorType),
    size: Size,
    quality: u8,
    settings: &Settings,
    bytes: &mut Bounded,
) -> Result<(), Refused> {
    let mut encoder = Encoder::new(bytes, quality);
    encoder.set_sampling_factor(match settings.subsampling {
        Subsampling::Both => SamplingFactor::R_4_2_0,
        Subsampling::Width => SamplingFactor::R_4_2_2,
        Subsampling::None => SamplingFactor::R_4_4_4,
    });
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_progressive(true);
    let (width, height) = (size.width as u16, size.height as u16);
    encoder
        .encode(samples, width, height, color)
        .map_err(|error: EncodingError| Refused::bug(format!("JPEG encoder: {error}")))
}

#[cfg(test)]
mod tests;
