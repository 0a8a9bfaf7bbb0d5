//! The arguments of one option, read as imgproxy writes them. A missing or empty one leaves its value
//! as it was.

use protocol::OutputFormat;

/// Arguments by position.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'a>(&'a [&'a str]);

/// Why an option cannot be met: a sentence without its subject.
pub(super) type Why = String;

impl<'a> Arguments<'a> {
    /// All that follow the option's name, if they are not too many.
    pub(super) fn new(texts: &'a [&'a str], most: usize) -> Result<Self, Why> {
        match texts.len() <= most {
            true => Ok(Self(texts)),
            false => Err(format!(
                "has {} arguments, at most {most} are known",
                texts.len()
            )),
        }
    }

    /// Those from a position on.
    pub(super) fn from(self, at: usize) -> Self {
        Self(self.0.get(at..).unwrap_or_default())
    }

    pub(super) fn text(self, at: usize) -> Option<&'a str> {
        self.0.get(at).copied().filter(|text| !text.is_empty())
    }

    pub(super) fn all(self) -> impl Iterator<Item = &'a str> {
        self.0.iter().copied()
    }

    pub(super) fn flag(self, at: usize) -> Result<Option<bool>, Why> {
        let flag = |text| match text {
            "1" | "t" | "true" | "T" | "TRUE" | "True" => Ok(true),
            "0" | "f" | "false" | "F" | "FALSE" | "False" => Ok(false),
            _ => Err(wrong(text, "1, t or true, or 0, f or false")),
        };
        self.text(at).map(flag).transpose()
    }

    pub(super) fn whole(self, at: usize) -> Result<Option<u32>, Why> {
        let number = |text: &str| text.parse().map_err(|_| wrong(text, "a whole number"));
        self.text(at).map(number).transpose()
    }

    pub(super) fn number(self, at: usize) -> Result<Option<f64>, Why> {
        let number = |text: &str| {
            let number = text
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite() && *number >= 0.0);
            number.ok_or_else(|| wrong(text, "a number of at least 0"))
        };
        self.text(at).map(number).transpose()
    }

    /// A gravity with its offsets, by the catalogue's name.
    pub(super) fn gravity(self) -> Result<Option<&'static str>, Why> {
        let Some(text) = self.text(0) else {
            return Ok(None);
        };
        let found = GRAVITIES.iter().find(|(name, _)| *name == text);
        let Some((_, ours)) = found else {
            return Err(match text {
                "fp" | "obj" | "objw" => {
                    format!("has the gravity {text}, which is not served here")
                }
                _ => wrong(
                    text,
                    &format!("one of {}", GRAVITIES.map(|(name, _)| name).join(", ")),
                ),
            });
        };
        for at in 1..=2 {
            if self.number(at)?.is_some_and(|offset| offset != 0.0) {
                return Err("has an offset, which is not served here: only 0 is".to_owned());
            }
        }
        Ok(Some(ours))
    }
}

/// The names of theirs and of ours.
const GRAVITIES: [(&str, &str); 10] = [
    ("ce", "center"),
    ("no", "north"),
    ("so", "south"),
    ("ea", "east"),
    ("we", "west"),
    ("noea", "northeast"),
    ("nowe", "northwest"),
    ("soea", "southeast"),
    ("sowe", "southwest"),
    ("sm", SMART),
];
pub(super) const SMART: &str = "smart";

/// A colour in hexadecimal digits, as ours are written.
pub(super) fn colour(text: &str) -> Result<String, Why> {
    let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digits && matches!(text.len(), 3 | 6) {
        true => Ok(text.to_owned()),
        false => Err(wrong(text, "a colour of 3 or 6 hexadecimal digits")),
    }
}

pub(super) fn format(text: &str) -> Result<OutputFormat, Why> {
    const FORMATS: [OutputFormat; 5] = [
        OutputFormat::Jpeg,
        OutputFormat::Png,
        OutputFormat::Webp,
        OutputFormat::Avif,
        OutputFormat::Gif,
    ];
    let name = if text == "jpg" { "jpeg" } else { text };
    let found = FORMATS.into_iter().find(|format| format.name() == name);
    found.ok_or_else(|| wrong(text, "one of jpg, png, webp, avif, gif"))
}

pub(super) fn wrong(given: &str, wanted: &str) -> Why {
    format!("has {:?}, which must be {wanted}", protocol::clip(given))
}
