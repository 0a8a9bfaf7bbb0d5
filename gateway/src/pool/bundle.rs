//! What is kept of a crash, so that it can be looked at and tried again: which job it was, under
//! which limits, and how the worker ended. One JSON file for each crash; the picture itself only
//! when the operator wants it, in a file beside it.
//!
//! Everything that came from the worker is text to read, nothing in it is acted on.

mod folder;

use std::path::Path;
use std::time::SystemTime;

use protocol::Phase;
use serde::{Deserialize, Serialize};

use super::Work;
use super::death::Death;
use super::digest::Digest;

pub(super) use folder::Folder;

/// One crash. Sizes are in bytes, pictures in px.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bundle {
    /// [`protocol::build_id`] of gateway and worker.
    pub(crate) build: String,
    /// Milliseconds since 1970, UTC.
    pub(crate) at_unix_ms: u64,
    pub(crate) source: Source,
    /// As `op=` takes them.
    pub(crate) operations: Vec<String>,
    /// The format asked for; absent: the source's own.
    pub(crate) output: Option<String>,
    pub(crate) limits: JobLimits,
    pub(crate) death: DeathNote,
}

/// The picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Source {
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
    /// Name of the file beside the bundle that holds it, if it was kept.
    pub(crate) file: Option<String>,
}

/// What the job might cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JobLimits {
    pub(crate) pixels_max: u64,
    pub(crate) frames_max: u32,
    pub(crate) total_pixels_max: u64,
    pub(crate) output_pixels_max: u64,
    pub(crate) output_bytes_max: u64,
    pub(crate) worker_memory_bytes: u64,
    pub(crate) job_cpu_ms: u64,
}

/// How the worker ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeathNote {
    pub(crate) pid: u32,
    /// The error code that the caller got.
    pub(crate) cause: String,
    pub(crate) signal: Option<i32>,
    pub(crate) exit_code: Option<i32>,
    pub(crate) phase: Option<String>,
    /// Index into `operations`.
    pub(crate) operation: Option<u8>,
    pub(crate) frame: u64,
    pub(crate) panic: String,
    pub(crate) syscall: Option<i64>,
    /// The end of what it wrote to standard error.
    pub(crate) stderr: String,
}

impl JobLimits {
    fn of(work: &Work, worker_memory_bytes: u64) -> Self {
        let limits = &work.limits;
        Self {
            pixels_max: limits.pixels_max,
            frames_max: limits.frames_max,
            total_pixels_max: limits.total_pixels_max,
            output_pixels_max: limits.output_pixels_max,
            output_bytes_max: limits.output_bytes_max,
            worker_memory_bytes,
            job_cpu_ms: work.cpu.as_millis() as u64,
        }
    }
}

impl DeathNote {
    pub(crate) fn of(death: &Death) -> Self {
        let breadcrumb = &death.breadcrumb;
        Self {
            pid: death.pid,
            cause: death.cause().name().to_owned(),
            signal: death.signal(),
            exit_code: death.exit_code(),
            phase: breadcrumb.phase.map(|phase| Phase::name(phase).to_owned()),
            operation: breadcrumb.operation,
            frame: breadcrumb.frame,
            panic: breadcrumb.text.clone(),
            syscall: death.forbidden_call(),
            stderr: death.stderr.clone(),
        }
    }

    /// Whether two workers came to the same end at the same place.
    pub(crate) fn is_the_same_end_as(&self, other: &Self) -> bool {
        let end = |note: &Self| {
            (
                note.cause.clone(),
                note.signal,
                note.exit_code,
                note.phase.clone(),
                note.operation,
                note.frame,
                note.syscall,
            )
        };
        end(self) == end(other)
    }
}

impl Bundle {
    pub(super) async fn of(work: &Work, worker_memory_bytes: u64, death: &Death) -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self {
            build: protocol::build_id().to_owned(),
            at_unix_ms: since.map_or(0, |since| since.as_millis() as u64),
            source: Source {
                sha256: Digest::of(&work.source).await.to_string(),
                bytes: work.source.len() as u64,
                file: None,
            },
            operations: work.operations.iter().map(ToString::to_string).collect(),
            output: work.output.map(|format| format.name().to_owned()),
            limits: JobLimits::of(work, worker_memory_bytes),
            death: DeathNote::of(death),
        }
    }

    /// Reads a bundle.
    ///
    /// # Errors
    /// A sentence when it cannot be read, or is none.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        serde_json::from_str(&text)
            .map_err(|error| format!("{} is not a crash bundle: {error}", path.display()))
    }
}
