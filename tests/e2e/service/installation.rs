//! A service's folder: its settings file and, if it has them, programs of its own.

use super::*;

impl Service {
    /// Replaces what the settings file says.
    pub(crate) fn write_settings(&self, settings: &[(&str, &str)]) {
        write_settings(self.folder(), settings);
    }

    /// Sends SIGHUP and waits until the log has one line more with `text`.
    pub(crate) fn reload(&self, text: &str) {
        let count = || self.log().matches(text).count();
        let before = count();
        self.signal(Signal::SIGHUP);
        self.wait_until(text, || count() > before);
    }

    /// Replaces the settings file by anything.
    pub(crate) fn write_settings_file(&self, text: &str) {
        std::fs::write(self.folder().join(SETTINGS_FILE), text).unwrap();
    }

    /// Replaces a program of [`Service::installed`], as a packager does: by another file.
    pub(crate) fn install(&self, name: &str, contents: Contents<'_>) {
        install(self.folder(), name, contents);
    }

    /// Puts the real program back.
    pub(crate) fn reinstall(&self, name: &str) {
        let built = Path::new(env!("CARGO_BIN_EXE_framefarm")).with_file_name(name);
        self.install(name, Contents::Copy(&built));
    }
}

/// What a program is replaced by.
pub(crate) enum Contents<'a> {
    /// This program.
    Copy(&'a Path),
    /// A shell script.
    Script(&'a str),
}

pub(super) const SETTINGS_FILE: &str = "framefarm.toml";

pub(super) fn write_settings(folder: &Path, settings: &[(&str, &str)]) {
    let mut values = BTreeMap::from([("workers", "2"), ("cache_bytes", "0")]);
    values.extend(settings.iter().copied());
    let lines = values
        .iter()
        .map(|(name, text)| format!("{name} = {text:?}\n"));
    let text: String = lines.collect();
    std::fs::write(folder.join(SETTINGS_FILE), text).unwrap();
}

/// Renamed into place: a program that runs cannot be written to.
pub(super) fn install(folder: &Path, name: &str, contents: Contents<'_>) {
    let partial = folder.join("partial");
    match contents {
        Contents::Copy(program) => {
            std::fs::copy(program, &partial).unwrap();
        }
        Contents::Script(text) => {
            std::fs::write(&partial, format!("#!/bin/sh\n{text}\n")).unwrap();
            std::fs::set_permissions(&partial, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    std::fs::rename(partial, folder.join(name)).unwrap();
}
