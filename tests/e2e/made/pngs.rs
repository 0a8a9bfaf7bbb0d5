//! Made pictures as PNG and APNG files.

use std::borrow::Cow;

use super::exif;
use crate::picture::Picture;

/// A PNG of the picture.
pub(crate) fn png(picture: &Picture) -> Vec<u8> {
    png_turned(picture, None)
}

/// An APNG of whole frames of one size, for ever.
pub(crate) fn apng(frames: &[Picture], delay_ms: u16) -> Vec<u8> {
    let [width, height] = [frames[0].width, frames[0].height].map(|side| side as u32);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder
        .set_animated(frames.len() as u32, 0)
        .expect("more than no frame");
    encoder
        .set_frame_delay(delay_ms, 1000)
        .expect("an animation");
    let mut writer = encoder.write_header().expect("memory takes everything");
    for frame in frames {
        writer
            .write_image_data(&frame.rgba)
            .expect("as many pixels as announced");
    }
    writer.finish().expect("memory takes everything");
    bytes
}

/// A PNG whose eXIf chunk asks viewers to turn it.
pub(crate) fn png_with_orientation(picture: &Picture, orientation: u8) -> Vec<u8> {
    png_turned(picture, Some(orientation))
}

/// A PNG whose samples are linear light of the colours of Display P3.
pub(crate) fn png_with_colours(picture: &Picture) -> Vec<u8> {
    png_with(picture, |info| {
        info.source_gamma = Some(png::ScaledFloat::new(1.0));
        info.source_chromaticities = Some(png::SourceChromaticities::new(
            (0.3127, 0.329),
            (0.68, 0.32),
            (0.265, 0.69),
            (0.15, 0.06),
        ));
    })
}

/// A PNG that took longer to make and is smaller.
pub(crate) fn small_png(picture: &Picture) -> Vec<u8> {
    let [width, height] = [picture.width, picture.height].map(|side| side as u32);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().expect("memory takes everything");
    writer
        .write_image_data(&picture.rgba)
        .expect("as many pixels as announced");
    writer.finish().expect("memory takes everything");
    bytes
}

fn png_turned(picture: &Picture, orientation: Option<u8>) -> Vec<u8> {
    png_with(picture, |info| {
        info.exif_metadata = orientation.map(exif).map(Cow::Owned);
    })
}

fn png_with(picture: &Picture, change: impl FnOnce(&mut png::Info<'static>)) -> Vec<u8> {
    let [width, height] = [picture.width, picture.height].map(|side| side as u32);
    let mut info = png::Info::with_size(width, height);
    (info.color_type, info.bit_depth) = (png::ColorType::Rgba, png::BitDepth::Eight);
    change(&mut info);
    let mut bytes = Vec::new();
    let encoder = png::Encoder::with_info(&mut bytes, info).expect("a still");
    let mut writer = encoder.write_header().expect("memory takes everything");
    writer
        .write_image_data(&picture.rgba)
        .expect("as many pixels as announced");
    writer.finish().expect("memory takes everything");
    bytes
}
