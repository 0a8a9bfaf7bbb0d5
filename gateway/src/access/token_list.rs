//! The file of tokens, read as a whole: every mistake in it is told, and with one nothing of it counts.

use std::collections::HashSet;
use std::path::Path;

use super::entry::{self, Grants, Reader};
use super::secret::Fingerprint;

/// Requests per minute and requests in progress of a token whose entry does not say.
const REQUESTS: u32 = 60;
const JOBS: u32 = 4;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TokenList(Vec<Entry>);

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) sha256: Fingerprint,
    pub(super) grants: Grants,
}

impl TokenList {
    /// Reads the file.
    ///
    /// # Errors
    /// Everything that is wrong with it, each in one sentence.
    pub(crate) fn read(path: &Path) -> Result<Self, Vec<String>> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|why| vec![format!("cannot be read: {why}")])?;
        Self::from_toml(&text)
    }

    pub(super) fn from_toml(text: &str) -> Result<Self, Vec<String>> {
        let mut entries = Vec::new();
        let read = entry::each(text, &["token"], |reader, _| entries.extend(token(reader)));
        let mut mistakes = read.err().unwrap_or_default();
        let (mut names, mut fingerprints) = (HashSet::new(), HashSet::new());
        for Entry { name, sha256, .. } in &entries {
            if !names.insert(name) {
                mistakes.push(format!("there are two tokens with the name {name:?}"));
            }
            if !fingerprints.insert(sha256) {
                mistakes.push(format!("token {name:?} has the sha256 of another one"));
            }
        }
        match mistakes.is_empty() {
            true => Ok(Self(entries)),
            false => Err(mistakes),
        }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.0
    }
}

fn token(mut reader: Reader<'_>) -> Option<Entry> {
    if !reader.is_table(&["name", "sha256"]) {
        return None;
    }
    let name = reader.name("name");
    let sha256 = reader.text("sha256").and_then(Fingerprint::from_hex);
    if sha256.is_none() {
        reader.wrong(
            "sha256 must be the 64 hexadecimal digits that framefarm token new prints, not the token itself",
        );
    }
    let grants = reader.grants(Some(REQUESTS), Some(JOBS));
    Some(Entry {
        name: name?,
        sha256: sha256?,
        grants: grants?,
    })
}
