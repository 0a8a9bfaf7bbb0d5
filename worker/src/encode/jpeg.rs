//! A picture to JPEG. What is transparent shows the background; rows of red, green, blue are
//! made once and encoded as often as a byte budget asks for.

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, EncodingError, SamplingFactor};
use protocol::Subsampling;

use super::bounded::Bounded;
use super::settings::Settings;
use crate::picture::{Picture, Size};
use crate::refused::Refused;

/// A picture without alpha.
pub(super) struct Opaque {
    size: Size,
    /// Width × height × 3.
    rgb: Vec<u8>,
}

impl Opaque {
    /// `picture` over the background.
    pub(super) fn new(mut picture: Picture, settings: &Settings) -> Self {
        let [red, green, blue, _] = settings.background.0;
        for pixel in picture.as_pixels_mut() {
            let alpha = u32::from(pixel[3]);
            for (channel, behind) in pixel.iter_mut().zip([red, green, blue]) {
                let mixed = u32::from(*channel) * alpha + u32::from(behind) * (255 - alpha);
                *channel = ((mixed + 127) / 255) as u8;
            }
        }
        Self {
            size: picture.size,
            rgb: super::png::without_alpha(picture),
        }
    }

    /// Encodes it into `bytes`.
    pub(super) fn encode(
        &self,
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
        encoder.set_progressive(settings.progressive);
        // Sides are at most 65,535: `still.rs` has looked.
        let (width, height) = (self.size.width as u16, self.size.height as u16);
        encoder
            .encode(&self.rgb, width, height, ColorType::Rgb)
            .map_err(|error: EncodingError| Refused::bug(format!("JPEG encoder: {error}")))
    }
}
