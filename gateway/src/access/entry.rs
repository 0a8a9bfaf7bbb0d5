//! What the files of tokens and of signing keys have in common: lists of named tables, and what one
//! of them grants. Every mistake is told; what a table means beside that is its own file's to know.

use std::collections::BTreeSet;

use protocol::CATALOGUE;
use toml::{Table, Value};

use super::ANONYMOUS;
use super::account::Terms;
use super::allowed::Allowed;
use crate::http::Dialect;
use crate::pool::Priority;
use crate::settings::nearest;

/// Longest name, characters: it is a label in figures and a field in logs.
const NAME_MAX: usize = 64;
const REQUESTS_MAX: u32 = 1_000_000;
const JOBS_MAX: u32 = 10_000;
/// What every entry may say beside its name and secret.
const GRANTS: [&str; 6] = [
    "requests_per_minute",
    "burst",
    "jobs_max",
    "dialects",
    "operations",
    "priority",
];

/// Whether a token or a key may be called that.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(plain) && name != ANONYMOUS
}

/// What an entry grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grants {
    pub(super) terms: Terms,
    pub(super) allowed: Allowed,
    pub(super) priority: Priority,
}

/// Has `entry` look at every table of the lists of these names, in order.
pub(super) fn each(
    text: &str,
    lists: &[&'static str],
    mut entry: impl FnMut(Reader<'_>, &'static str),
) -> Result<(), Vec<String>> {
    // Its own words show the line, in which a secret may stand.
    let not_toml = |why: toml::de::Error| {
        let before = why.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        format!("is not TOML in line {line}: {}", why.message())
    };
    let table: Table = text.parse().map_err(|why| vec![not_toml(why)])?;
    let mut mistakes = Vec::new();
    for (key, value) in &table {
        let Some(list) = lists.iter().copied().find(|list| list == key) else {
            let known: Vec<_> = lists.iter().map(|list| format!("[[{list}]]")).collect();
            let meant = nearest(key, lists.iter().copied());
            mistakes.push(format!(
                "{key} is not known here, only {}{}",
                known.join(" and "),
                meant.map_or("", |_| "; did you mean that?")
            ));
            continue;
        };
        match value {
            Value::Array(tables) => {
                for (index, one) in tables.iter().enumerate() {
                    entry(Reader::new(list, index, one, &mut mistakes), list);
                }
            }
            _ => mistakes.push(format!("{list} must be written as [[{list}]]")),
        }
    }
    match mistakes.is_empty() {
        true => Ok(()),
        false => Err(mistakes),
    }
}

/// Reads one entry and collects what is wrong with it.
pub(super) struct Reader<'a> {
    list: &'static str,
    /// How mistakes call the entry.
    called: String,
    table: Option<&'a Table>,
    mistakes: &'a mut Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(
        list: &'static str,
        index: usize,
        value: &'a Value,
        mistakes: &'a mut Vec<String>,
    ) -> Self {
        let table = value.as_table();
        let text = |key| table.and_then(|table| table.get(key)?.as_str());
        let called = match text("name").or_else(|| text("id")) {
            Some(name) => format!("{list} {} ({:?})", index + 1, protocol::clip(name)),
            None => format!("{list} {}", index + 1),
        };
        Self {
            list,
            called,
            table,
            mistakes,
        }
    }

    /// Whether it is a table at all; says which of its keys are neither `own` nor of [`Grants`].
    pub(super) fn is_table(&mut self, own: &[&'static str]) -> bool {
        let Some(table) = self.table else {
            self.wrong(&format!("must be a table, written as [[{}]]", self.list));
            return false;
        };
        let known: Vec<_> = own.iter().copied().chain(GRANTS).collect();
        for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
            let meant = nearest(key, known.iter().copied());
            let meant = meant.map_or(String::new(), |key| format!("; did you mean {key}?"));
            self.wrong(&format!("{key} is not known here{meant}"));
        }
        true
    }

    /// What it is called, under `key`.
    pub(super) fn name(&mut self, key: &str) -> Option<String> {
        let name = self.text(key).filter(|name| is_name(name));
        if name.is_none() {
            self.wrong(&format!(
                "{key} must be 1 to {NAME_MAX} letters, digits, - _ or ., and not {ANONYMOUS:?}"
            ));
        }
        name.map(ToOwned::to_owned)
    }

    /// What it grants; what it does not say of requests and jobs is `requests` and `jobs`, where
    /// `None` stands for the most that can be said.
    pub(super) fn grants(&mut self, requests: Option<u32>, jobs: Option<u32>) -> Option<Grants> {
        let requests = requests.unwrap_or(REQUESTS_MAX);
        let requests_per_minute = self.number("requests_per_minute", requests, REQUESTS_MAX);
        let burst = self.number("burst", requests_per_minute, REQUESTS_MAX);
        let jobs_max = self.number("jobs_max", jobs.unwrap_or(JOBS_MAX), JOBS_MAX);
        let dialects = self.choices("dialects", &Dialect::ALL.map(|one| (one.family(), one)));
        let operations: Vec<_> = CATALOGUE
            .iter()
            .map(|spec| (spec.name, spec.name))
            .collect();
        let operations = self.choices("operations", &operations);
        let priorities = Priority::ALL.map(|one| (one.name(), one));
        let priority = match self.table?.get("priority") {
            Some(value) => self.choice("priority", value, &priorities),
            None => Some(Priority::Normal),
        };
        Some(Grants {
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

    pub(super) fn wrong(&mut self, what: &str) {
        self.mistakes.push(format!("{}: {what}", self.called));
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
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
