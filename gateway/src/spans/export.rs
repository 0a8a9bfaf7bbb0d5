//! Makes spans of answered requests: the request, and in it `fetch`, `queue` and `work`. The libraries'
//! own thread collects and sends them; when it has too many, it drops them.

use std::time::{Duration, Instant, SystemTime};

use opentelemetry::trace::{
    Span, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
    Tracer, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use super::collector::Collector;
use super::{Phase, Told, Trace};

/// Names that the libraries read; the service reads them to know whether there is a collector.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
];
const DISABLED: &str = "OTEL_SDK_DISABLED";
const NAME: &str = "OTEL_SERVICE_NAME";
/// How long the last spans may take to leave.
const LAST_SPANS: Duration = Duration::from_secs(2);
/// Phases that are the worker's.
const WORK: [&str; 3] = ["decode", "ops", "encode"];

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Spans(Option<SdkTracerProvider>);

impl Spans {
    /// Sends to the collector that the environment names, as every program does that speaks OpenTelemetry.
    pub(crate) fn start() -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|text| !text.is_empty());
        let endpoint = ENDPOINTS.iter().find_map(|name| set(name));
        let disabled = set(DISABLED).is_some_and(|text| text.eq_ignore_ascii_case("true"));
        let Some(endpoint) = endpoint.filter(|_| !disabled) else {
            return Self(None);
        };
        let exporter = Collector::new().and_then(|collector| {
            let exporter = SpanExporter::builder().with_http();
            Ok(exporter.with_http_client(collector).build()?)
        });
        match exporter {
            Ok(exporter) => {
                let resource = Resource::builder();
                // What stands in the environment counts first.
                let resource = match set(NAME) {
                    Some(_) => resource,
                    None => resource.with_service_name("framefarm"),
                };
                tracing::info!(endpoint = %endpoint.display(), "traces are exported");
                let provider = SdkTracerProvider::builder()
                    .with_batch_exporter(exporter)
                    .with_resource(resource.build());
                Self(Some(provider.build()))
            }
            Err(error) => {
                tracing::warn!(%error, "traces cannot be exported");
                Self(None)
            }
        }
    }

    /// The id of the request's trace, if it has one or gets one here.
    pub(crate) fn tell(&self, told: &Told<'_>) -> Option<String> {
        match &self.0 {
            Some(provider) => Some(export(&provider.tracer("framefarm"), told)),
            None => told.trace.map(|trace| trace.id.clone()),
        }
    }

    /// Sends what has not been sent.
    pub(crate) async fn stop(self) {
        let Some(provider) = self.0 else { return };
        // It waits, and so must not on a thread of the runtime.
        let sent = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST_SPANS));
        let _ = tokio::time::timeout(LAST_SPANS * 2, sent).await;
    }
}

fn export(tracer: &SdkTracer, told: &Told<'_>) -> String {
    // Spans have times of the calendar, requests have a clock that never jumps.
    let (now, today) = (Instant::now(), SystemTime::now());
    let date = |at: Instant| {
        let ago = now.saturating_duration_since(at);
        today.checked_sub(ago).unwrap_or(today)
    };
    let parent = told.trace.and_then(remote).unwrap_or_default();
    let mut attributes = vec![
        KeyValue::new("http.request.method", told.method.to_owned()),
        KeyValue::new("url.path", told.path.to_owned()),
        KeyValue::new("http.response.status_code", i64::from(told.status)),
        KeyValue::new("framefarm.request_id", told.request_id.to_owned()),
    ];
    attributes.extend(told.code.map(|code| KeyValue::new("error.type", code)));
    let mut request = tracer
        .span_builder(format!("{} {}", told.method, told.dialect))
        .with_kind(SpanKind::Server)
        .with_start_time(date(told.begun))
        .with_attributes(attributes)
        .start_with_context(tracer, &parent);
    if told.status >= 500 {
        request.set_status(Status::error(told.code.unwrap_or_default()));
    }
    let id = request.span_context().trace_id().to_string();
    let within = Context::new().with_remote_span_context(request.span_context().clone());
    let part = |name: &'static str, begun: Instant, end: Instant, attributes: Vec<KeyValue>| {
        let span = tracer
            .span_builder(name)
            // What was begun for another request, and shared, began before this one.
            .with_start_time(date(begun.max(told.begun)))
            .with_attributes(attributes);
        let mut span = span.start_with_context(tracer, &within);
        span.end_with_timestamp(date(end));
    };
    for phase in told.phases.iter().filter(|phase| !phase.time.is_zero()) {
        if !WORK.contains(&phase.name) {
            part(phase.name, begin(phase), phase.end, Vec::new());
        }
    }
    let work: Vec<_> = told
        .phases
        .iter()
        .filter(|phase| WORK.contains(&phase.name))
        .collect();
    if let (Some(first), Some(last)) = (work.first(), work.last())
        && work.iter().any(|phase| !phase.time.is_zero())
    {
        let times = work.iter().map(|phase| {
            let name = format!("framefarm.{}_ms", phase.name);
            KeyValue::new(name, phase.time.as_secs_f64() * 1e3)
        });
        part("work", begin(first), last.end, times.collect());
    }
    request.end_with_timestamp(today);
    id
}

fn begin(phase: &Phase) -> Instant {
    phase.end.checked_sub(phase.time).unwrap_or(phase.end)
}

/// What the request is a part of, elsewhere.
fn remote(trace: &Trace) -> Option<Context> {
    let flags = match trace.sampled {
        true => TraceFlags::SAMPLED,
        false => TraceFlags::default(),
    };
    let (id, parent) = (
        TraceId::from_hex(&trace.id).ok()?,
        SpanId::from_hex(&trace.parent).ok()?,
    );
    let context = SpanContext::new(id, parent, flags, true, TraceState::default());
    Some(Context::new().with_remote_span_context(context))
}
