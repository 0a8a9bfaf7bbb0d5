//! Gets the picture that a request is about: the raw body, the `image` part of a form, or a URL.

use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

use super::State;
use super::code::Code;
use super::exchange::Exchange;
use super::problem::{Problem, too_many_source_bytes};

/// Longest `job` part of a form, bytes: room for 32 operations.
const JOB_BYTES_MAX: u64 = 64 * 1024;

/// An uploaded request: the picture, and the `job` part if there was one.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    pub(crate) image: Option<Bytes>,
    pub(crate) job: Option<Bytes>,
}

/// Reads the body of a POST, whole, before anything is queued: a slow client never holds a
/// worker.
pub(crate) async fn upload(
    state: &State,
    exchange: &Exchange,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<Upload, Problem> {
    let deadline = exchange.accepted() + state.settings.job_deadline;
    let read = read_upload(state, request, payload);
    let upload = tokio::time::timeout_at(deadline.into(), read).await;
    let after = state.settings.job_deadline.as_millis();
    upload.unwrap_or_else(|_| {
        let message = format!("The upload was not complete after {after} ms (job_deadline_ms).");
        Err(Problem::new(Code::BadRequest, message).with("limit", "job_deadline_ms"))
    })
}

async fn read_upload(
    state: &State,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<Upload, Problem> {
    let max = state.settings.source_bytes_max;
    let headers = request.headers();
    let content_type = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok());
    if content_type.is_some_and(|value| value.starts_with("multipart/form-data")) {
        return read_form(Multipart::new(headers, payload), max).await;
    }
    let announced = headers
        .get("content-length")
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if let Some(length) = announced
        && length > max
    {
        return Err(too_long(Some(length), max));
    }
    let image = collect(payload, max, announced).await?;
    Ok(Upload {
        image: (!image.is_empty()).then_some(image),
        job: None,
    })
}

async fn read_form(mut form: Multipart, max: u64) -> Result<Upload, Problem> {
    let mut upload = Upload::default();
    while let Some(field) = form.next().await {
        let mut field = field.map_err(|error| malformed(&error))?;
        match field.name() {
            Some("image") => upload.image = Some(collect(&mut field, max, None).await?),
            Some("job") => upload.job = Some(collect(&mut field, JOB_BYTES_MAX, None).await?),
            // Forms bring along fields that are not for us.
            _ => drop(collect(&mut field, max, None).await?),
        }
    }
    Ok(upload)
}

async fn collect<E: std::fmt::Display>(
    mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
    max: u64,
    announced: Option<u64>,
) -> Result<Bytes, Problem> {
    // What is announced is within `max`; memory is still set aside only as bytes arrive.
    let first = announced.unwrap_or_default().min(64 * 1024) as usize;
    let mut bytes = BytesMut::with_capacity(first);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| malformed(&error))?;
        if bytes.len() as u64 + chunk.len() as u64 > max {
            return Err(too_long(None, max));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// Fetches the picture at `url`.
pub(crate) async fn fetch(state: &State, exchange: &Exchange, url: &str) -> Result<Bytes, Problem> {
    let begun = std::time::Instant::now();
    let deadline = exchange.accepted() + state.settings.job_deadline;
    let fetched = state.fetcher.fetch(url, deadline).await;
    let took: Duration = begun.elapsed();
    exchange.spent("fetch", took);
    Ok(fetched?)
}

fn malformed(error: &impl std::fmt::Display) -> Problem {
    let detail = protocol::clip(&error.to_string());
    Problem::new(
        Code::BadRequest,
        format!("The upload could not be read: {detail}."),
    )
}

fn too_long(value: Option<u64>, max: u64) -> Problem {
    let message = match value {
        Some(value) => {
            format!("The upload has {value} bytes, the limit is {max} (source_bytes_max).")
        }
        None => format!("The upload has more than {max} bytes (source_bytes_max)."),
    };
    too_many_source_bytes(message, value, max)
}
