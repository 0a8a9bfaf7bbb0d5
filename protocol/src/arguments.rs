//! From what a caller wrote to validated operations: three spellings, one catalogue.
//!
//! `blur:2` and `blur:sigma=2` (the `op=` grammar), `{"op":"blur","sigma":2}` (JSON) and
//! `/blur/?sigma=2` (the effect routes) all become the same [`Arguments`] and then the same
//! [`Operation`].

use std::borrow::Cow;

use serde_json::Value;
use thiserror::Error;

use crate::catalogue::OperationSpec;
use crate::limits::OPERATIONS_MAX;
use crate::operation::{CATALOGUE, Operation};
use crate::parameter::Parameter;

/// What to do with a parameter that the operation does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// Say so, and name the nearest one.
    Refuse,
    /// Leave it be: the effect routes share their query with the caller's own unescaped `&`.
    Ignore,
}

/// Why a request does not describe a job. Each says what was given and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// No such operation.
    #[error("there is no operation {name:?}{}", nearest(*.suggestion))]
    UnknownOperation {
        /// As the caller wrote it.
        name: String,
        /// The nearest name that exists.
        suggestion: Option<&'static str>,
    },
    /// The operation has no such parameter.
    #[error("{operation} has no parameter {parameter:?}{}", nearest(*.suggestion))]
    UnknownParameter {
        /// The operation.
        operation: &'static str,
        /// As the caller wrote it.
        parameter: String,
        /// The nearest name that exists.
        suggestion: Option<&'static str>,
    },
    /// A value of the wrong kind or out of range.
    #[error("{operation}: {parameter} is {given:?}, it must be {expected}")]
    BadParameter {
        /// The operation.
        operation: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// As the caller wrote it.
        given: String,
        /// What is allowed.
        expected: String,
    },
    /// A parameter without default was left out.
    #[error("{operation}: {parameter} is missing, it must be {expected}")]
    MissingParameter {
        /// The operation.
        operation: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// What is allowed.
        expected: String,
    },
    /// More operations than one job may have.
    #[error("{given} operations, at most {OPERATIONS_MAX} are allowed")]
    TooManyOperations {
        /// How many were given.
        given: usize,
    },
    /// Not the grammar at all.
    #[error("{0}")]
    Malformed(String),
}

fn nearest(suggestion: Option<&'static str>) -> String {
    suggestion.map_or_else(String::new, |name| format!("; did you mean {name:?}?"))
}

/// The named arguments of one operation, as text.
#[derive(Debug, Default)]
pub struct Arguments<'a> {
    named: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Arguments<'a> {
    /// From the pairs of a query string.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let named = pairs
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self { named }
    }

    fn positional(spec: &'static OperationSpec, texts: &[&'a str]) -> Result<Self, Fault> {
        let mut named: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let (name, value) = match (text.split_once('='), spec.parameters.get(index)) {
                (Some((name, value)), _) => (name, value),
                // Two colons in a row leave a parameter at its default.
                (None, Some(_)) if text.is_empty() => continue,
                (None, Some(parameter)) => (parameter.name, *text),
                (None, None) => {
                    return Err(Fault::Malformed(format!(
                        "{}: {:?} is one argument too many, it takes {}",
                        spec.name,
                        crate::clip(text),
                        spec.parameters.len()
                    )));
                }
            };
            named.push((name.into(), value.into()));
        }
        Ok(Self { named })
    }

    fn from_json(members: &'a serde_json::Map<String, Value>) -> Result<Self, Fault> {
        let mut named: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::new();
        for (name, value) in members.iter().filter(|(name, _)| *name != "op") {
            let text: Cow<'a, str> = match value {
                Value::Null => continue,
                Value::String(text) => text.into(),
                Value::Bool(_) | Value::Number(_) => value.to_string().into(),
                Value::Array(_) | Value::Object(_) => {
                    return Err(Fault::Malformed(format!(
                        "{} must be a number, a string or a boolean",
                        crate::clip(name)
                    )));
                }
            };
            named.push((name.into(), text));
        }
        Ok(Self { named })
    }

    /// Reads one parameter of `operation`; the last of several values for one name wins.
    pub(crate) fn read<T: Parameter>(
        &self,
        operation: &'static OperationSpec,
        parameter: &'static str,
        default: Option<T>,
    ) -> Result<T, Fault> {
        let spec = operation
            .parameter(parameter)
            .ok_or_else(|| Fault::Malformed(format!("no parameter {parameter:?}")))?;
        let given = self.named.iter().rev().find(|(name, _)| name == parameter);
        let Some((_, text)) = given else {
            return default.ok_or_else(|| Fault::MissingParameter {
                operation: operation.name,
                parameter,
                expected: spec.expected(),
            });
        };
        let fits = |value: &T| match (value.number(), spec.minimum, spec.maximum) {
            (Some(number), Some(minimum), Some(maximum)) => (minimum..=maximum).contains(&number),
            _ => true,
        };
        T::parse(text)
            .filter(fits)
            .ok_or_else(|| Fault::BadParameter {
                operation: operation.name,
                parameter,
                given: crate::clip(text),
                expected: spec.expected(),
            })
    }

    fn refuse_unknown(&self, spec: &'static OperationSpec) -> Result<(), Fault> {
        for (name, _) in &self.named {
            if spec.parameter(name).is_none() {
                let known = spec.parameters.iter().map(|parameter| parameter.name);
                return Err(Fault::UnknownParameter {
                    operation: spec.name,
                    parameter: crate::clip(name),
                    suggestion: suggest(name, known),
                });
            }
        }
        Ok(())
    }
}

