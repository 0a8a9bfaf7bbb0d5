//! The closed list of error codes, and the status of each in every dialect.

use actix_web::http::StatusCode;

/// Which family of routes a request came through: they share everything but some statuses, because
/// clients of the effect routes know only a few.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// `/v1/…`, and everything that is not an effect.
    V1,
    /// `/{effect}/` and `/image/{effect}/`.
    Effects,
    /// imgproxy's form of URLs.
    Imgproxy,
}

impl Dialect {
    pub(crate) const ALL: [Self; 3] = [Self::Effects, Self::V1, Self::Imgproxy];

    /// What a tokens file calls its requests.
    pub(crate) fn family(self) -> &'static str {
        match self {
            Self::V1 => "pipelines",
            Self::Effects => "effects",
            Self::Imgproxy => "imgproxy",
        }
    }

    /// The label in logs and metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::Effects => "effects",
            Self::Imgproxy => "imgproxy",
        }
    }
}

/// Declares the codes as one table: name on the wire, status in v1 and imgproxy, status in effects.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $v1:literal, $effects:literal;)+) => {
        /// What went wrong, as clients test for it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Code { $($(#[doc = $doc])+ $variant),+ }

        impl Code {
            /// All of them, in the order of the table.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            /// What happened, one sentence.
            pub(crate) fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii_start()),+ }
            }

            /// The `code` of an error body.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The one place where an error becomes a status.
            pub(crate) fn status(self, dialect: Dialect) -> StatusCode {
                let (v1, effects) = match self { $(Self::$variant => ($v1, $effects)),+ };
                let status = match dialect { Dialect::V1 | Dialect::Imgproxy => v1, Dialect::Effects => effects };
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    };
}

codes! {
    /// Not a request that this service understands.
    BadRequest = "bad_request", 400, 400;
    /// The request, or a part of it, did not come in time.
    RequestTimeout = "request_timeout", 408, 408;
    /// No such route.
    NotFound = "not_found", 404, 404;
    /// The route exists, for other methods.
    MethodNotAllowed = "method_not_allowed", 405, 405;
    /// No such operation or effect.
    UnknownOperation = "unknown_operation", 404, 404;
    /// The request brings no token that is known here.
    Unauthorized = "unauthorized", 401, 403;
    /// The token does not allow that.
    Forbidden = "forbidden", 403, 403;
    /// More requests than its token or address may send.
    RateLimited = "rate_limited", 429, 429;
    /// A parameter is missing, unknown or out of range.
    BadParameter = "bad_parameter", 422, 422;
    /// The source could not be fetched.
    SourceUnreachable = "source_unreachable", 502, 415;
    /// The source did not arrive in time.
    SourceTimeout = "source_timeout", 504, 400;
    /// The source lies at an address that may not be fetched from.
    SourceForbidden = "source_forbidden", 403, 403;
    /// The bytes are no image.
    NotAnImage = "not_an_image", 415, 415;
    /// An image of a format or coding that is not read.
    UnsupportedFormat = "unsupported_format", 415, 415;
    /// A damaged image.
    BadImage = "bad_image", 422, 415;
    /// Too many bytes or pixels.
    TooLarge = "too_large", 413, 413;
    /// Too many frames.
    TooManyFrames = "too_many_frames", 413, 413;
    /// The result would be too large.
    OutputTooLarge = "output_too_large", 413, 413;
    /// The job hit its memory cap.
    MemoryLimit = "memory_limit", 422, 422;
    /// The job hit its CPU cap.
    CpuLimit = "cpu_limit", 422, 422;
    /// It has killed workers before.
    Quarantined = "quarantined", 422, 422;
    /// Started and not finished in time.
    DeadlineExceeded = "deadline_exceeded", 504, 422;
    /// The worker died under the job.
    WorkerCrashed = "worker_crashed", 502, 500;
    /// Somebody else killed the worker.
    WorkerKilled = "worker_killed", 502, 500;
    /// The worker was stopped by its own cage.
    SandboxViolation = "sandbox_violation", 502, 500;
    /// The worker broke the protocol.
    ProtocolError = "protocol_error", 502, 500;
    /// The queue is full.
    Overloaded = "overloaded", 503, 503;
    /// Waited past its deadline.
    QueueTimeout = "queue_timeout", 503, 503;
    /// No worker can be kept alive.
    NoWorkers = "no_workers", 503, 503;
    /// The gateway is stopping.
    Draining = "draining", 503, 503;
    /// A bug of the gateway.
    Internal = "internal", 500, 500;
}
