//! The shape of the operation catalogue: one table from which parsing, validation,
//! `/v1/effects`, the command line and the documentation all come. The entries are in
//! `operation/`.

use serde::Serialize;

/// One operation, as callers see it.
#[derive(Debug, Serialize)]
pub struct OperationSpec {
    /// The name in URLs and JSON.
    pub name: &'static str,
    /// What it is about.
    pub group: Group,
    /// What it does, one or two sentences.
    pub description: &'static str,
    /// A working `op=` value.
    pub example: &'static str,
    /// Other names, under which older clients know it.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub aliases: &'static [Alias],
    /// In the order of positional arguments.
    pub parameters: &'static [ParameterSpec],
}

impl OperationSpec {
    /// The parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static ParameterSpec> {
        self.parameters.iter().find(|spec| spec.name == name)
    }
}

/// What an operation is about; the order of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Size, place and outline.
    Geometry,
    /// Colours, each pixel by itself.
    Tone,
    /// What depends on a pixel's neighbours.
    Detail,
    /// Frames and their times.
    Animation,
    /// Whole looks.
    Effect,
    /// A second picture on the first.
    Composite,
}

impl Group {
    /// What it is called in a list for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Geometry => "Geometry",
            Self::Tone => "Tone",
            Self::Detail => "Detail",
            Self::Animation => "Animation",
            Self::Effect => "Effects",
            Self::Composite => "Second pictures",
        }
    }
}

/// Another name of an operation, perhaps with arguments of its own; the caller's go before them.
#[derive(Debug, Serialize)]
pub struct Alias {
    /// The other name.
    pub name: &'static str,
    /// What it stands for, as an `op=` value.
    pub means: &'static str,
}

/// One parameter of an operation.
#[derive(Debug, Serialize)]
pub struct ParameterSpec {
    /// The name in queries and JSON.
    pub name: &'static str,
    /// What its text must be.
    #[serde(rename = "type")]
    pub kind: ParameterKind,
    /// What it means, one sentence.
    pub description: &'static str,
    /// Whether the operation is refused without it.
    pub required: bool,
    /// What holds when it is absent; `None`: nothing, see the description.
    #[serde(serialize_with = "as_text")]
    pub default: fn() -> Option<String>,
    /// Least value allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    /// Greatest value allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
    /// px, degrees …; empty for a plain number.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub unit: &'static str,
    /// The names that a choice allows.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub choices: &'static [&'static str],
}

impl ParameterSpec {
    /// What is allowed, for an error: `a number from 0.1 to 100 px`.
    #[must_use]
    pub fn expected(&self) -> String {
        let mut text = match self.kind {
            ParameterKind::Number => "a number".to_owned(),
            ParameterKind::Integer => "a whole number".to_owned(),
            ParameterKind::Boolean => "true or false".to_owned(),
            ParameterKind::Choice => format!("one of {}", self.choices.join(", ")),
            ParameterKind::Colour => {
                "a colour like #f80, #ff8800, #ff8800cc, white or transparent".to_owned()
            }
            ParameterKind::Ratio => "a ratio like 16x9 or 1.5".to_owned(),
        };
        if let (Some(minimum), Some(maximum)) = (self.minimum, self.maximum) {
            text.push_str(&format!(" from {minimum} to {maximum}"));
        }
        if !self.unit.is_empty() {
            text.push(' ');
            text.push_str(self.unit);
        }
        text
    }
}

/// What the text of a parameter must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ParameterKind {
    /// A finite decimal number.
    Number,
    /// A whole number.
    Integer,
    /// `true`, `false`, `1` or `0`, in any case.
    Boolean,
    /// One of a list of names.
    Choice,
    /// `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, with or without `#`, or a name.
    Colour,
    /// Width to height: `16x9`, `16/9`, `16:9` or a decimal number.
    Ratio,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's signature for serialize_with"
)]
fn as_text<S: serde::Serializer>(
    default: &fn() -> Option<String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    default().serialize(serializer)
}
