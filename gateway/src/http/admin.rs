//! The operators' listener: `/metrics`, `/status`, and what an operator may do to the farm.
//! Never on the public address.

use std::cmp::Reverse;

use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::assets::{Asset, assets};
use super::exchange::Current;
use super::query::Query;
use super::{State, nothing_here};
use crate::pool::PoolStatus;
use crate::settings::WORKERS_MAX;

/// What the page is made of; the page itself first.
static FILES: &[Asset] = assets!("status": "page.html", "page.css", "page.js", "charts.js");

/// Most tokens in `/status.json`.
const TOKENS_SHOWN_MAX: usize = 1000;

/// `GET /status`: a page for people, which asks for `/status.json` every second; the JSON itself
/// for a client that prefers it.
pub(crate) async fn page(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    let accepted = request.headers().get(ACCEPT);
    let accepted = accepted.and_then(|types| types.to_str().ok());
    let wanted = accepted.is_some_and(|types| types.contains("text/html"));
    match Asset::find(FILES, "page.html").filter(|_| wanted) {
        Some(page) => {
            let mut response = page.respond(&request);
            let vary = HeaderValue::from_static("Accept");
            response.headers_mut().insert(VARY, vary);
            response
        }
        None => status(state).await,
    }
}

/// `GET /status/{file}`: what the page loads.
pub(crate) async fn file(
    exchange: Current,
    name: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    match Asset::find(FILES, &name) {
        Some(file) => file.respond(&request),
        None => nothing_here(exchange, request).await,
    }
}

/// `GET /status/history.json?after=N`: the last minutes, or what came after that second.
pub(crate) async fn history(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    let given = Query::of(&request).ok();
    let after = given.as_ref().and_then(|query| query.last("after"));
    let after = after.and_then(|number| number.parse().ok()).unwrap_or(0);
    HttpResponse::Ok().json(json!({"seconds": state.history.after(after)}))
}

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
        "cgroup": status.cgroup,
        "requests": state.in_flight.count(),
        "source_bytes": state.in_force().intake.held(),
        "quarantined": state.pool.quarantined(),
        "cache": state.metrics.cache.status(&state.in_force()),
        "workers": status.workers,
        "queue": {"jobs": status.queue_jobs, "bytes": status.queue_bytes},
        "tokens": tokens(&state, &status),
        "anonymous_addresses": state.in_force().access.addresses(),
    }))
}

/// Tokens and signing keys that requests came with, those of most requests first; `null` where there are none.
fn tokens(state: &State, status: &PoolStatus) -> Option<Vec<Value>> {
    let in_force = state.in_force();
    if !in_force.access.knows_accounts() {
        return None;
    }
    let mut accounts: Vec<_> = in_force.access.accounts().collect();
    accounts.sort_by_key(|account| (Reverse(account.requests().0), account.name()));
    let shown = accounts.into_iter().take(TOKENS_SHOWN_MAX).map(|account| {
        let (requests, rate_limited) = account.requests();
        let terms = account.terms();
        json!({
            "name": account.name(),
            "priority": account.share().priority.name(),
            "requests": requests,
            "rate_limited": rate_limited,
            "in_progress": account.jobs(),
            "queued": status.waiting.get(&account.share().account).copied().unwrap_or(0),
            "requests_per_minute": terms.map(|terms| terms.requests_per_minute),
            "burst": terms.map(|terms| terms.burst),
            "jobs_max": terms.map(|terms| terms.jobs_max),
        })
    });
    Some(shown.collect())
}

/// `GET /metrics`, in the OpenMetrics text format.
pub(crate) async fn metrics(state: web::Data<State>) -> HttpResponse {
    if let Some(status) = state.pool.status().await {
        state.metrics.observe(&status);
        state.metrics.observe_connections(state.connections.count());
        state.metrics.cache.observe(&state.in_force());
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

/// `POST /workers?count=N`: from now on that many.
pub(crate) async fn resize(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    let given = Query::of(&request).ok();
    let given = given.as_ref().and_then(|query| query.last("count"));
    match given.and_then(|count| count.parse().ok()) {
        Some(count @ 1..=WORKERS_MAX) => {
            tracing::info!(count, "resizing");
            state.pool.resize(count);
            accepted()
        }
        _ => {
            let given = given.map(protocol::clip);
            let message = format!("count is {given:?}, it must be from 1 to {WORKERS_MAX}");
            HttpResponse::UnprocessableEntity().json(json!({"message": message}))
        }
    }
}

/// `POST /workers/{slot}/recycle`: a fresh process for that slot, once it is idle.
pub(crate) async fn recycle(state: web::Data<State>, slot: web::Path<usize>) -> HttpResponse {
    let slot = slot.into_inner();
    let slots = state.pool.status().await.map(|status| status.workers.len());
    if slots.is_none_or(|slots| slot >= slots) {
        let message = format!("there is no slot {slot}; /status.json lists them");
        return HttpResponse::NotFound().json(json!({"message": message}));
    }
    tracing::info!(slot, "recycling");
    state.pool.recycle(slot);
    accepted()
}

/// `POST /drain`: the same as SIGTERM.
pub(crate) async fn drain(state: web::Data<State>) -> HttpResponse {
    state.drain_requested.notify_one();
    accepted()
}

fn accepted() -> HttpResponse {
    HttpResponse::Accepted().json(json!({"message": "it will be done; see /status.json"}))
}
