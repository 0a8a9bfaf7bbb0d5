//! What a result is to be: its format and how it is encoded. One table from which parsing,
//! validation, `/v1/effects` and the documentation all come.

mod choices;
mod format_choice;
mod traded;

use serde::Serialize;

use crate::arguments::{Fault, suggest};
use crate::catalogue::ParameterSpec;
use crate::codec::{Decode, Encode};
use crate::colour::Colour;
use crate::message::OutputFormat;
use crate::parameter::Parameter;
pub use choices::{Compression, Dither, Subsampling};
pub use format_choice::FormatChoice;
pub use traded::Traded;

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

    /// An option is for formats that have it; with `auto`, or the source's own, it is for those
    /// among them that may come out; without a format only what all of them have makes sense.
    fn check(&self, format: FormatChoice, text: &str) -> Result<(), Fault> {
        let named = |names: &[OutputFormat]| {
            let names: Vec<_> = names.iter().map(|format| format.name()).collect();
            names.join(", ")
        };
        let everywhere = self.formats.len() == OutputFormat::ALL.len();
        let expected = match format {
            FormatChoice::Auto { .. } | FormatChoice::Source => return Ok(()),
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

fn names<S: serde::Serializer>(
    formats: &&'static [OutputFormat],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(formats.iter().map(|format| format.name()))
}

#[cfg(test)]
mod tests;
