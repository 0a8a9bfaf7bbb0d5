//! What operators are told of the disk.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct DiskMetrics {
    pub(super) written: Counter,
    /// Results that were not waited for: the disk is too slow, or off.
    pub(super) dropped: Counter,
    pub(super) evicted: Counter,
    /// Files that were not what they should be.
    pub(super) garbled: Counter,
    pub(super) failures: Counter,
    pub(super) entries: Gauge,
    pub(super) bytes: Gauge,
    on: Gauge,
}

impl DiskMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        for (name, help, counter) in [
            (
                "cache_disk_written",
                "Results written to cache_folder",
                &self.written,
            ),
            (
                "cache_disk_dropped",
                "Results not written because cache_folder was too slow or did not work",
                &self.dropped,
            ),
            (
                "cache_disk_evicted",
                "Results removed from cache_folder to make room",
                &self.evicted,
            ),
            (
                "cache_disk_garbled",
                "Files in cache_folder that were damaged, and removed",
                &self.garbled,
            ),
            (
                "cache_disk_failures",
                "Times that cache_folder failed",
                &self.failures,
            ),
        ] {
            registry.register(name, help, counter.clone());
        }
        for (name, help, gauge) in [
            (
                "cache_disk_entries",
                "Results in cache_folder",
                &self.entries,
            ),
            (
                "cache_disk_bytes",
                "Disk space of results in cache_folder",
                &self.bytes,
            ),
            (
                "cache_disk_on",
                "Whether cache_folder is set and works, 1 or 0",
                &self.on,
            ),
        ] {
            registry.register(name, help, gauge.clone());
        }
    }

    /// Whether it works at this moment.
    pub(crate) fn observe(&self, on: bool) {
        self.on.set(i64::from(on));
    }
}