pub(crate) fn suggest(
    given: &str,
    known: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    known
        .map(|name| (strsim::jaro_winkler(given, name), name))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// The entry that a name means, and the arguments that come with the name.
fn find(name: &str) -> Result<(&'static OperationSpec, Arguments<'static>), Fault> {
    let mut names: Vec<&'static str> = Vec::new();
    for spec in CATALOGUE {
        if spec.name == name {
            return Ok((spec, Arguments::default()));
        }
        if let Some(alias) = spec.aliases.iter().find(|alias| alias.name == name) {
            let texts: Vec<_> = alias.means.split(':').skip(1).collect();
            return Ok((spec, Arguments::positional(spec, &texts)?));
        }
        names.push(spec.name);
        names.extend(spec.aliases.iter().map(|alias| alias.name));
    }
    Err(Fault::UnknownOperation {
        name: crate::clip(name),
        suggestion: suggest(name, names.into_iter()),
    })
}

impl Operation {
    /// An operation by name, with named arguments.
    ///
    /// # Errors
    /// Any [`Fault`] but `TooManyOperations` and `Malformed`.
    pub fn from_arguments(
        name: &str,
        arguments: &Arguments<'_>,
        unknown: Unknown,
    ) -> Result<Self, Fault> {
        let (spec, alias) = find(name)?;
        if unknown == Unknown::Refuse {
            arguments.refuse_unknown(spec)?;
        }
        if alias.named.is_empty() {
            return Self::read(spec.name, arguments);
        }
        // The last of several values wins, so the caller's come after the alias's own.
        let named = alias.named.iter().chain(&arguments.named);
        let named = named.map(|(name, value)| (name.as_ref(), value.as_ref()));
        Self::read(spec.name, &Arguments::from_pairs(named))
    }

    /// One `op=` value: `name`, `name:argument:argument`, `name:parameter=argument`.
    ///
    /// # Errors
    /// Any [`Fault`] but `TooManyOperations`.
    pub fn from_text(text: &str) -> Result<Self, Fault> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default();
        let (spec, _) = find(name)?;
        let texts: Vec<_> = parts.collect();
        let arguments = Arguments::positional(spec, &texts)?;
        Self::from_arguments(name, &arguments, Unknown::Refuse)
    }

    /// One JSON object: `{"op": name, parameter: argument, …}`.
    ///
    /// # Errors
    /// Any [`Fault`] but `TooManyOperations`.
    pub fn from_json(value: &Value) -> Result<Self, Fault> {
        let name = value.get("op").and_then(Value::as_str);
        let (Some(members), Some(name)) = (value.as_object(), name) else {
            return Err(Fault::Malformed(
                "an operation must be an object with a string member \"op\"".to_owned(),
            ));
        };
        let arguments = Arguments::from_json(members)?;
        Self::from_arguments(name, &arguments, Unknown::Refuse)
    }

    /// A whole list, in order.
    ///
    /// # Errors
    /// The first [`Fault`], `TooManyOperations` before all others.
    pub fn list<T>(
        items: &[T],
        read: impl Fn(&T) -> Result<Self, Fault>,
    ) -> Result<Vec<Self>, Fault> {
        if items.len() > OPERATIONS_MAX {
            return Err(Fault::TooManyOperations { given: items.len() });
        }
        items.iter().map(read).collect()
    }
}
