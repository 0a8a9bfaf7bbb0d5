//! Everything that Prometheus is told, and the text that it is told in.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::cache_metrics::CacheMetrics;
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

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TokenAnswer {
    token: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Slowness {
    part: &'static str,
}

/// What a client was too slow with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SlowClient {
    Head,
    Upload,
    Answer,
}

/// Names of tokens that have a series of their own; the others share one. A monitoring system pays
/// for each.
const TOKENS_NAMED_MAX: usize = 1000;
/// The series of all other tokens. It is no name of one that could not also be meant by it.
const OTHER_TOKENS: &str = "other";

/// See the module.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) pool: Arc<PoolMetrics>,
    pub(crate) cache: CacheMetrics,
    requests: Family<Answer, Counter>,
    token_requests: Family<TokenAnswer, Counter>,
    tokens_named: Mutex<HashSet<String>>,
    duration_s: Histogram,
    slow_clients: Family<Slowness, Counter>,
    connections: Gauge,
    workers: Family<WorkerState, Gauge>,
    queue_jobs: Gauge,
    queue_bytes: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("framefarm"),
            pool: Arc::default(),
            cache: CacheMetrics::default(),
            requests: Family::default(),
            token_requests: Family::default(),
            tokens_named: Mutex::default(),
            // 1 ms to 33 s
            duration_s: Histogram::new(exponential_buckets(0.001, 2.0, 16)),
            slow_clients: Family::default(),
            connections: Gauge::default(),
            workers: Family::default(),
            queue_jobs: Gauge::default(),
            queue_bytes: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        metrics.pool.register(registry);
        metrics.cache.register(registry);
        registry.register(
            "http_requests",
            "Requests answered",
            metrics.requests.clone(),
        );
        registry.register(
            "token_requests",
            "Requests answered, by the token that they came with",
            metrics.token_requests.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "Time from the request's head to its answer",
            metrics.duration_s.clone(),
        );
        registry.register(
            "slow_clients",
            "Connections and requests ended because the client was too slow, by what it was slow with",
            metrics.slow_clients.clone(),
        );
        registry.register(
            "connections",
            "Open connections of the public listener",
            metrics.connections.clone(),
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

    /// Counts a client that was too slow.
    pub(crate) fn slow(&self, with: SlowClient) {
        let part = match with {
            SlowClient::Head => "head",
            SlowClient::Upload => "upload",
            SlowClient::Answer => "answer",
        };
        self.slow_clients.get_or_create(&Slowness { part }).inc();
    }

    /// Sets the gauge of open connections.
    pub(crate) fn observe_connections(&self, count: usize) {
        self.connections.set(count as i64);
    }

    /// Counts one answer for its token.
    pub(crate) fn answered_to(&self, token: &str, status: u16) {
        let answer = TokenAnswer {
            token: self.label(token).to_owned(),
            outcome: match status {
                ..400 => "done",
                429 => "rate_limited",
                400..500 => "refused",
                500.. => "failed",
            },
        };
        self.token_requests.get_or_create(&answer).inc();
    }

    fn label<'a>(&self, token: &'a str) -> &'a str {
        let mut named = self.tokens_named.lock();
        let named = named.as_mut().unwrap_or_else(|poisoned| poisoned.get_mut());
        let is_known = named.contains(token);
        if !is_known && named.len() >= TOKENS_NAMED_MAX {
            return OTHER_TOKENS;
        }
        if !is_known {
            named.insert(token.to_owned());
        }
        token
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_tokens_have_a_series_of_their_own() {
        let metrics = Metrics::new();
        for token in 0..TOKENS_NAMED_MAX + 50 {
            metrics.answered_to(&format!("t{token}"), 200);
        }
        metrics.answered_to("t0", 429);
        let text = metrics.text().unwrap();
        let series = text.matches("framefarm_token_requests_total{").count();
        assert_eq!(series, TOKENS_NAMED_MAX + 2);
        let other = "framefarm_token_requests_total{token=\"other\",outcome=\"done\"} 50";
        assert!(text.contains(other), "{text}");
    }
}
