//! What becomes of settings that are read again while the gateway runs: which of them differ,
//! which count at once, and which wait for a restart. Nothing is put into force here.

use std::fmt;

use super::{Configuration, Setting, Settings};

/// When a changed setting counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reload {
    /// For whatever begins from now on.
    Now,
    /// For workers that are started from now on; those that are there are replaced one by one.
    NewWorkers,
    /// For the next gateway only.
    Restart,
}

impl fmt::Display for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now => "now",
            Self::NewWorkers => "new workers",
            Self::Restart => "restart",
        })
    }
}

/// How the settings that were read again differ from those in force.
#[derive(Debug)]
pub(crate) struct Change {
    /// What is to be in force: the new settings, except for those that need a restart.
    pub(crate) settings: Settings,
    /// Names of what differs and counts.
    pub(crate) changed: Vec<&'static str>,
    /// Names of what differs and cannot count yet.
    pub(crate) waiting: Vec<&'static str>,
    /// Whether the workers that are there are to be replaced.
    pub(crate) new_workers: bool,
}

impl Configuration {
    /// Compares the settings in force with `self`, which was read after `before`.
    pub(crate) fn change(&self, before: &Self, in_force: &Settings) -> Change {
        let (waiting, changed): (Vec<_>, Vec<_>) = in_force
            .differing(&self.settings)
            .partition(|setting| setting.reload == Reload::Restart);
        // A value that was computed from another setting is not the operator's doing.
        let auto = |setting: &&Setting| {
            let text = |configuration: &Self| configuration.texts.get(setting.name).0 == "auto";
            text(before) && text(self)
        };
        Change {
            settings: in_force.reloaded(&self.settings),
            new_workers: changed
                .iter()
                .any(|setting| setting.reload == Reload::NewWorkers),
            changed: self.names_of(&changed, before),
            waiting: waiting
                .iter()
                .filter(|setting| !auto(setting))
                .map(|setting| setting.name)
                .collect(),
        }
    }
}

impl Configuration {
    fn names_of(&self, changed: &[&Setting], before: &Self) -> Vec<&'static str> {
        let mut names: Vec<_> = changed.iter().map(|setting| setting.name).collect();
        // A file may differ while the setting that names it does not.
        let (old, new) = (&before.credentials, &self.credentials);
        for (name, differs) in [
            ("tokens_file", old.tokens != new.tokens),
            ("signing_keys_file", old.keys != new.keys),
        ] {
            if differs && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::flags;
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Configuration {
        Configuration::gather(None, flags(pairs), []).unwrap()
    }

    #[test]
    fn what_differs_is_named_and_what_needs_a_restart_stays_as_it_was() {
        let before = read(&[]);
        let after = read(&[
            ("pixels_max", "7"),
            ("listen", "127.0.0.1:1"),
            ("log_format", "json"),
        ]);
        let change = after.change(&before, &before.settings);
        assert_eq!(change.changed, ["pixels_max"]);
        assert_eq!(change.waiting, ["listen", "log_format"]);
        assert!(!change.new_workers);
        assert_eq!(change.settings.pixels_max, 7);
        assert_eq!(change.settings.listen, before.settings.listen);
    }

    #[test]
    fn what_waits_for_a_restart_is_named_again_and_again() {
        let (before, after) = (read(&[]), read(&[("listen", "127.0.0.1:1")]));
        let first = after.change(&before, &before.settings);
        let second = after.change(&after, &first.settings);
        assert_eq!(second.waiting, ["listen"]);
        assert!(second.changed.is_empty());
    }

    #[test]
    fn a_value_that_only_follows_another_setting_is_not_named_as_waiting() {
        let (before, after) = (read(&[("workers", "1")]), read(&[("workers", "2")]));
        let change = after.change(&before, &before.settings);
        assert_eq!(change.settings.http_threads, 1);
        assert_eq!(change.changed, ["workers", "queue_jobs"]);
        assert_eq!(change.waiting, [""; 0]);
    }

    #[test]
    fn memory_of_workers_is_for_new_workers() {
        let (before, after) = (read(&[]), read(&[("worker_memory_bytes", "64 MiB")]));
        assert!(after.change(&before, &before.settings).new_workers);
    }
}
