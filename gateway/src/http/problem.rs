//! An error on its way to a client: a code, one sentence to act on, and the fields that a
//! program may want. Detail for operators goes to the log, under the same request id.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use protocol::Fault;
use serde_json::{Map, Value, json};

use super::code::{Code, Dialect};
use super::exchange::Exchange;
use crate::fetch::FetchError;

/// See the module.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    message: String,
    fields: Map<String, Value>,
    retry_after: Option<Duration>,
}

impl Problem {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: sentence(message.into()),
            fields: Map::new(),
            retry_after: None,
        }
    }

    /// Adds a member to the body.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Says when to come back, in whole seconds, at least one.
    pub(crate) fn retry_after(mut self, pause: Duration) -> Self {
        self.retry_after = Some(pause);
        self
    }

    /// A parameter of the request itself, with the `detail` list that effect clients read.
    pub(crate) fn parameter(name: &str, kind: &str, message: impl Into<String>) -> Self {
        let problem = Self::new(Code::BadParameter, message);
        let detail = json!([{"loc": ["query", name], "msg": problem.message, "type": kind}]);
        problem.with("parameter", name).with("detail", detail)
    }

    /// The response: `{"message", "code", "request_id", …}`.
    pub(crate) fn respond(self, dialect: Dialect, exchange: &Exchange) -> HttpResponse {
        exchange.failed(self.code);
        let status = self.code.status(dialect);
        let mut response = HttpResponse::build(status);
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        let mut body = Map::new();
        body.insert("message".to_owned(), self.message.into());
        body.insert("code".to_owned(), self.code.name().into());
        body.insert("request_id".to_owned(), exchange.id().into());
        body.extend(self.fields);
        if let Some(pause) = self.retry_after {
            let seconds = pause.as_millis().div_ceil(1000).max(1) as u64;
            response.insert_header((RETRY_AFTER, seconds.to_string()));
            body.insert("retry_after_s".to_owned(), seconds.into());
        }
        response
            .insert_header((CONTENT_TYPE, "application/json"))
            .body(Value::Object(body).to_string())
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let message = fault.to_string();
        let suggested = |problem: Self, suggestion: Option<&str>| match suggestion {
            Some(name) => problem.with("did_you_mean", name),
            None => problem,
        };
        match fault {
            Fault::UnknownOperation { name, suggestion } => suggested(
                Self::new(Code::UnknownOperation, message).with("op", name),
                suggestion,
            ),
            Fault::UnknownParameter {
                operation,
                parameter,
                suggestion,
            } => suggested(
                Self::parameter(&parameter, "unknown", message).with("op", operation),
                suggestion,
            ),
            Fault::BadParameter {
                operation,
                parameter,
                given,
                expected,
            } => Self::parameter(parameter, "value_error", message)
                .with("op", operation)
                .with("value", given)
                .with("expected", expected),
            Fault::MissingParameter {
                operation,
                parameter,
                expected,
            } => Self::parameter(parameter, "missing", message)
                .with("op", operation)
                .with("expected", expected),
            Fault::TooManyOperations { given } => Self::new(Code::BadRequest, message)
                .with("limit", "operations_max")
                .with("value", given)
                .with("max", protocol::OPERATIONS_MAX),
            Fault::Malformed(_) => Self::new(Code::BadRequest, message),
        }
    }
}

impl From<FetchError> for Problem {
    fn from(error: FetchError) -> Self {
        let message = error.to_string();
        match error {
            FetchError::InvalidUrl(_) => Self::parameter("url", "value_error", message),
            FetchError::Forbidden { host, .. } => {
                Self::new(Code::SourceForbidden, message).with("host", host)
            }
            FetchError::Unreachable { host, .. } => {
                Self::new(Code::SourceUnreachable, message).with("host", host)
            }
            FetchError::Status { host, status } => Self::new(Code::SourceUnreachable, message)
                .with("host", host)
                .with("status", status),
            FetchError::TooManyRedirects { max } => Self::new(Code::SourceUnreachable, message)
                .with("limit", "redirects_max")
                .with("max", max),
            FetchError::TimedOut { after_ms } => {
                Self::new(Code::SourceTimeout, message).with("after_ms", after_ms)
            }
            FetchError::TooLarge { value, max } => too_many_source_bytes(message, value, max),
            FetchError::NoRoom { held } => no_room(held),
        }
    }
}

/// The sources that this server holds are as many bytes as they may be.
pub(crate) fn no_room(held: u64) -> Problem {
    let message = format!(
        "The server is busy: it holds {held} bytes of sources, more than there is room for (queue_bytes, and source_bytes_max for each worker); try again in a moment."
    );
    Problem::new(Code::Overloaded, message)
        .with("limit", "queue_bytes")
        .with("value", held)
        .retry_after(Duration::from_secs(1))
}

/// A text as a sentence: a capital first, a full stop or the like last.
fn sentence(mut text: String) -> String {
    if let Some(first) = text.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    if !text.ends_with(['.', '?', '!']) {
        text.push('.');
    }
    text
}

/// The source is longer than `source_bytes_max`; its length may not be known.
pub(crate) fn too_many_source_bytes(
    message: impl Into<String>,
    value: Option<u64>,
    max: u64,
) -> Problem {
    Problem::new(Code::TooLarge, message)
        .with("limit", "source_bytes_max")
        .with("value", value)
        .with("max", max)
}
