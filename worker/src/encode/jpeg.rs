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
use super::settings::Settings;
use crate::picture::{Picture, Size};
use crate::planes::Colours;
use crate::refused::Refused;
pub(super) use colours::ratio;

/// A picture without alpha.
pub(super) enum Opaque {
    /// For a baseline file.
    Planes(Colours),
    /// For a progressive one: width × height × 3.
    Pixels { size: Size, rgb: Vec<u8> },
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
        if settings.progressive {
            return Self::Pixels {
                size: picture.size,
                rgb: super::png::without_alpha(picture),
            };
        }
        Self::Planes(colours::separated(&picture, settings.subsampling))
    }

    /// Encodes it into `bytes`. Sides are at most 65,535: `still.rs` has looked.
    pub(super) fn encode(
        &self,
        quality: u8,
        settings: &Settings,
        bytes: &mut Bounded,
    ) -> Result<(), Refused> {
        match self {
            Self::Planes(colours) => baseline::encode(colours, quality, bytes),
            Self::Pixels { size, rgb } => progressive(rgb, *size, quality, settings, bytes),
        }
    }
}

fn progressive(
    rgb: &[u8],
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
        .encode(rgb, width, height, ColorType::Rgb)
        .map_err(|error: EncodingError| Refused::bug(format!("JPEG encoder: {error}")))
}

#[cfg(test)]
mod tests;
