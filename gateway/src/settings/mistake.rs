//! What can be wrong with the settings, in words that name the setting, its value, where it
//! came from and what is allowed. The order and the number of mistakes are the reader's.

use std::fmt;
use std::path::PathBuf;

use super::texts::Origin;

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mistake {
    /// The text does not fit the setting.
    #[error("{name} = {value:?} (from {origin}) must be {allowed}")]
    Invalid {
        /// Name of the setting.
        name: &'static str,
        /// Its text.
        value: String,
        /// Where the text came from.
        origin: Origin,
        /// What the text may be.
        allowed: String,
    },
    /// The text is fine alone, but not together with another setting.
    #[error("{name} = {value:?} (from {origin}) {why}")]
    Conflict {
        /// Name of the setting.
        name: &'static str,
        /// Its text.
        value: String,
        /// Where the text came from.
        origin: Origin,
        /// What it conflicts with and what to do.
        why: String,
    },
    /// There is no such setting.
    #[error("{spelling} (from {origin}) is not a setting{}", meant(.suggestion.as_deref()))]
    Unknown {
        /// The name as it was written.
        spelling: String,
        /// Where it was written.
        origin: Origin,
        /// The nearest known name in the same spelling.
        suggestion: Option<String>,
    },
    /// Something is wrong with the file of tokens or of keys.
    #[error("{setting} {}: {why}", path.display())]
    Credentials {
        /// The setting that names it.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file is unreadable or not TOML.
    #[error("{}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

fn meant(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

/// Every mistake in the settings, at least one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mistakes(pub(crate) Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [_] => write!(f, "The settings have 1 mistake:")?,
            mistakes => write!(f, "The settings have {} mistakes:", mistakes.len())?,
        }
        for mistake in &self.0 {
            write!(f, "\n  {}", mistake.to_string().replace('\n', "\n    "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
