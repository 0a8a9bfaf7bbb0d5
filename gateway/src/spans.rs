//! What is told of each request to a collector of traces (OpenTelemetry), if this program was built with
//! the feature `otel` and knows of one: when it was answered, as a whole, and nothing while it runs.

#![cfg_attr(
    not(feature = "otel"),
    allow(dead_code, reason = "most of it is for the export")
)]

#[cfg(feature = "otel")]
mod collector;
#[cfg(feature = "otel")]
mod export;

use std::time::{Duration, Instant};

#[cfg(feature = "otel")]
pub(crate) use export::Spans;

/// The trace that a request is a part of, as its caller named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trace {
    /// 32 hexadecimal digits.
    pub(crate) id: String,
    /// What the request is a part of there: 16 hexadecimal digits.
    pub(crate) parent: String,
    /// Whether the caller keeps it.
    pub(crate) sampled: bool,
}

/// A part of the way of a request.
#[derive(Debug, Clone)]
pub(crate) struct Phase {
    pub(crate) name: &'static str,
    pub(crate) time: Duration,
    pub(crate) end: Instant,
}

/// A request that was answered.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    pub(crate) trace: Option<&'a Trace>,
    pub(crate) request_id: &'a str,
    pub(crate) dialect: &'static str,
    pub(crate) method: &'a str,
    /// Without what may be secret.
    pub(crate) path: &'a str,
    pub(crate) status: u16,
    pub(crate) code: Option<&'static str>,
    pub(crate) begun: Instant,
    pub(crate) phases: &'a [Phase],
}

/// Without the feature: nobody is told anything.
#[cfg(not(feature = "otel"))]
#[derive(Debug, Clone)]
pub(crate) struct Spans;

#[cfg(not(feature = "otel"))]
impl Spans {
    pub(crate) fn start() -> Self {
        Self
    }

    /// The id of the request's trace, if it has one.
    #[allow(clippy::unused_self, reason = "the same with and without the feature")]
    pub(crate) fn tell(&self, told: &Told<'_>) -> Option<String> {
        told.trace.map(|trace| trace.id.clone())
    }

    #[allow(clippy::unused_async, reason = "the same with and without the feature")]
    pub(crate) async fn stop(self) {}
}
