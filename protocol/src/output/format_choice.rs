//! How the format of the result is found, and how that is written down in a crash bundle.

use std::fmt;

use crate::codec::{Decode, Encode};
use crate::message::OutputFormat;

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
    /// The source's own, for stills too, where it is one that is written; else the natural one.
    Source,
}

impl FormatChoice {
    /// The format of the result, given the natural one of its source, and the one that a still
    /// of the source's kind has. AVIF is for stills.
    #[must_use]
    pub fn settle(self, natural: OutputFormat, own: OutputFormat) -> OutputFormat {
        let animated = natural.animates();
        match self {
            Self::Exactly(format) => format,
            Self::Auto { avif: true, .. } if !animated => OutputFormat::Avif,
            Self::Auto { webp: true, .. } => OutputFormat::Webp,
            Self::Effect if animated && natural != OutputFormat::Gif => OutputFormat::Apng,
            Self::Source if !animated => own,
            Self::Natural | Self::Effect | Self::Auto { .. } | Self::Source => natural,
        }
    }
}

/// `natural`, `effect`, `source`, `auto`, `auto+avif`, `auto+webp`, `auto+avif+webp`, or the name of a format.
impl fmt::Display for FormatChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Natural => f.write_str("natural"),
            Self::Effect => f.write_str("effect"),
            Self::Source => f.write_str("source"),
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
        let mut all = [Self::Natural, Self::Effect, Self::Source]
            .into_iter()
            .chain(autos)
            .chain(formats);
        all.find(|choice| choice.to_string() == text)
    }
}
