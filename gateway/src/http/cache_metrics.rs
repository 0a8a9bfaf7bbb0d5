//! What Prometheus and `/status.json` are told of the caches.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};

use std::sync::Arc;

use crate::cache::{Disk, DiskMetrics, Layer, Results, Way};
use crate::in_force::InForce;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct CacheMetrics {
    hits: Counter,
    disk_hits: Counter,
    misses: Counter,
    collapsed: Counter,
    pub(crate) not_modified: Counter,
    entries: Gauge,
    bytes: Gauge,
    source_entries: Gauge,
    source_bytes: Gauge,
    pub(crate) disk: Arc<DiskMetrics>,
}

impl CacheMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        for (name, help, counter) in [
            (
                "cache_hits",
                "Requests answered with a kept result",
                &self.hits,
            ),
            (
                "cache_disk_hits",
                "Those of them that were found in cache_folder",
                &self.disk_hits,
            ),
            (
                "cache_misses",
                "Requests that began a job of their own",
                &self.misses,
            ),
            (
                "cache_collapsed",
                "Requests that waited for a job that an equal one had begun",
                &self.collapsed,
            ),
            (
                "cache_not_modified",
                "Requests answered with 304, without a job",
                &self.not_modified,
            ),
        ] {
            registry.register(name, help, counter.clone());
        }
        registry.register(
            "cache_entries",
            "Results kept in memory",
            self.entries.clone(),
        );
        registry.register("cache_bytes", "Memory of kept results", self.bytes.clone());
        registry.register(
            "source_cache_entries",
            "Fetched files kept",
            self.source_entries.clone(),
        );
        registry.register(
            "source_cache_bytes",
            "Memory of kept fetched files",
            self.source_bytes.clone(),
        );
        self.disk.register(registry);
    }

    /// Counts one request, whatever its outcome.
    pub(crate) fn count(&self, way: Way) {
        if way == Way::Hit(Layer::Disk) {
            self.disk_hits.inc();
        }
        match way {
            Way::Hit(_) => &self.hits,
            Way::Own { .. } => &self.misses,
            Way::Collapsed => &self.collapsed,
        }
        .inc();
    }

    /// Sets the gauges to the caches as they are.
    pub(crate) fn observe(&self, in_force: &InForce) {
        let (entries, bytes) = in_force.fetcher.sources().size();
        self.source_entries.set(entries as i64);
        self.source_bytes.set(bytes as i64);
        let (entries, bytes) = in_force.cache.results().map_or((0, 0), Results::size);
        self.entries.set(entries as i64);
        self.bytes.set(bytes as i64);
        let disk = in_force.cache.disk();
        self.disk.observe(disk.is_some_and(Disk::is_on));
    }

    /// For `/status.json`.
    pub(crate) fn status(&self, in_force: &InForce) -> Value {
        let cache = &in_force.cache;
        let (source_entries, source_bytes) = in_force.fetcher.sources().size();
        let (entries, bytes) = cache.results().map_or((0, 0), Results::size);
        json!({
            "entries": entries,
            "bytes": bytes,
            "bytes_max": cache.results().map_or(0, Results::bytes_max),
            "in_progress": cache.in_progress(),
            "hits": self.hits.get(),
            "disk_hits": self.disk_hits.get(),
            "misses": self.misses.get(),
            "collapsed": self.collapsed.get(),
            "not_modified": self.not_modified.get(),
            "disk": cache.disk().map(Disk::status),
            "sources": {"entries": source_entries, "bytes": source_bytes},
        })
    }
}
