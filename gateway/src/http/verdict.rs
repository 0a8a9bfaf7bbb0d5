//! What became of a job, said to its client: outcome in, response or problem out.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use protocol::{
    Breadcrumb, Excess, LastWords, Limit, Operation, OutputFormat, Phase, Reason, Refusal, clip,
};

use super::code::{Code, Dialect};
use super::exchange::Exchange;
use super::problem::Problem;
use crate::cache::Way;
use crate::pool::{Cause, Death, Done, JobError, QueueLimit, Sentence};
use crate::settings::Settings;

/// What was given up for a byte budget.
const TRADED: &str = "x-framefarm-traded";

/// The picture, with exactly its content type.
pub(crate) fn picture(done: Done, exchange: &Exchange, way: Option<Way>) -> HttpResponse {
    match way {
        Some(Way::Hit(_)) => exchange.spared(),
        _ => exchange.done(&done),
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, content_type(done.reply.format, exchange)));
    if let Some(traded) = done.reply.traded {
        response.insert_header((TRADED, traded.to_string()));
    }
    response.body(done.body)
}

/// Clients of the effect routes know two types; an APNG is a PNG to those that know no better.
fn content_type(format: OutputFormat, exchange: &Exchange) -> &'static str {
    match (exchange.dialect(), format) {
        (Dialect::Effects, OutputFormat::Apng) => OutputFormat::Png.content_type(),
        _ => format.content_type(),
    }
}

/// Why there is no picture.
pub(crate) fn problem(error: JobError, settings: &Settings, operations: &[Operation]) -> Problem {
    match error {
        JobError::Refused(refusal) => refused(refusal, operations),
        JobError::Overloaded { limit, value } => overloaded(limit, value, settings),
        JobError::Displaced => displaced(settings),
        JobError::QueueTimeout => {
            let deadline = settings.job_deadline.as_millis() as u64;
            let message = format!(
                "No worker became free within {deadline} ms (job_deadline_ms); try again later."
            );
            Problem::new(Code::QueueTimeout, message)
                .with("limit", "job_deadline_ms")
                .with("max", deadline)
                .retry_after(settings.job_deadline / 4)
        }
        JobError::NoWorkers { retry_after } => {
            let message = "All workers keep dying and are being restarted; try again later.";
            Problem::new(Code::NoWorkers, message).retry_after(retry_after)
        }
        JobError::Draining => {
            let message = "This server is shutting down and has not begun with the job; try again.";
            Problem::new(Code::Draining, message).retry_after(Duration::from_secs(1))
        }
        JobError::CutOff(place) => {
            let problem = late(
                "drain_timeout_ms",
                settings.drain_timeout,
                "This server had to stop before the job was finished; send it again.",
            );
            located(problem, &place, operations)
        }
        JobError::DeadlineExceeded(place) => {
            let problem = late(
                "job_deadline_ms",
                settings.job_deadline,
                "The job was not finished in time and was stopped; try a smaller picture or fewer operations.",
            );
            located(problem, &place, operations)
        }
        JobError::WorkerDied(death) => {
            located(died(&death, settings), &death.breadcrumb, operations)
        }
        JobError::Quarantined(sentence) => {
            let Sentence { strikes, left } = sentence;
            let message = format!(
                "This picture with these operations has killed {strikes} workers and is not tried again for {} s (quarantine_ms).",
                left.as_secs()
            );
            Problem::new(Code::Quarantined, message)
                .with("strikes", strikes)
                .retry_after(left)
        }
        JobError::Protocol(what) => {
            let message = format!("The worker answered out of protocol and was replaced: {what}.");
            Problem::new(Code::ProtocolError, message)
        }
    }
}

/// A job that had begun and ran into a limit of time.
fn late(limit: &str, max: Duration, message: &str) -> Problem {
    let max = max.as_millis() as u64;
    let message = format!("{message} The limit is {max} ms ({limit}).");
    Problem::new(Code::DeadlineExceeded, message)
        .with("limit", limit)
        .with("max", max)
}

/// How far a job came, by its worker's own word.
fn located(problem: Problem, place: &Breadcrumb, operations: &[Operation]) -> Problem {
    // A worker that is stopped before its first word has left no trail.
    let phase = place.phase.map_or("running", Phase::name);
    let problem = problem.with("phase", phase);
    let problem = match place.phase {
        Some(_) => problem.with("frame", place.frame),
        None => problem,
    };
    match name_of(place.operation, operations) {
        Some(op) => problem.with("op", op),
        None => problem,
    }
}

fn name_of(index: Option<u8>, operations: &[Operation]) -> Option<&'static str> {
    let operation = operations.get(usize::from(index?))?;
    Some(operation.spec().name)
}

