//! Both places for results: memory, which is asked first, and the disk, for those that it has no room for and for
//! those of processes before this one. What is found on disk goes to memory.

use std::sync::atomic::AtomicU64;

use super::disk::Noted;
use super::results::{Kept, Results};
use super::{Disk, Key};
use crate::pool::Done;
use crate::settings::Settings;

/// See the module; clones hold the same.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    memory: Results,
    disk: Option<Disk>,
}

impl Layers {
    /// `None`: switched off.
    pub(super) fn new(settings: &Settings, disk: Option<Disk>) -> Option<Self> {
        let bytes_max = settings.cache_bytes;
        (bytes_max > 0).then(|| Self {
            memory: Results::within(bytes_max),
            disk,
        })
    }

    pub(crate) fn memory(&self) -> &Results {
        &self.memory
    }

    /// What another one has in memory, as far as it fits.
    pub(super) fn take_over(&self, other: &Self) {
        self.memory.take_over(&other.memory);
    }

    /// The result, if it is in memory. Now and then the disk is told that it is of use, so that it has those
    /// after a restart which are asked for most.
    pub(super) fn find_at_once(&self, key: Key) -> Option<Done> {
        let Kept { done, noted } = self.memory.find(key)?;
        if let Some(disk) = &self.disk
            && disk.is_forgotten(&noted)
        {
            disk.keep(key, &done, &noted, false);
        }
        Some(done)
    }

    /// The result, if it is on disk.
    pub(super) async fn find_on_disk(&self, key: Key) -> Option<Done> {
        let disk = self.disk.as_ref()?;
        let done = disk.find(key).await?;
        let noted = Noted::new(AtomicU64::new(disk.now()));
        self.memory.keep(key, &done, noted);
        Some(done)
    }

    /// Keeps a result where it is worth the room; whether it is anywhere.
    pub(super) fn keep(&self, key: Key, done: &Done) -> bool {
        let noted = Noted::default();
        let disk = self.disk.as_ref();
        let on_disk = disk.is_some_and(|disk| disk.keep(key, done, &noted, true));
        self.memory.keep(key, done, noted) || on_disk
    }
}
