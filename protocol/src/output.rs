//! What a result is to be: its format and how it is encoded. One table from which parsing,
//! validation, `/v1/effects` and the documentation all come.

use std::fmt;

use serde::Serialize;

use crate::arguments::{Fault, suggest};
use crate::catalogue::ParameterSpec;
use crate::codec::{Decode, Encode};
use crate::colour::Colour;
use crate::message::OutputFormat;
use crate::parameter::{Parameter, choices};

/// How the format of the result is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub enum FormatChoice {
    /// An animation's own, PNG for a still.
    #[default]
    Natural,
    /// What clients of the effect routes know: GIF for a GIF, else PNG, which is an APNG for an
    /// animation.
    Effect,
    /// The best of what the caller can show, else the natural one.
    Auto {
        /// The caller named `image/avif`.
        avif: bool,
        /// The caller named `image/webp`.
        webp: bool,
    },
    /// The one that was named.
    Exactly(OutputFormat),
}

impl FormatChoice {
    /// The format of the result, given the natural one of its source. AVIF is for stills.
    #[must_use]
    pub fn settle(self, natural: OutputFormat) -> OutputFormat {
        let animated = natural.animates();
        match self {
            Self::Exactly(format) => format,
            Self::Auto { avif: true, .. } if !animated => OutputFormat::Avif,
            Self::Auto { webp: true, .. } => OutputFormat::Webp,
            Self::Effect if animated && natural != OutputFormat::Gif => OutputFormat::Apng,
            Self::Natural | Self::Effect | Self::Auto { .. } => natural,
        }
    }
}

/// `natural`, `effect`, `auto`, `auto+avif`, `auto+webp`, `auto+avif+webp`, or the name of a format.
impl fmt::Display for FormatChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Natural => f.write_str("natural"),
            Self::Effect => f.write_str("effect"),
            Self::Auto { avif, webp } => {
                f.write_str("auto")?;
                f.write_str(if *avif { "+avif" } else { "" })?;
                f.write_str(if *webp { "+webp" } else { "" })
            }
            Self::Exactly(format) => f.write_str(format.name()),
        }
    }
}

impl FormatChoice {
    /// Reads what [`Display`](fmt::Display) wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let flags = [(false, false), (false, true), (true, false), (true, true)];
        let autos = flags.map(|(avif, webp)| Self::Auto { avif, webp });
        let formats = OutputFormat::ALL.map(Self::Exactly);
        let mut all = [Self::Natural, Self::Effect]
            .into_iter()
            .chain(autos)
            .chain(formats);
        all.find(|choice| choice.to_string() == text)
    }
}

choices! {
    /// How much smaller than its luma a JPEG's chroma is.
    Subsampling {
        /// Half as wide and half as high.
        Both = "420",
        /// Half as wide.
        Width = "422",
        /// Not at all.
        None = "444",
    }
}

choices! {
    /// How much work goes into a PNG's compression.
    Compression {
        /// About the size of the others at a fraction of their time.
        Fast = "fast",
        /// Between the two.
        Balanced = "balanced",
        /// The smallest, ten times slower.
        Best = "best",
    }
}

choices! {
    /// How colours that a table lacks are approximated.
    Dither {
        /// Each pixel by the nearest one: smallest and steadiest.
        None = "none",
        /// By a fixed pattern, which stands still in an animation.
        Ordered = "ordered",
        /// Each pixel's error is spread over its neighbours (Floyd and Steinberg).
        Diffusion = "diffusion",
    }
}

/// One option, as callers see it.
#[derive(Debug, Serialize)]
pub struct OptionSpec {
    /// Name, type, range and default.
    #[serde(flatten)]
    pub parameter: ParameterSpec,
    /// The formats that have it.
    #[serde(serialize_with = "names")]
    pub formats: &'static [OutputFormat],
}

macro_rules! bound {
    () => {
        None
    };
    ($number:literal) => {
        Some($number as f64)
    };
}

