//! SIGHUP: reads the settings again, from the same sources, and puts into force what can change
//! while the gateway runs. Wrong settings change nothing.

use crate::cli;
use crate::http::State;
use crate::settings::{Change, Configuration};
use crate::telemetry::Log;

/// What a reload compares with and changes.
#[derive(Debug)]
pub(super) struct Reloader {
    /// As it was read last; what of it is in force is the state's to know.
    configuration: Configuration,
    log: Log,
}

impl Reloader {
    pub(super) fn new(configuration: Configuration, log: Log) -> Self {
        Self { configuration, log }
    }

    /// Reads them, and changes what differs.
    pub(super) fn reload(&mut self, state: &State) {
        // A small file, read on the thread of `main`, which serves nobody: a thread of its own is
        // one that the kernel may not have left.
        let new = match cli::read_again() {
            Ok(new) => new,
            Err(mistakes) => {
                return tracing::error!(mistakes, "SIGHUP: the settings stay as they are");
            }
        };
        let in_force = state.in_force();
        let change = new.change(&self.configuration, &in_force.settings);
        if !change.changed.is_empty() {
            let Change {
                settings,
                changed,
                new_workers,
                ..
            } = &change;
            match in_force.with(settings.clone(), &new.credentials) {
                Ok(in_force) => state.put_in_force(in_force),
                Err(error) => {
                    return tracing::error!(%error, "SIGHUP: the settings stay as they are");
                }
            }
            state.pool.follow(settings, *new_workers);
            self.log.follow(settings);
            tracing::info!("SIGHUP: in force now: {}", changed.join(", "));
        } else if change.waiting.is_empty() {
            tracing::info!("SIGHUP: the settings are as they were");
        }
        if !change.waiting.is_empty() {
            tracing::warn!("SIGHUP: needs a restart: {}", change.waiting.join(", "));
        }
        self.configuration = new;
    }
}
