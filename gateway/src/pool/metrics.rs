//! What the farm counts for Prometheus.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::death::Death;
use super::kill::Kill;
use super::outcome::{JobError, Outcome, outcome_name};

/// A label that says why, or how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Reason {
    reason: &'static str,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct PoolMetrics {
    pub(crate) spawns: Counter,
    pub(crate) spawn_failures: Counter,
    pub(crate) retries: Counter,
    pub(crate) cancelled: Counter,
    kills: Family<Reason, Counter>,
    deaths: Family<Reason, Counter>,
    jobs: Family<Reason, Counter>,
}

impl PoolMetrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        for (name, help, counter) in [
            ("worker_spawns", "Worker processes started", &self.spawns),
            (
                "worker_spawn_failures",
                "Worker processes that could not be started",
                &self.spawn_failures,
            ),
            (
                "retries",
                "Jobs tried again because their worker died before they began",
                &self.retries,
            ),
            ("cancelled", "Jobs whose client left", &self.cancelled),
        ] {
            registry.register(name, help, counter.clone());
        }
        for (name, help, family) in [
            ("worker_kills", "Workers killed by the gateway", &self.kills),
            (
                "worker_deaths",
                "Workers that died by themselves or by a stranger's hand",
                &self.deaths,
            ),
            ("jobs", "Jobs answered", &self.jobs),
        ] {
            registry.register(name, help, family.clone());
        }
    }

    pub(crate) fn killed(&self, why: &Kill) {
        count(&self.kills, why.name());
    }

    pub(crate) fn ended(&self, killed_for: Option<&Kill>, death: &Death) {
        if killed_for.is_none() {
            count(&self.deaths, death.cause().name());
        }
    }

    pub(crate) fn answered(&self, outcome: &Outcome) {
        count(&self.jobs, outcome_name(outcome));
    }

    /// A job that was not even submitted.
    pub(crate) fn turned_away(&self, error: &JobError) {
        count(&self.jobs, error.name());
    }
}

fn count(family: &Family<Reason, Counter>, reason: &'static str) {
    family.get_or_create(&Reason { reason }).inc();
}
