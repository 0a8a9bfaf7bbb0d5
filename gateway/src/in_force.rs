//! What requests are served by: the settings, and what is made of them. It is replaced as a whole,
//! and a request keeps what it began with, so that it never sees half of a change.

use crate::access::{Access, Credentials};
use crate::cache::{Cache, Disk};
use crate::fetch::{Fetcher, SetupError};
use crate::intake::Intake;
use crate::settings::Settings;

/// See the module.
#[derive(Debug)]
pub(crate) struct InForce {
    pub(crate) settings: Settings,
    pub(crate) intake: Intake,
    pub(crate) fetcher: Fetcher,
    pub(crate) access: Access,
    pub(crate) cache: Cache,
}

impl InForce {
    /// For a gateway that starts.
    ///
    /// # Errors
    /// When there can be no HTTP client.
    pub(crate) fn new(
        settings: Settings,
        credentials: &Credentials,
        disk: Option<Disk>,
    ) -> Result<Self, SetupError> {
        let intake = Intake::new(&settings);
        let fetcher = Fetcher::new(&settings, intake.clone())?;
        Ok(Self {
            access: Access::new(&settings, credentials),
            cache: Cache::new(&settings, disk),
            settings,
            intake,
            fetcher,
        })
    }

    /// What follows it under other settings.
    ///
    /// # Errors
    /// When there can be no HTTP client.
    pub(crate) fn with(
        &self,
        settings: Settings,
        credentials: &Credentials,
    ) -> Result<Self, SetupError> {
        let intake = self.intake.with(&settings);
        let fetcher = self
            .fetcher
            .with(&self.settings, &settings, intake.clone())?;
        Ok(Self {
            access: self.access.with(&settings, credentials),
            cache: self.cache.with(&settings),
            settings,
            intake,
            fetcher,
        })
    }
}
