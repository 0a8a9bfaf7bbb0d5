//! What an account may ask for. Nothing said: everything.

use std::collections::BTreeSet;

use protocol::Operation;

use crate::http::Dialect;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Allowed {
    pub(super) dialects: Option<Vec<Dialect>>,
    /// Names from the catalogue.
    pub(super) operations: Option<BTreeSet<&'static str>>,
}

impl Allowed {
    /// Whether requests may come through that dialect.
    ///
    /// # Errors
    /// The names of those that are allowed.
    pub(crate) fn dialect(&self, dialect: Dialect) -> Result<(), Vec<&'static str>> {
        match &self.dialects {
            Some(dialects) if !dialects.contains(&dialect) => {
                Err(dialects.iter().map(|dialect| dialect.family()).collect())
            }
            _ => Ok(()),
        }
    }

    /// Whether all these may be done.
    ///
    /// # Errors
    /// The first that may not, and the names of those that are allowed.
    pub(crate) fn operations(
        &self,
        operations: &[Operation],
    ) -> Result<(), (&'static str, Vec<&'static str>)> {
        let Some(allowed) = &self.operations else {
            return Ok(());
        };
        let mut names = operations.iter().map(|operation| operation.spec().name);
        match names.find(|name| !allowed.contains(name)) {
            Some(name) => Err((name, allowed.iter().copied().collect())),
            None => Ok(()),
        }
    }
}
