//! What all options of a URL say together, and the operations and the output that this comes to, in
//! imgproxy's order of work: trim, turn, crop, resize, filters, extend, pad, background.

use std::collections::BTreeMap;

use protocol::{FormatChoice, Operation, Output, OutputFormat};

use super::Unmet;
use super::options::{Does, OPTIONS};
use super::others::OTHERS;
use super::resizing;
use super::values::Arguments;
use crate::settings::nearest;

/// Presets by name: options with slashes between them.
pub(super) type Presets = BTreeMap<String, String>;

/// How a picture is brought into width × height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Resizing {
    #[default]
    Fit,
    Fill,
    FillDown,
    Force,
    /// Fill or fit, as the source lies.
    Auto,
}

impl Resizing {
    pub(super) const NAMES: [(&str, Self); 5] = [
        ("fit", Self::Fit),
        ("fill", Self::Fill),
        ("fill-down", Self::FillDown),
        ("force", Self::Force),
        ("auto", Self::Auto),
    ];
}

/// See the module. Numbers of 0 say nothing.
#[derive(Debug, PartialEq)]
pub(super) struct Wanted {
    pub(super) resizing: Resizing,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) zoom: f64,
    pub(super) dpr: f64,
    pub(super) enlarge: bool,
    /// The place on the larger canvas.
    pub(super) extend: Option<&'static str>,
    pub(super) extend_ratio: Option<&'static str>,
    pub(super) gravity: &'static str,
    /// Width, height and gravity.
    pub(super) crop: (u32, u32, Option<&'static str>),
    /// Tolerance and colour.
    pub(super) trim: Option<(u32, Option<String>)>,
    /// Top, right, bottom, left.
    pub(super) padding: [u32; 4],
    /// Clockwise, a multiple of 90.
    pub(super) degrees: u32,
    pub(super) mirror: bool,
    pub(super) flip: bool,
    pub(super) background: Option<String>,
    pub(super) blur: f64,
    pub(super) sharpen: f64,
    pub(super) pixelate: u32,
    pub(super) quality: u32,
    pub(super) format_quality: Vec<(OutputFormat, u32)>,
    pub(super) max_bytes: u32,
    pub(super) format: Option<OutputFormat>,
    pub(super) expires: Option<u64>,
    pub(super) filename: Option<String>,
    pub(super) attachment: Option<bool>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            resizing: Resizing::default(),
            width: 0,
            height: 0,
            zoom: 1.0,
            dpr: 1.0,
            enlarge: false,
            extend: None,
            extend_ratio: None,
            gravity: "center",
            crop: (0, 0, None),
            trim: None,
            padding: [0; 4],
            degrees: 0,
            mirror: false,
            flip: false,
            background: None,
            blur: 0.0,
            sharpen: 0.0,
            pixelate: 0,
            quality: 0,
            format_quality: Vec::new(),
            max_bytes: 0,
            format: None,
            expires: None,
            filename: None,
            attachment: None,
        }
    }
}

/// Whether these options can stand in a preset, whatever they come to together.
pub(crate) fn is_preset(options: &str) -> bool {
    let none = Presets::new();
    Wanted::default().add(options.split('/'), &none).is_ok()
}

impl Wanted {
    /// Adds options in their order; a later one wins.
    pub(super) fn add<'a>(
        &mut self,
        options: impl IntoIterator<Item = &'a str>,
        presets: &Presets,
    ) -> Result<(), Unmet> {
        for option in options {
            let parts: Vec<_> = option.split(':').collect();
            let (name, arguments) = (parts[0], &parts[1..]);
            let unmet = |why| Unmet {
                option: name.to_owned(),
                why,
            };
            let found = OPTIONS.iter().find(|spec| spec.names.contains(&name));
            match found.map(|spec| &spec.does) {
                Some(Does::Reads(most, read)) => Arguments::new(arguments, *most)
                    .and_then(|arguments| read(self, arguments))
                    .map_err(unmet)?,
                Some(Does::Presets) => {
                    for preset in arguments {
                        let options = presets.get(*preset);
                        let options = options.ok_or_else(|| unmet(no_preset(preset)))?;
                        // Presets hold no presets, so this ends.
                        self.add(options.split('/'), &Presets::new())?;
                    }
                }
                Some(Does::Lacks(why)) => return Err(unmet((*why).to_owned())),
                None => return Err(unmet(unknown(name))),
            }
        }
        Ok(())
    }

    /// What is to be done, in order.
    pub(super) fn operations(&self) -> Result<Vec<Operation>, Unmet> {
        let mut steps: Vec<(&str, String)> = Vec::new();
        if let Some((tolerance, colour)) = &self.trim {
            let colour = colour.as_ref().map(|colour| format!(":color={colour}"));
            steps.push((
                "trim",
                format!("trim:{tolerance}{}", colour.unwrap_or_default()),
            ));
        }
        if self.degrees > 0 {
            steps.push(("rotate", format!("rotate:{}", self.degrees)));
        }
        for (is_wanted, operation) in [(self.mirror, "mirror"), (self.flip, "flip")] {
            if is_wanted {
                steps.push(("flip", operation.to_owned()));
            }
        }
        steps.extend(resizing::crop(self));
        steps.extend(resizing::resize(self)?);
        for (option, operation, amount) in [
            ("blur", "blur", self.blur),
            ("sharpen", "sharpen", self.sharpen),
            ("pixelate", "pixel", self.pixelate.into()),
        ] {
            if amount > 0.0 {
                steps.push((option, format!("{operation}:{amount}")));
            }
        }
        steps.extend(resizing::extend(self)?);
        if let Some(colour) = &self.background {
            steps.push(("background", format!("flatten:{colour}")));
        }
        let operation = |(option, text): (&str, String)| {
            Operation::from_text(&text).map_err(|fault| Unmet {
                option: option.to_owned(),
                why: format!("is out of range: {fault}"),
            })
        };
        steps.into_iter().map(operation).collect()
    }

    /// What the result is to be.
    pub(super) fn output(&self) -> Output {
        let of_format = |format| {
            let found = self
                .format_quality
                .iter()
                .rev()
                .find(|(named, _)| *named == format);
            found.map(|(_, quality)| *quality)
        };
        let lossy = |format: &OutputFormat| {
            use OutputFormat::{Avif, Jpeg, Webp};
            matches!(format, Jpeg | Webp | Avif)
        };
        let quality = match (self.format, self.quality) {
            (Some(format), _) if !lossy(&format) => None,
            (Some(format), 0) => of_format(format),
            // Without a format it is for the source's, if that has one.
            (_, quality) => Some(quality),
        };
        Output {
            format: self
                .format
                .map_or(FormatChoice::Source, FormatChoice::Exactly),
            quality: quality.filter(|quality| *quality > 0),
            max_bytes: Some(self.max_bytes).filter(|bytes| *bytes > 0),
            ..Output::default()
        }
    }
}

fn no_preset(name: &str) -> String {
    format!("names {:?}, which is no preset here", protocol::clip(name))
}

fn unknown(name: &str) -> String {
    if OTHERS.contains(&name) {
        return "is imgproxy's alone, for the most part its Pro edition's, and not served here"
            .to_owned();
    }
    let names = OPTIONS.iter().flat_map(|spec| spec.names.iter().copied());
    match nearest(name, names) {
        Some(meant) => format!("is not known; did you mean {meant}?"),
        None => "is not known".to_owned(),
    }
}

#[cfg(test)]
mod tests;