/// Turns the table into the [`Output`] and the specifications that callers see.
macro_rules! options {
    ($(
        $(#[doc = $doc:literal])+
        $field:ident: $type:ty
            $(, range $minimum:literal to $maximum:literal)?
            $(, unit $unit:literal)?, default $default:expr, of $formats:expr;
    )+) => {
        /// What a result is to be. Options that the format does not have are at their defaults.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
        pub struct Output {
            /// How the format is found.
            pub format: FormatChoice,
            $($(#[doc = $doc])+ pub $field: $type,)+
        }

        impl Default for Output {
            fn default() -> Self {
                Self { format: FormatChoice::default(), $($field: $default),+ }
            }
        }

        /// Every option, in the order of the table.
        pub static OUTPUT_OPTIONS: &[OptionSpec] = &[$(OptionSpec {
            parameter: ParameterSpec {
                name: stringify!($field),
                kind: <$type as Parameter>::KIND,
                description: concat!($($doc),+).trim_ascii_start(),
                required: false,
                default: || { let value: $type = $default; value.show() },
                minimum: bound!($($minimum)?),
                maximum: bound!($($maximum)?),
                unit: concat!($($unit)?),
                choices: <$type as Parameter>::CHOICES,
            },
            formats: $formats,
        }),+];

        impl Output {
            /// The options that are not at their defaults, as text for [`Output::from_pairs`].
            #[must_use]
            pub fn options(&self) -> Vec<(&'static str, String)> {
                let (mut options, default) = (Vec::new(), Self::default());
                $(if self.$field != default.$field {
                    options.extend(self.$field.show().map(|text| (stringify!($field), text)));
                })+
                options
            }

            fn set(&mut self, spec: &'static OptionSpec, text: &str) -> Result<(), Fault> {
                match spec.parameter.name {
                    $(stringify!($field) => self.$field = spec.read(text)?,)+
                    _ => {}
                }
                Ok(())
            }
        }
    };
}

use OutputFormat::{Apng, Avif, Gif, Jpeg, Png, Webp};

options! {
    /// How close to the original a lossy format stays. Absent: 80, for avif 60.
    quality: Option<u32>, range 1 to 100, default None, of &[Jpeg, Webp, Avif];
    /// Whether every pixel is kept as it is.
    lossless: bool, default false, of &[Webp];
    /// Whether a coarse picture is shown while the rest still loads.
    progressive: bool, default false, of &[Jpeg];
    /// How much coarser than brightness colour is stored: 420 in both directions, 422 across, 444 not at all.
    subsampling: Subsampling, default Subsampling::Both, of &[Jpeg];
    /// How long to look for a smaller file; more is slower.
    effort: u32, range 0 to 6, default 2, of &[Webp];
    /// How quickly to be done; less is slower and smaller.
    speed: u32, range 1 to 10, default 9, of &[Avif];
    /// How long to look for a smaller file.
    compression: Compression, default Compression::Fast, of &[Png, Apng];
    /// Most colours of one frame's table; frames of more colours are approximated.
    colors: u32, range 2 to 256, default 256, of &[Gif];
    /// How colours that the table lacks are approximated.
    dither: Dither, default Dither::None, of &[Gif];
    /// What shows through transparent places; its own alpha does not count.
    background: Colour, default Colour::WHITE, of &[Jpeg];
    /// Most bytes of the file: quality, then colours, size and number of frames are given up until it fits.
    max_bytes: Option<u32>, range 1 to 1073741824, unit "bytes", default None, of &OutputFormat::ALL;
}

impl OptionSpec {
    fn read<T: Parameter>(&self, text: &str) -> Result<T, Fault> {
        let spec = &self.parameter;
        let fits = |value: &T| match (value.number(), spec.minimum, spec.maximum) {
            (Some(number), Some(minimum), Some(maximum)) => (minimum..=maximum).contains(&number),
            _ => true,
        };
        let value = T::parse(text).filter(fits);
        value.ok_or_else(|| self.fault(text, spec.expected()))
    }

    fn fault(&self, text: &str, expected: String) -> Fault {
        Fault::BadParameter {
            operation: "output",
            parameter: self.parameter.name,
            given: crate::clip(text),
            expected,
        }
    }

    /// An option is for formats that have it; with `auto` it is for those among them that may
    /// come out; without a format only what all of them have makes sense.
    fn check(&self, format: FormatChoice, text: &str) -> Result<(), Fault> {
        let named = |names: &[OutputFormat]| {
            let names: Vec<_> = names.iter().map(|format| format.name()).collect();
            names.join(", ")
        };
        let everywhere = self.formats.len() == OutputFormat::ALL.len();
        let expected = match format {
            FormatChoice::Auto { .. } => return Ok(()),
            _ if everywhere => return Ok(()),
            FormatChoice::Exactly(format) if self.formats.contains(&format) => return Ok(()),
            FormatChoice::Exactly(format) => {
                format!(
                    "left out: {} has none, only {}",
                    format.name(),
                    named(self.formats)
                )
            }
            FormatChoice::Natural | FormatChoice::Effect => {
                format!(
                    "left out, or format be one of auto, {}",
                    named(self.formats)
                )
            }
        };
        Err(self.fault(text, expected))
    }
}

impl Output {
    /// The output of the effect routes, which have no options.
    pub const EFFECT: fn() -> Self = || Self {
        format: FormatChoice::Effect,
        ..Self::default()
    };

    /// From `format` and options by name, as text; of several values for a name the last wins.
    ///
    /// # Errors
    /// `UnknownParameter` with the nearest name, or `BadParameter`.
    pub fn from_pairs<'a>(
        format: FormatChoice,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Fault> {
        let mut output = Self {
            format,
            ..Self::default()
        };
        for (name, text) in pairs {
            let found = OUTPUT_OPTIONS
                .iter()
                .find(|spec| spec.parameter.name == name);
            let spec = found.ok_or_else(|| unknown(name, &[]))?;
            output.set(spec, text)?;
            spec.check(format, text)?;
        }
        Ok(output)
    }
}

/// The fault of an option that does not exist; `others` are names that do exist beside options.
#[must_use]
pub fn unknown(name: &str, others: &[&'static str]) -> Fault {
    let known = OUTPUT_OPTIONS.iter().map(|spec| spec.parameter.name);
    Fault::UnknownParameter {
        operation: "output",
        parameter: crate::clip(name),
        suggestion: suggest(name, known.chain(others.iter().copied())),
    }
}

/// The format whose name is most like `name`.
#[must_use]
pub fn nearest_format(name: &str) -> Option<&'static str> {
    suggest(name, OutputFormat::ALL.iter().map(|format| format.name()))
}

/// What was given up for `max_bytes`; `None`: nothing of that kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Traded {
    /// The quality that was used.
    pub quality: Option<u8>,
    /// The most colours of one frame.
    pub colors: Option<u16>,
    /// The size, % of the width and height that were asked for.
    pub scale: Option<u8>,
    /// Every so many frames one was kept; the others' time is its own now.
    pub every: Option<u8>,
}

impl fmt::Display for Traded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("quality", self.quality.map(u16::from)),
            ("colors", self.colors),
            ("scale", self.scale.map(u16::from)),
            ("every", self.every.map(u16::from)),
        ];
        let mut comma = "";
        for (name, value) in parts {
            if let Some(value) = value {
                write!(f, "{comma}{name}={value}")?;
                comma = ", ";
            }
        }
        Ok(())
    }
}

