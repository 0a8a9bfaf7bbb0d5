//! The file of tokens, read as a whole: every mistake in it is told, and with one nothing of it counts.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use protocol::CATALOGUE;
use toml::{Table, Value};

use super::account::Terms;
use super::allowed::Allowed;
use super::secret::Fingerprint;
use crate::http::Dialect;
use crate::pool::Priority;
use crate::settings::nearest;

use super::ANONYMOUS;

/// Longest name, characters: it is a label in figures and a field in logs.
const NAME_MAX: usize = 64;
/// What an entry may say.
const KEYS: [&str; 8] = [
    "name",
    "sha256",
    "requests_per_minute",
    "burst",
    "jobs_max",
    "dialects",
    "operations",
    "priority",
];
const REQUESTS_MAX: u32 = 1_000_000;
const JOBS_MAX: u32 = 10_000;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TokenList(Vec<Entry>);

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) sha256: Fingerprint,
    pub(super) terms: Terms,
    pub(super) allowed: Allowed,
    pub(super) priority: Priority,
}

/// Whether a token may be called that.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(plain) && name != ANONYMOUS
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
        let not_toml =
            |why: toml::de::Error| format!("is not TOML: {}", why.to_string().trim_end());
        let table: Table = text.parse().map_err(|why| vec![not_toml(why)])?;
        let mut mistakes = Vec::new();
        let mut entries = Vec::new();
        for (key, value) in &table {
            match (key.as_str(), value) {
                ("token", Value::Array(tokens)) => {
                    for (index, token) in tokens.iter().enumerate() {
                        entries.extend(Reader::new(index, token, &mut mistakes).entry());
                    }
                }
                ("token", _) => mistakes.push("token must be written as [[token]]".to_owned()),
                _ => mistakes.push(format!(
                    "{key} is not known here, only [[token]]{}",
                    nearest(key, ["token"]).map_or("", |_| "; did you mean that?")
                )),
            }
        }
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

/// Reads one entry and collects what is wrong with it.
struct Reader<'a> {
    /// How mistakes call the entry.
    called: String,
    table: Option<&'a Table>,
    mistakes: &'a mut Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(index: usize, token: &'a Value, mistakes: &'a mut Vec<String>) -> Self {
        let table = token.as_table();
        let name = table.and_then(|table| table.get("name")?.as_str());
        let called = match name {
            Some(name) => format!("token {} ({:?})", index + 1, protocol::clip(name)),
            None => format!("token {}", index + 1),
        };
        Self {
            called,
            table,
            mistakes,
        }
    }

    fn entry(mut self) -> Option<Entry> {
        let Some(table) = self.table else {
            self.wrong("must be a table, written as [[token]]");
            return None;
        };
        for key in table.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            let meant = nearest(key, KEYS);
            let meant = meant.map_or(String::new(), |key| format!("; did you mean {key}?"));
            self.wrong(&format!("{key} is not known here{meant}"));
        }
        let name = self.text("name").filter(|name| is_name(name));
        if name.is_none() {
            self.wrong(&format!(
                "name must be 1 to {NAME_MAX} letters, digits, - _ or ., and not {ANONYMOUS:?}"
            ));
        }
        let sha256 = self.text("sha256").and_then(Fingerprint::from_hex);
        if sha256.is_none() {
            self.wrong(
                "sha256 must be the 64 hexadecimal digits that framefarm token new prints, not the token itself",
            );
        }
        let requests_per_minute = self.number("requests_per_minute", 60, REQUESTS_MAX);
        let burst = self.number("burst", requests_per_minute, REQUESTS_MAX);
        let jobs_max = self.number("jobs_max", 4, JOBS_MAX);
        let dialects = self.choices("dialects", &Dialect::ALL.map(|one| (one.family(), one)));
        let operations: Vec<_> = CATALOGUE
            .iter()
            .map(|spec| (spec.name, spec.name))
            .collect();
        let operations = self.choices("operations", &operations);
        let priorities = Priority::ALL.map(|one| (one.name(), one));
        let priority = match table.get("priority") {
            Some(value) => self.choice("priority", value, &priorities),
            None => Some(Priority::Normal),
        };
        Some(Entry {
            name: name?.to_owned(),
            sha256: sha256?,
            terms: Terms {
                requests_per_minute,
                burst,
                jobs_max,
            },
            allowed: Allowed {
                dialects,
                operations: operations.map(BTreeSet::from_iter),
            },
            priority: priority?,
        })
    }

    fn wrong(&mut self, what: &str) {
        self.mistakes.push(format!("{}: {what}", self.called));
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.table?.get(key)?.as_str()
    }

    fn number(&mut self, key: &str, default: u32, max: u32) -> u32 {
        let Some(value) = self.table.and_then(|table| table.get(key)) else {
            return default;
        };
        let number = value.as_integer().and_then(|number| number.try_into().ok());
        match number.filter(|number| (1..=max).contains(number)) {
            Some(number) => number,
            None => {
                self.wrong(&format!(
                    "{key} = {value} must be a whole number from 1 to {max}"
                ));
                default
            }
        }
    }

    /// A list of names; absent: `None`, which stands for all.
    fn choices<T: Copy>(&mut self, key: &str, known: &[(&'static str, T)]) -> Option<Vec<T>> {
        let value = self.table?.get(key)?;
        let Some(names) = value.as_array() else {
            self.wrong(&format!(
                "{key} must be a list of names, like [\"{}\"]",
                known[0].0
            ));
            return None;
        };
        let chosen = names.iter().map(|name| self.choice(key, name, known));
        Some(chosen.collect::<Vec<_>>().into_iter().flatten().collect())
    }

    fn choice<T: Copy>(
        &mut self,
        key: &str,
        value: &Value,
        known: &[(&'static str, T)],
    ) -> Option<T> {
        let given = value.as_str().unwrap_or_default();
        if let Some((_, chosen)) = known.iter().find(|(name, _)| *name == given) {
            return Some(*chosen);
        }
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let allowed = match nearest(given, names.iter().copied()) {
            Some(name) if names.len() > 8 => format!("is no operation; did you mean {name}?"),
            None if names.len() > 8 => "is no operation; framefarm effects lists them".to_owned(),
            _ => format!("must be {}", names.join(" or ")),
        };
        self.wrong(&format!("{key}: {value} {allowed}"));
        None
    }
}
