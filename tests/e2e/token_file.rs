//! Files of tokens, and services that read them.

use std::path::PathBuf;

use ring::digest::{SHA256, digest};

use crate::service::Service;

/// A file of tokens that goes away with the test.
pub(crate) struct Tokens(tempfile::TempDir);

impl Tokens {
    /// Each with its name, and what its entry says beside name and hash. A token is what
    /// [`token`] makes of its name.
    pub(crate) fn new(entries: &[(&str, &str)]) -> Self {
        let file = Self(tempfile::tempdir().unwrap());
        file.write(entries);
        file
    }

    pub(crate) fn write(&self, entries: &[(&str, &str)]) {
        let entry = |(name, more): &(&str, &str)| {
            let sha256 = sha256(&token(name));
            format!("[[token]]\nname = {name:?}\nsha256 = {sha256:?}\n{more}\n")
        };
        self.write_text(&entries.iter().map(entry).collect::<String>());
    }

    pub(crate) fn write_text(&self, text: &str) {
        std::fs::write(self.path(), text).unwrap();
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("tokens.toml")
    }

    /// The setting that names it.
    pub(crate) fn setting(&self) -> (&'static str, String) {
        ("tokens_file", self.path().to_str().unwrap().to_owned())
    }

    /// A service with these tokens and settings.
    pub(crate) fn service(&self, settings: &[(&str, &str)]) -> Service {
        let (name, path) = self.setting();
        let mut settings = settings.to_vec();
        settings.push((name, &path));
        Service::with(&settings)
    }
}

/// 64 characters that nobody has to guess.
pub(crate) fn token(name: &str) -> String {
    format!("{name:x<64}")
}

/// What a file says of a token.
pub(crate) fn sha256(token: &str) -> String {
    let digest = digest(&SHA256, token.as_bytes());
    let digits = digest.as_ref().iter();
    digits.map(|byte| format!("{byte:02x}")).collect()
}
