//! Settings from wherever they are given, and what is in the files that they name.

use std::ffi::OsString;
use std::path::PathBuf;

use super::texts::Texts;
use super::{Draft, Mistakes, Setting, Settings};
use crate::access::Credentials;

/// The settings together with the texts they were read from and where those came from.
#[derive(Debug)]
pub(crate) struct Configuration {
    /// The checked settings.
    pub(crate) settings: Settings,
    /// What is in the files that they name.
    pub(crate) credentials: Credentials,
    pub(super) texts: Texts,
}

impl Configuration {
    /// Reads the settings; weakest first: defaults, TOML file, environment, flags.
    ///
    /// `config` is the file that the command line names, else [`CONFIG_VARIABLE`] may name
    /// one; there is no implicit file.
    ///
    /// # Errors
    ///
    /// Every mistake of every source, not only the first.
    pub(crate) fn gather(
        config: Option<PathBuf>,
        flags: impl IntoIterator<Item = (&'static Setting, String)>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let texts = Texts::gather(config, flags, environment, &mut mistakes);
        let draft = Draft::read(&texts, &mut mistakes);
        mistakes.extend(draft.conflicts(&texts));
        mistakes.extend(draft.unusable_roots(&texts));
        let credentials = draft.credentials(&mut mistakes);
        match draft.settings() {
            Some(settings) if mistakes.is_empty() => Ok(Self {
                settings,
                credentials,
                texts,
            }),
            _ => Err(Mistakes(mistakes)),
        }
    }
}
