//! A picture to AVIF, in this thread: rav1e built without threads and without assembler. It
//! cannot be interrupted; a job that takes too long is the gateway's to end.

use ravif::{BitDepth, Encoder, Img, RGBA8};

use super::settings::Settings;
use crate::picture::Picture;
use crate::refused::Refused;

/// The whole file.
pub(super) fn encode(
    picture: &Picture,
    quality: u8,
    settings: &Settings,
) -> Result<Vec<u8>, Refused> {
    let pixels = picture.as_pixels().iter();
    let pixels: Vec<RGBA8> = pixels.map(|&[r, g, b, a]| RGBA8::new(r, g, b, a)).collect();
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let encoded = Encoder::new()
        .with_quality(quality.into())
        .with_alpha_quality(quality.into())
        .with_speed(settings.speed)
        .with_bit_depth(BitDepth::Eight)
        .with_num_threads(Some(1))
        .encode_rgba(Img::new(pixels.as_slice(), width, height))
        .map_err(|error| Refused::bug(format!("AVIF encoder: {error}")))?;
    Ok(encoded.avif_file)
}
