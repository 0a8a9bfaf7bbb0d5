//! The worker: decodes, transforms, encodes; trusted with nothing.
//!
//! Its life: take the socket from standard input → lock down → say hello → serve one job
//! after another until end of stream. It has one thread, and after `Hello` it opens no file
//! and no connection; it owns nothing but CPU time and memory.

mod decode;
mod encode;
mod link;
mod lockdown;
mod operations;
mod perform;
mod picture;
mod progress;
mod refused;
mod serve;

use std::io::Write;
use std::process::ExitCode;

use protocol::{Hello, Job, PROTOCOL_VERSION, build_id};

pub use perform::{Done, perform};
pub use progress::Progress;
pub use refused::Refused;
use serve::serve;

/// Exit code for a start that can never succeed: not started by framefarm, or a bad argument.
const USAGE: u8 = 2;

/// Runs the worker program; `argv[1]`, when given, caps private memory in bytes.
#[must_use]
pub fn run() -> ExitCode {
    run_with(perform)
}

/// The worker's whole life around any work: [`perform`] in the program, in a test's own program
/// something that goes wrong on purpose.
#[must_use]
pub fn run_with<F>(work: F) -> ExitCode
where
    F: FnMut(&Job, &[u8], &Progress) -> Result<Done, Refused>,
{
    let stream = match lockdown::take_socket() {
        Ok(stream) => stream,
        Err(sentence) => return fail(USAGE, &sentence),
    };
    let memory_bytes = match std::env::args().nth(1).map(|text| text.parse()).transpose() {
        Ok(bytes) => bytes,
        Err(_) => return fail(USAGE, "the argument must be a number of bytes"),
    };
    let Some(layers) = lockdown::lock_down(&stream, memory_bytes) else {
        return ExitCode::SUCCESS;
    };
    serve::install_panic_hook();
    let hello = Hello {
        protocol: PROTOCOL_VERSION,
        build: build_id().to_owned(),
        layers,
    };
    match serve(stream, &hello, work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &error.to_string()),
    }
}

fn fail(code: u8, sentence: &str) -> ExitCode {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "framefarm-worker: {sentence}");
    ExitCode::from(code)
}