fn names<S: serde::Serializer>(
    formats: &&'static [OutputFormat],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(formats.iter().map(|format| format.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exactly(format: OutputFormat, pairs: &[(&str, &str)]) -> Result<Output, Fault> {
        Output::from_pairs(FormatChoice::Exactly(format), pairs.iter().copied())
    }

    #[test]
    fn an_output_is_read_as_it_was_spelt() {
        let jpeg = exactly(Jpeg, &[("quality", "61"), ("background", "#102030")]).unwrap();
        let auto = Output {
            format: FormatChoice::Auto {
                avif: true,
                webp: false,
            },
            ..Output::default()
        };
        for output in [Output::default(), Output::EFFECT(), jpeg, auto] {
            let format = FormatChoice::from_text(&output.format.to_string()).unwrap();
            let options = output.options();
            let options = options.iter().map(|(name, text)| (*name, text.as_str()));
            assert_eq!(Output::from_pairs(format, options), Ok(output));
        }
    }

    #[test]
    fn options_are_read_for_the_formats_that_have_them() {
        let output = exactly(Jpeg, &[("quality", "61"), ("subsampling", "444")]).unwrap();
        assert_eq!(output.quality, Some(61));
        assert_eq!(output.subsampling, Subsampling::None);
        let fault = exactly(Png, &[("quality", "61")]).unwrap_err();
        let text = fault.to_string();
        assert!(
            text.contains("png has none, only jpeg, webp, avif"),
            "{text}"
        );
        let fault = Output::from_pairs(FormatChoice::Natural, [("quality", "61")]).unwrap_err();
        assert!(fault.to_string().contains("auto, jpeg"), "{fault}");
        let auto = FormatChoice::Auto {
            avif: false,
            webp: false,
        };
        assert!(Output::from_pairs(auto, [("quality", "61"), ("dither", "ordered")]).is_ok());
        assert!(Output::from_pairs(FormatChoice::Natural, [("max_bytes", "9")]).is_ok());
    }

    #[test]
    fn wrong_values_and_names_are_told_what_is_right() {
        let fault = exactly(Jpeg, &[("quality", "0")]).unwrap_err();
        assert!(
            fault.to_string().contains("a whole number from 1 to 100"),
            "{fault}"
        );
        let fault = exactly(Jpeg, &[("qualty", "9")]).unwrap_err();
        let Fault::UnknownParameter { suggestion, .. } = fault else {
            panic!("{fault}");
        };
        assert_eq!(suggestion, Some("quality"));
    }

    #[test]
    fn auto_takes_what_is_accepted_and_never_a_still_format_for_an_animation() {
        let auto = |avif, webp| FormatChoice::Auto { avif, webp };
        for (choice, of_png, of_gif) in [
            (auto(true, true), Avif, Webp),
            (auto(true, false), Avif, Gif),
            (auto(false, true), Webp, Webp),
            (auto(false, false), Png, Gif),
            (FormatChoice::Natural, Png, Gif),
            (FormatChoice::Effect, Png, Gif),
        ] {
            assert_eq!((choice.settle(Png), choice.settle(Gif)), (of_png, of_gif));
        }
        assert_eq!(FormatChoice::Effect.settle(Webp), Apng);
        assert_eq!(FormatChoice::Natural.settle(Webp), Webp);
    }

    #[test]
    fn what_was_traded_is_one_line() {
        let traded = Traded {
            colors: Some(64),
            scale: Some(70),
            ..Traded::default()
        };
        assert_eq!(traded.to_string(), "colors=64, scale=70");
    }
}
