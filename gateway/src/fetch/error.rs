//! Why a source could not be fetched: one sentence for the caller. What only the operator may
//! know (resolved addresses, the chain of causes) stays in the log.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use super::body::BodyError;
use super::resolver::AllRefused;
use crate::intake::IntakeError;

/// Why a source could not be fetched. Hosts appear as the URL names them, never with
/// credentials, never as the addresses they resolve to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FetchError {
    /// The text is no URL that is fetched here; says why.
    #[error("The URL cannot be used: {0}")]
    InvalidUrl(String),
    /// The host, its port or its addresses may not be fetched from.
    #[error("Fetching from {host} is not allowed, because {why}")]
    Forbidden { host: String, why: String },
    /// No complete answer came.
    #[error("Fetching from {host} failed: {why}")]
    Unreachable { host: String, why: String },
    /// An answer came, but no file.
    #[error("Fetching from {host} failed: it answered with status {status} instead of 200")]
    Status { host: String, status: u16 },
    /// The chain of redirects does not end.
    #[error("The URL redirects more than {max} times (redirects_max)")]
    TooManyRedirects { max: u32 },
    /// Neither `fetch_timeout_ms` nor the rest of `job_deadline_ms` was enough.
    #[error(
        "The source was not complete after {after_ms} ms (fetch_timeout_ms, or what was left of \
         job_deadline_ms)"
    )]
    TimedOut { after_ms: u64 },
    /// The file is longer than a source may be; `value` is its length if it was announced.
    #[error("The source has {} bytes, the limit is {max} (source_bytes_max)", length(*.value, *.max))]
    TooLarge { value: Option<u64>, max: u64 },
    /// This server holds as many source bytes as it may.
    #[error("This server holds {held} bytes of sources, which is all that it may")]
    NoRoom { held: u64 },
}

impl From<IntakeError> for FetchError {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::TooLong { value, max } => Self::TooLarge { value, max },
            IntakeError::NoRoom { held } => Self::NoRoom { held },
        }
    }
}

impl FetchError {
    /// Which of its addresses it was that is not, is in the log.
    pub(super) fn not_public(host: &str) -> Self {
        Self::Forbidden {
            host: host.to_owned(),
            why: "it is not on the public internet".to_owned(),
        }
    }

    pub(super) fn timed_out(after: Duration) -> Self {
        let after_ms = after.as_millis().try_into().unwrap_or(u64::MAX);
        Self::TimedOut { after_ms }
    }

    /// Translates why a body was not taken in.
    pub(super) fn from_body(host: &str, error: BodyError) -> Self {
        match error {
            BodyError::Refused(refused) => refused.into(),
            BodyError::Broken(why) => Self::Unreachable {
                host: host.to_owned(),
                why,
            },
        }
    }

    /// Translates what a bucket's client says. What the bucket itself says is for the operator.
    pub(super) fn from_store(host: String, error: &object_store::Error) -> Self {
        let why = causes(error).find_map(known_cause);
        let why = why.unwrap_or_else(|| "its answer is an error or incomplete".to_owned());
        Self::Unreachable { host, why }
    }

    /// Translates what the HTTP client says; `timeout` is its limit for connecting.
    pub(super) fn from_client(host: &str, error: &reqwest::Error, timeout: Duration) -> Self {
        let host = host.to_owned();
        if causes(error).any(|cause| cause.is::<AllRefused>()) {
            return Self::not_public(&host);
        }
        if error.is_timeout() {
            return Self::timed_out(timeout);
        }
        let why = if error.is_dns() {
            "its name cannot be resolved".to_owned()
        } else if let Some(why) = causes(error).find_map(known_cause) {
            why
        } else if error.is_connect() {
            "the connection failed".to_owned()
        } else {
            "its answer is incomplete or not HTTP".to_owned()
        };
        Self::Unreachable { host, why }
    }
}

/// The causes of an error in one line, for the log.
pub(super) fn detail(error: &reqwest::Error) -> String {
    let causes: Vec<_> = causes(error).skip(1).map(ToString::to_string).collect();
    causes.join(": ")
}

/// The length, or as much of it as is known.
fn length(value: Option<u64>, max: u64) -> String {
    value.map_or_else(|| format!("more than {max}"), |bytes| bytes.to_string())
}

/// An error, and what caused it, and so on.
pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // `source` of an io::Error skips the error that it wraps, which is where TLS errors are.
        let wrapped = error.downcast_ref().and_then(io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn known_cause(cause: &(dyn Error + 'static)) -> Option<String> {
    if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
        return Some(format!("TLS failed ({tls})"));
    }
    let why = match cause.downcast_ref::<io::Error>()?.kind() {
        ErrorKind::ConnectionRefused => "it refused the connection",
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => "it broke the connection off",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "there is no route to it",
        _ => return None,
    };
    Some(why.to_owned())
}
