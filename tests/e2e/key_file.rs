//! Files of signing keys, and services that read them.

use std::path::PathBuf;

use crate::origin::LOOPBACK;
use crate::service::Service;

/// A file of keys that goes away with the test.
pub(crate) struct Keys(tempfile::TempDir);

impl Keys {
    pub(crate) fn new(text: &str) -> Self {
        let file = Self(tempfile::tempdir().unwrap());
        file.write(text);
        file
    }

    pub(crate) fn write(&self, text: &str) {
        std::fs::write(self.path(), text).unwrap();
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("keys.toml")
    }

    /// The value of `signing_keys_file`.
    pub(crate) fn setting(&self) -> String {
        self.path().to_str().unwrap().to_owned()
    }

    /// A service with these keys and settings, which may fetch from here.
    pub(crate) fn service(&self, settings: &[(&str, &str)]) -> Service {
        let path = self.setting();
        let mut settings = settings.to_vec();
        settings.extend([LOOPBACK, ("signing_keys_file", &path)]);
        Service::with(&settings)
    }
}
