//! Reads an upload: a picture as raw body, or a form with pictures and a job.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

use super::code::Code;
use super::exchange::Exchange;
use super::metrics::SlowClient;
use super::pictures::{PARTS, Uploads};
use super::problem::{Problem, no_room, too_many_source_bytes};
use super::{State, render};
use crate::intake::{Intake, IntakeError, Source};
use crate::settings::Settings;

/// All that a form may hold beside its pictures, bytes: room for 32 operations and for fields
/// that are not for us.
const FORM_SURPLUS_BYTES_MAX: usize = 64 * 1024;
/// Most parts of a form.
const PARTS_MAX: usize = 32;

/// An uploaded request: the pictures, and the `job` part if there was one.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    pub(crate) images: Uploads,
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
    render::expect_room(state, exchange).await?;
    let read = read_upload(&exchange.in_force().intake, request, payload);
    let upload = tokio::time::timeout_at(exchange.deadline().into(), read).await;
    match upload {
        Ok(Err(_)) if exchange.was_too_slow() => {
            state.metrics.slow(SlowClient::Upload);
            Err(too_slow(exchange.settings()))
        }
        Ok(upload) => upload,
        Err(_) => {
            let after = exchange.settings().job_deadline.as_millis();
            let message =
                format!("The upload was not complete after {after} ms (job_deadline_ms).");
            Err(Problem::new(Code::RequestTimeout, message).with("limit", "job_deadline_ms"))
        }
    }
}

fn too_slow(settings: &Settings) -> Problem {
    let (rate, window) = (
        settings.slow_client_bytes_per_s,
        settings.slow_client.as_millis(),
    );
    let message = format!(
        "The upload came too slowly: over {window} ms (slow_client_ms) fewer than {rate} bytes a second (slow_client_bytes_per_s), or none."
    );
    Problem::new(Code::RequestTimeout, message)
        .with("limit", "slow_client_bytes_per_s")
        .with("min", rate)
}

async fn read_upload(
    intake: &Intake,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<Upload, Problem> {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let form = "multipart/form-data";
    let begins = |value: &str| {
        value
            .get(..form.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(form))
    };
    if text("content-type").is_some_and(begins) {
        return read_form(Multipart::new(headers, payload), intake).await;
    }
    let announced = text("content-length").and_then(|value| value.parse().ok());
    let mut upload = Upload::default();
    upload.images[0] = Some(take_in(payload, intake, announced).await?);
    Ok(upload)
}

async fn read_form(mut form: Multipart, intake: &Intake) -> Result<Upload, Problem> {
    let mut upload = Upload::default();
    let mut bytes_left = FORM_SURPLUS_BYTES_MAX;
    for _ in 0..PARTS_MAX {
        let Some(field) = form.next().await else {
            return Ok(upload);
        };
        let mut field = field.map_err(|error| malformed(&error))?;
        let number = PARTS.iter().position(|part| field.name() == Some(part));
        let number = number.filter(|number| upload.images[*number].is_none());
        match (number, field.name()) {
            (Some(number), _) => {
                upload.images[number] = Some(take_in(&mut field, intake, None).await?);
            }
            (None, name) => {
                // Forms bring along parts that are not for us.
                let is_job = name == Some("job");
                let part = small_part(&mut field, &mut bytes_left, is_job).await?;
                if is_job {
                    upload.job = Some(part);
                }
            }
        }
    }
    let message = format!("The form has more than {PARTS_MAX} parts.");
    Err(Problem::new(Code::BadRequest, message))
}

/// Reads a part that is not a picture, and keeps it only if asked to.
async fn small_part<E: std::fmt::Display>(
    mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
    bytes_left: &mut usize,
    kept: bool,
) -> Result<Bytes, Problem> {
    let mut part = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| malformed(&error))?;
        *bytes_left = bytes_left.checked_sub(piece.len()).ok_or_else(|| {
            let message = format!(
                "The form has more than {FORM_SURPLUS_BYTES_MAX} bytes beside its pictures."
            );
            Problem::new(Code::BadRequest, message)
        })?;
        if kept {
            part.extend_from_slice(&piece);
        }
    }
    Ok(part.freeze())
}

async fn take_in<E: std::fmt::Display>(
    mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
    intake: &Intake,
    announced: Option<u64>,
) -> Result<Source, Problem> {
    let mut receipt = intake.begin(announced)?;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| malformed(&error))?;
        receipt.push(&piece)?;
    }
    Ok(receipt.finish())
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::TooLong { value, max } => too_long(value, max),
            IntakeError::NoRoom { held } => no_room(held),
        }
    }
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
