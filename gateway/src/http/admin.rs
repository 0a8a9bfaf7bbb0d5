//! The operators' listener: `/metrics` and `/status.json`. Never on the public address.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};
use serde_json::json;

use super::State;

/// `GET /status.json`
pub(crate) async fn status(state: web::Data<State>) -> HttpResponse {
    let Some(mut status) = state.pool.status().await else {
        return HttpResponse::ServiceUnavailable().json(json!({"message": "the farm has ended"}));
    };
    for worker in &mut status.workers {
        worker.measure();
    }
    HttpResponse::Ok().json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "build": protocol::build_id(),
        "pid": std::process::id(),
        "uptime_s": state.started.elapsed().as_secs_f64(),
        "draining": status.draining,
        "broken": status.broken,
        "missing_layers": status.missing_layers,
        "requests": state.in_flight.count(),
        "workers": status.workers,
        "queue": {"jobs": status.queue_jobs, "bytes": status.queue_bytes},
    }))
}

/// `GET /metrics`, in the OpenMetrics text format.
pub(crate) async fn metrics(state: web::Data<State>) -> HttpResponse {
    if let Some(status) = state.pool.status().await {
        state.metrics.observe(&status);
    }
    match state.metrics.text() {
        Ok(text) => HttpResponse::Ok()
            .insert_header((
                CONTENT_TYPE,
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
            ))
            .body(text),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
