//! Colours, each pixel by itself.

mod brightness;
mod contrast;
mod duotone;
mod gamma;
mod grayscale;
mod hue;
mod invert;
mod levels;
mod normalize;
mod opacity;
mod posterize;
mod saturation;
mod sepia;
mod solarize;
mod threshold;
mod tint;
mod vignette;

use protocol::Tone;

use super::Prepare;

pub(super) fn find(operation: &Tone) -> &dyn Prepare {
    match operation {
        Tone::Brightness(operation) => operation,
        Tone::Contrast(operation) => operation,
        Tone::Saturation(operation) => operation,
        Tone::Hue(operation) => operation,
        Tone::Gamma(operation) => operation,
        Tone::Levels(operation) => operation,
        Tone::Normalize(operation) => operation,
        Tone::Grayscale(operation) => operation,
        Tone::Sepia(operation) => operation,
        Tone::Tint(operation) => operation,
        Tone::Duotone(operation) => operation,
        Tone::Invert(operation) => operation,
        Tone::Posterize(operation) => operation,
        Tone::Solarize(operation) => operation,
        Tone::Threshold(operation) => operation,
        Tone::Opacity(operation) => operation,
        Tone::Vignette(operation) => operation,
    }
}
