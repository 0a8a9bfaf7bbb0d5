//! Gathers the texts of the settings from file, environment and flags, strongest last, and
//! remembers where each came from. What the texts mean is not known here.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use super::{Mistake, SETTINGS, Setting, file};

pub(super) const PREFIX: &str = "FRAMEFARM_";
/// The variable that names the TOML file.
pub(crate) const CONFIG_VARIABLE: &str = "FRAMEFARM_CONFIG";

/// Where a text came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The table of settings.
    Default,
    /// A TOML file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A flag, with its dashes.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the default"),
            // Escaped because the sentence may end up in a comment of one line.
            Self::File(path) => write!(f, "file {}", path.display().to_string().escape_debug()),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::Flag(flag) => write!(f, "flag {flag}"),
        }
    }
}

/// The text of every setting; the settings that no source names have their default.
#[derive(Debug, Default)]
pub(super) struct Texts(BTreeMap<&'static str, (String, Origin)>);

impl Texts {
    pub(super) fn gather(
        config: Option<PathBuf>,
        flags: impl IntoIterator<Item = (&'static Setting, String)>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let (config_variable, variables): (Vec<_>, Vec<_>) = environment
            .into_iter()
            .partition(|(variable, _)| variable == CONFIG_VARIABLE);
        let config = config.or_else(|| {
            let (_, path) = config_variable.into_iter().next()?;
            Some(PathBuf::from(path)).filter(|path| !path.as_os_str().is_empty())
        });

        let mut texts = Self::default();
        if let Some(path) = config {
            texts.add_file(path, mistakes);
        }
        for (variable, text) in variables {
            texts.add_variable(&variable.to_string_lossy(), text, mistakes);
        }
        for (setting, text) in flags {
            let origin = Origin::Flag(format!("--{}", setting.flag()));
            texts.0.insert(setting.name, (text, origin));
        }
        texts
    }

    /// The text of a setting and where it came from.
    pub(super) fn get(&self, name: &str) -> (&str, Origin) {
        match self.0.get(name) {
            Some((text, origin)) => (text, origin.clone()),
            None => (
                find(name).map_or("", |setting| setting.default),
                Origin::Default,
            ),
        }
    }

    /// A [`Mistake::Conflict`] of that setting.
    pub(super) fn conflict(&self, name: &'static str, why: String) -> Mistake {
        let (text, origin) = self.get(name);
        let value = text.to_owned();
        Mistake::Conflict {
            name,
            value,
            origin,
            why,
        }
    }

    fn add_file(&mut self, path: PathBuf, mistakes: &mut Vec<Mistake>) {
        let table = match file::read(&path) {
            Ok(table) => table,
            Err(why) => return mistakes.push(Mistake::File { path, why }),
        };
        for (key, value) in table {
            let origin = Origin::File(path.clone());
            match (find(&key), file::text(&value)) {
                (None, _) => mistakes.push(Mistake::Unknown {
                    suggestion: nearest(&key).map(|setting| setting.name.to_owned()),
                    spelling: key,
                    origin,
                }),
                (Some(setting), None) => mistakes.push(Mistake::Invalid {
                    name: setting.name,
                    value: value.to_string(),
                    origin,
                    allowed: format!(
                        "text, a whole number, true, false or a list of texts: {}",
                        (setting.allowed)()
                    ),
                }),
                (Some(setting), Some(text)) => {
                    self.0.insert(setting.name, (text, origin));
                }
            }
        }
    }

    fn add_variable(&mut self, variable: &str, text: OsString, mistakes: &mut Vec<Mistake>) {
        let Some(suffix) = variable.strip_prefix(PREFIX) else {
            return;
        };
        let origin = Origin::Environment(variable.to_owned());
        let key = suffix.to_ascii_lowercase();
        let setting = find(&key).filter(|setting| setting.variable() == variable);
        match (setting, text.into_string()) {
            (Some(setting), Ok(text)) => {
                self.0.insert(setting.name, (text, origin));
            }
            (Some(setting), Err(text)) => mistakes.push(Mistake::Invalid {
                name: setting.name,
                value: text.to_string_lossy().into_owned(),
                origin,
                allowed: format!("UTF-8: {}", (setting.allowed)()),
            }),
            (None, Ok(text)) if is_service_link(suffix, &text) => {}
            (None, _) => mistakes.push(Mistake::Unknown {
                spelling: variable.to_owned(),
                origin,
                suggestion: nearest(&key).map(Setting::variable),
            }),
        }
    }
}

pub(super) fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// The setting that a wrong name was probably meant to be.
fn nearest(name: &str) -> Option<&'static Setting> {
    find(super::nearest(
        name,
        SETTINGS.iter().map(|setting| setting.name),
    )?)
}

/// Kubernetes puts variables for every service of the namespace into every container, so a
/// service that is called `framefarm` would otherwise stop the gateway from starting.
fn is_service_link(suffix: &str, text: &str) -> bool {
    suffix.ends_with("SERVICE_HOST")
        || suffix.contains("SERVICE_PORT")
        || (suffix.ends_with("PORT") && text.contains("://"))
        || ["_TCP", "_UDP", "_SCTP"]
            .iter()
            .any(|protocol| suffix.contains("PORT_") && suffix.contains(protocol))
}
