//! Everything that Prometheus is told, and the text that it is told in.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::code::Dialect;
use crate::pool::{PoolMetrics, PoolStatus};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    dialect: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WorkerState {
    state: &'static str,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) pool: Arc<PoolMetrics>,
    requests: Family<Answer, Counter>,
    duration_s: Histogram,
    workers: Family<WorkerState, Gauge>,
    queue_jobs: Gauge,
    queue_bytes: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("framefarm"),
            pool: Arc::default(),
            requests: Family::default(),
            // 1 ms to 33 s
            duration_s: Histogram::new(exponential_buckets(0.001, 2.0, 16)),
            workers: Family::default(),
            queue_jobs: Gauge::default(),
            queue_bytes: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        metrics.pool.register(registry);
        registry.register(
            "http_requests",
            "Requests answered",
            metrics.requests.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "Time from the request's head to its answer",
            metrics.duration_s.clone(),
        );
        registry.register("workers", "Worker slots by state", metrics.workers.clone());
        registry.register("queue_jobs", "Jobs waiting", metrics.queue_jobs.clone());
        registry.register(
            "queue_bytes",
            "Source bytes waiting",
            metrics.queue_bytes.clone(),
        );
        metrics
    }

    /// Counts one answer.
    pub(crate) fn answered(&self, dialect: Dialect, status: u16, took: Duration) {
        let answer = Answer {
            dialect: dialect.name(),
            status,
        };
        self.requests.get_or_create(&answer).inc();
        self.duration_s.observe(took.as_secs_f64());
    }

    /// Sets the gauges to the farm as it is.
    pub(crate) fn observe(&self, status: &PoolStatus) {
        for state in ["vacant", "starting", "idle", "busy", "dying"] {
            let count = status.workers.iter().filter(|worker| worker.state == state);
            let gauge = self.workers.get_or_create(&WorkerState { state });
            gauge.set(count.count() as i64);
        }
        self.queue_jobs.set(status.queue_jobs as i64);
        self.queue_bytes.set(status.queue_bytes as i64);
    }

    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
