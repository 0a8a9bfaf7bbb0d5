//! `/livez` and `/readyz`.

use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use protocol::Limits;
use serde_json::json;

use super::State;
use crate::pool::{Pool, Share, Work};

/// A success that recent stands for a probe.
const FRESH: Duration = Duration::from_secs(10);
/// How long a probe may take, queue included.
const PROBE: Duration = Duration::from_secs(2);

/// What a probe needs, whatever jobs may have.
const PROBE_LIMITS: Limits = Limits {
    pixels_max: 1,
    frames_max: 1,
    total_pixels_max: 1,
    output_pixels_max: 1,
    output_bytes_max: 4096,
};

/// The smallest PNG: one grey pixel. To the gateway it is just bytes.
const PROBE_PICTURE: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T',
    0x78, 0x9C, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xCD, 0x72, 0xB6, 0, 0, 0, 0, b'I', b'E',
    b'N', b'D', 0xAE, 0x42, 0x60, 0x82,
];

/// `GET /livez`: the process runs.
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "alive"}))
}

/// `GET /readyz`: a picture went through a worker lately, goes through one now, or every
/// worker is at work.
pub(crate) async fn ready(state: web::Data<State>) -> HttpResponse {
    let (status, reason) = if state.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else {
        match is_working(&state.pool).await {
            true => (StatusCode::OK, "ready"),
            false => (StatusCode::SERVICE_UNAVAILABLE, "no worker answers"),
        }
    };
    HttpResponse::build(status).json(json!({"status": reason}))
}

/// Whether the farm can do a job, by having it do one unless it just did.
pub(crate) async fn is_working(pool: &Pool) -> bool {
    match pool.status().await {
        None => false,
        Some(status) if status.broken || status.draining => false,
        // A probe would only wait behind jobs that are going well; each has its deadline.
        Some(status) if status.saturated => true,
        Some(status) if status.idle_for.is_some_and(|idle| idle < FRESH) => true,
        Some(_) => {
            let now = Instant::now();
            let probe = Work {
                share: Share::OWN,
                source: Bytes::from_static(PROBE_PICTURE),
                place: None,
                identity: None,
                cuts: Vec::new(),
                operations: Vec::new(),
                output: protocol::Output::default(),
                submitted: now,
                deadline: now + PROBE,
                limits: PROBE_LIMITS,
                cpu: PROBE,
            };
            pool.submit(probe).await.is_ok()
        }
    }
}