fn refused(refusal: Refusal, operations: &[Operation]) -> Problem {
    let detail = clip(&refusal.detail);
    let op = name_of(refusal.operation, operations);
    let problem = match refusal.reason {
        Reason::NotAnImage => Problem::new(
            Code::NotAnImage,
            format!("The source is not an image: {detail}."),
        ),
        Reason::UnsupportedFormat => Problem::new(
            Code::UnsupportedFormat,
            format!("This kind of image is not read here: {detail}."),
        ),
        Reason::BadImage => {
            Problem::new(Code::BadImage, format!("The image is damaged: {detail}."))
        }
        Reason::TooLarge(excess) => exceeded(Code::TooLarge, "The picture has", excess),
        Reason::TooManyFrames(excess) => exceeded(Code::TooManyFrames, "The picture has", excess),
        Reason::OutputTooLarge(excess) if excess.limit == Limit::MaxBytes => {
            over_budget(excess, &detail)
        }
        Reason::OutputTooLarge(excess) => {
            exceeded(Code::OutputTooLarge, "The result would have", excess)
        }
        Reason::Panicked => panicked(refusal.phase).with("panic", detail),
    };
    let problem = problem.with("phase", refusal.phase.name());
    match op {
        Some(op) => problem.with("op", op),
        None => problem,
    }
}

/// The worker's code failed and was caught. In a decoder that is the picture's doing, anywhere
/// else it is ours.
fn panicked(phase: Phase) -> Problem {
    match phase {
        Phase::Decode => Problem::new(
            Code::BadImage,
            "The image made its decoder fail; this kind of damage is not understood.",
        ),
        Phase::Operations | Phase::Encode => Problem::new(
            Code::WorkerCrashed,
            "The worker's code failed on this picture; the failure was caught and costs only this request.",
        ),
    }
}

/// The caller's own limit, which no trade could keep.
fn over_budget(excess: Excess, tried: &str) -> Problem {
    let Excess { limit, value, max } = excess;
    let message = format!(
        "The result would have {value} bytes, {max} are allowed ({limit}). Tried: {tried}. Allow more, or ask for a smaller picture."
    );
    Problem::new(Code::OutputTooLarge, message)
        .with("limit", limit.name())
        .with("value", value)
        .with("max", max)
        .with("tried", tried)
}

fn exceeded(code: Code, subject: &str, excess: Excess) -> Problem {
    let Excess { limit, value, max } = excess;
    let advice = match limit {
        Limit::Scans => "",
        _ => " Use a smaller one.",
    };
    let message = format!(
        "{subject} {value} {}, the limit is {max} ({limit}).{advice}",
        limit.unit()
    );
    Problem::new(code, message)
        .with("limit", limit.name())
        .with("value", value)
        .with("max", max)
}

fn overloaded(limit: QueueLimit, value: u64, settings: &Settings) -> Problem {
    let (name, max, what) = match limit {
        QueueLimit::Jobs => ("queue_jobs", settings.queue_jobs as u64, "waiting jobs"),
        QueueLimit::Bytes => ("queue_bytes", settings.queue_bytes, "bytes of waiting jobs"),
        QueueLimit::Wait => (
            "job_deadline_ms",
            settings.job_deadline.as_millis() as u64,
            "ms of expected wait",
        ),
    };
    let message = format!(
        "The server is busy: {value} {what}, the limit is {max} ({name}); try again in a moment."
    );
    Problem::new(Code::Overloaded, message)
        .with("limit", name)
        .with("value", value)
        .with("max", max)
        .retry_after(Duration::from_secs(1))
}

fn displaced(settings: &Settings) -> Problem {
    let message = format!(
        "The queue is full (queue_jobs is {}, queue_bytes {}), and this job, which had not begun, made room for somebody who had less waiting; send fewer at a time, or try again in a moment.",
        settings.queue_jobs, settings.queue_bytes
    );
    Problem::new(Code::Overloaded, message)
        .with("limit", "queue_share")
        .retry_after(Duration::from_secs(1))
}

fn died(death: &Death, settings: &Settings) -> Problem {
    let (code, message) = match death.cause() {
        Cause::SandboxViolation => (
            Code::SandboxViolation,
            format!(
                "The job attempted what no picture needs, and its worker was stopped ({death})."
            ),
        ),
        Cause::MemoryLimit(_) => (
            Code::MemoryLimit,
            format!(
                "The job needs more memory than the {} bytes that a worker may have (worker_memory_bytes); try a smaller picture.",
                settings.worker_memory_bytes
            ),
        ),
        Cause::CpuLimit => (
            Code::CpuLimit,
            format!("The job used up its CPU time and was stopped ({death})."),
        ),
        Cause::Killed => (
            Code::WorkerKilled,
            format!("The job's worker was killed from outside ({death}); try again."),
        ),
        Cause::Crashed => (
            Code::WorkerCrashed,
            format!("The job's worker crashed ({death}); only this request is affected."),
        ),
    };
    let mut problem = Problem::new(code, message).with("pid", death.pid);
    if let Some(signal) = death.signal() {
        problem = problem.with("signal", signal);
    }
    if let Some(exit_code) = death.exit_code() {
        problem = problem.with("exit_code", exit_code);
    }
    problem = match death.figures() {
        Some(LastWords::OutOfMemory { asked, .. }) => problem.with("asked", asked),
        Some(LastWords::ForbiddenCall { number }) => problem.with("syscall", number),
        None => problem,
    };
    if !death.breadcrumb.text.is_empty() {
        problem = problem.with("panic", death.breadcrumb.text.clone());
    }
    if let Cause::MemoryLimit(source) = death.cause() {
        return problem
            .with("source", source.name())
            .with("limit", "worker_memory_bytes")
            .with("max", settings.worker_memory_bytes);
    }
    match death.last_words() {
        Some(words) => problem.with("stderr", words),
        None => problem,
    }
}
