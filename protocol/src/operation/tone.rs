//! Colours, each pixel by itself. Alpha stays, except where an entry says otherwise.

use crate::arguments::Fault;
use crate::codec::{Decode, Encode};
use crate::colour::Colour;

fn levels_need_an_order(levels: &Levels) -> Result<(), Fault> {
    if levels.black >= levels.white {
        return Err(Fault::BadParameter {
            operation: "levels",
            parameter: "black",
            given: levels.black.to_string(),
            expected: format!("less than white, which is {}", levels.white),
        });
    }
    Ok(())
}

operations! {
    /// Colours, each pixel by itself.
    #[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
    pub enum Tone;

    /// Makes all colours brighter or darker.
    Brightness = "brightness", example "brightness:1.3" {
        /// What colours are multiplied by; 1 changes nothing, 0 is black.
        factor: f64, range 0 to 10, default 1.25;
    }

    /// Moves colours away from middle grey, or towards it.
    Contrast = "contrast", example "contrast:1.4" {
        /// 1 changes nothing, 0 is plain grey.
        factor: f64, range 0 to 10, default 1.25;
    }

    /// Makes colours stronger or paler.
    Saturation = "saturation", example "saturation:1.6" {
        /// 1 changes nothing, 0 is grayscale.
        factor: f64, range 0 to 10, default 1.5;
    }

    /// Turns all colours around the colour circle; their luminance stays.
    Hue = "hue", example "hue:120" {
        /// Angle on the colour circle.
        degrees: f64, range -360 to 360, unit "degrees", default 90.0;
    }

    /// Brightens or darkens the middle tones; black and white stay.
    Gamma = "gamma", example "gamma:1.8" {
        /// Above 1 brighter, below 1 darker.
        gamma: f64, range 0.1 to 10, default 1.5;
    }

    /// Spreads the tones between a new black and a new white.
    Levels = "levels", example "levels:20:230:1.1", check levels_need_an_order {
        /// What becomes black.
        black: u32, range 0 to 254, default 0;
        /// What becomes white.
        white: u32, range 1 to 255, default 255;
        /// For the tones between: above 1 brighter, below 1 darker.
        gamma: f64, range 0.1 to 10, default 1.0;
    }

    /// Spreads the tones so that the darkest become black and the brightest white. The first frame decides for all.
    Normalize = "normalize", example "normalize" {
        /// Share of the pixels at each end that may be lost.
        clip: f64, range 0 to 25, unit "%", default 1.0;
    }

    /// Replaces each colour by its luma (ITU-R BT.601).
    Grayscale = "grayscale", example "grayscale" {}

    /// The brown of old photographs.
    Sepia = "sepia", example "sepia" {
        /// 0 changes nothing, 1 is all brown.
        amount: f64, range 0 to 1, default 1.0;
    }

    /// Colours the picture: dark and bright stay, the tones between take the colour.
    Tint = "tint", example "tint:3b6cff:0.7" {
        /// The colour.
        color: Colour, default Colour([255, 136, 0, 255]);
        /// 0 changes nothing, 1 leaves no other colour.
        amount: f64, range 0 to 1, default 0.6;
    }

    /// Two colours in place of all: one for the dark, one for the bright.
    Duotone = "duotone", example "duotone:1b1464:ffcf56" {
        /// What black becomes.
        dark: Colour, default Colour([25, 36, 81, 255]);
        /// What white becomes.
        light: Colour, default Colour([244, 144, 123, 255]);
    }

    /// Inverts the colours.
    Invert = "invert", example "invert" {}

    /// Leaves so many tones of each channel.
    Posterize = "posterize", example "posterize:4", alias "poster" means "posterize" {
        /// Tones of each channel, from black to full.
        levels: u32, range 2 to 64, default 4;
    }

    /// Inverts what is brighter than the threshold.
    Solarize = "solarize", example "solarize:128", alias "solar" means "solarize" {
        /// The darkest tone that is inverted.
        threshold: u32, range 0 to 255, default 128;
    }

    /// Black and white, nothing between.
    Threshold = "threshold", example "threshold:120" {
        /// The darkest luma that becomes white.
        level: u32, range 0 to 255, default 128;
    }

    /// Makes the picture more transparent.
    Opacity = "opacity", example "opacity:0.5" {
        /// What alpha is multiplied by.
        factor: f64, range 0 to 1, default 0.5;
    }

    /// Darkens the picture towards its corners.
    Vignette = "vignette", example "vignette:0.7" {
        /// How dark the corners become: 1 is the colour itself.
        amount: f64, range 0 to 1, default 0.6;
        /// The colour of the corners.
        color: Colour, default Colour::BLACK;
    }
}
