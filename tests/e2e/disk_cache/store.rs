//! A folder for results, and services that have it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::service::{Answer, Service};

pub(super) const ON: (&str, &str) = ("cache_bytes", "8 MiB");
/// So little that no result of these tests is kept in memory, and each is looked for on disk.
pub(super) const NOTHING: (&str, &str) = ("cache_bytes", "1");
pub(super) const MISS: &str = "framefarm; fwd=miss; stored";
pub(super) const HIT: &str = "framefarm; hit";
pub(super) const DISK_HIT: &str = "framefarm; hit; detail=disk";

/// A folder for results, gone after the test.
pub(super) struct Store(tempfile::TempDir);

impl Store {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// What is given as `cache_folder`; it does not exist yet.
    pub(super) fn path(&self) -> PathBuf {
        self.0.path().join("cache")
    }

    /// With the real worker.
    pub(super) fn service(&self, settings: &[(&str, &str)]) -> Service {
        self.start(settings, Service::with)
    }

    /// With the fake worker, which gives back what it gets.
    pub(super) fn fake(&self, settings: &[(&str, &str)]) -> Service {
        self.start(settings, |settings| Service::with_fake("greets", settings))
    }

    pub(super) fn start(
        &self,
        settings: &[(&str, &str)],
        start: impl FnOnce(&[(&str, &str)]) -> Service,
    ) -> Service {
        let path = self.path();
        let own = [ON, ("cache_folder", path.to_str().unwrap())];
        start(&[&own, settings].concat())
    }

    /// The results that are there.
    pub(super) fn files(&self) -> BTreeSet<PathBuf> {
        results(&self.path())
    }

    /// Has the service make a result, and returns its file.
    pub(super) fn made(&self, service: &Service, body: &[u8]) -> PathBuf {
        let before = self.files();
        assert_eq!(way(&posted(service, body)), MISS);
        let mut new = None;
        service.wait_until("it is written", || {
            new = self.files().difference(&before).next().cloned();
            new.is_some()
        });
        new.unwrap()
    }
}

/// The results in a folder of this name.
pub(super) fn results(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder.join("results"));
    let paths = entries.into_iter().flatten().flatten();
    let paths = paths.map(|entry| entry.path());
    paths.filter(|path| path.extension().is_none()).collect()
}

/// What they take, in whole blocks, bytes.
pub(super) fn bytes(files: &BTreeSet<PathBuf>) -> u64 {
    let lengths = files.iter().map(fs::metadata);
    // One of them may have been removed meanwhile.
    let lengths = lengths.flatten().map(|metadata| metadata.len());
    lengths.map(|length| length.next_multiple_of(4096)).sum()
}

/// A job of which the fake worker gives back this many bytes.
pub(super) fn job(number: usize, length: usize) -> Vec<u8> {
    let mut body = format!("echo\n{number} ").into_bytes();
    body.resize(length, b'x');
    body
}

pub(super) fn posted(service: &Service, body: &[u8]) -> Answer {
    let answer = service.post("/v1/process", body);
    assert_eq!(answer.body, body, "whoever made it, it is right");
    answer
}

pub(super) fn way(answer: &Answer) -> &str {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.header("cache-status").unwrap_or_default()
}

/// Jobs that workers have done.
pub(super) fn jobs(service: &Service) -> f64 {
    service.idle_pids();
    service.metric("framefarm_jobs_total{reason=\"done\"}")
}

/// What `/status.json` calls the state of the disk.
pub(super) fn state(service: &Service) -> String {
    let state = &service.status()["cache"]["disk"]["state"];
    state.as_str().unwrap_or_default().to_owned()
}

pub(super) fn comes_to(service: &Service, wanted: &str) {
    service.wait_until(wanted, || state(service) == wanted);
}
