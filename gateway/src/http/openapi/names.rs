//! Every name that an operation has, each with the arguments that it brings along.

use protocol::{CATALOGUE, OperationSpec};

/// A name of an operation.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) text: &'static str,
    pub(super) spec: &'static OperationSpec,
    /// What holds under this name unless the caller says otherwise, by parameter.
    pub(super) given: Vec<(&'static str, &'static str)>,
}

/// The operations' own names and the others, in the order of the catalogue.
pub(super) fn all() -> Vec<Name> {
    let mut names = Vec::new();
    for spec in CATALOGUE {
        names.push(Name {
            text: spec.name,
            spec,
            given: Vec::new(),
        });
        names.extend(spec.aliases.iter().map(|alias| Name {
            text: alias.name,
            spec,
            given: arguments(spec, alias.means),
        }));
    }
    names
}

impl Name {
    /// Arguments with which it works, by parameter; those of an alias are its own.
    pub(super) fn example(&self) -> Vec<(&'static str, &'static str)> {
        match self.text == self.spec.name {
            true => arguments(self.spec, self.spec.example),
            false => Vec::new(),
        }
    }

    pub(super) fn gives(&self, parameter: &str) -> Option<&'static str> {
        let given = self.given.iter().find(|(name, _)| *name == parameter)?;
        Some(given.1)
    }

    /// Whether it lays further pictures on the first.
    pub(super) fn takes_pictures(&self) -> bool {
        self.spec.group == protocol::Group::Composite
    }

    pub(super) fn description(&self) -> String {
        match self.text == self.spec.name {
            true => self.spec.description.to_owned(),
            false => format!(
                "{} Another name of {}.",
                self.spec.description, self.spec.name
            ),
        }
    }
}

/// The arguments of an `op=` value, by parameter.
fn arguments(
    spec: &'static OperationSpec,
    text: &'static str,
) -> Vec<(&'static str, &'static str)> {
    let texts = text.split(':').skip(1).enumerate();
    let named = texts.filter_map(|(at, text)| match text.split_once('=') {
        Some(named) => Some(named),
        None if text.is_empty() => None,
        None => Some((spec.parameters.get(at)?.name, text)),
    });
    named.collect()
}
