//! A worker in the real cage that tries to get out of it, built only for the tests.
//!
//! Cage, wire and loop are those of the program, through the worker library; only the work is
//! another. What to try is said by the job's source bytes, which are a script of one line
//! (`attempts.rs` has the escapes, `deaths.rs` the ways to die); anything else is a picture and
//! treated as one. A file name that ends in `@unfiltered` leaves the system-call filter out.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program for tests, where failing loudly is right"
)]

mod attempts;
mod deaths;

use std::process::ExitCode;

use protocol::{Job, OutputFormat};
use worker::{Done, Filter, Progress, Refused};

fn main() -> ExitCode {
    // Not as a worker: as another process of the same user, which is told whom to look at.
    if let ["attach", pid] = arguments().iter().map(String::as_str).collect::<Vec<_>>()[..] {
        println!("{}", attempts::attach(pid.parse().unwrap()));
        return ExitCode::SUCCESS;
    }
    let program = std::env::current_exe().unwrap();
    let unfiltered = program.to_string_lossy().ends_with("@unfiltered");
    let filter = if unfiltered {
        Filter::LeftOut
    } else {
        Filter::Installed
    };
    attempts::remember_the_gateway();
    worker::run_behind(filter, perform)
}

fn arguments() -> Vec<String> {
    std::env::args().skip(1).collect()
}

fn perform(job: &Job, source: &[u8], progress: &Progress) -> Result<Done, Refused> {
    let Ok(script) = std::str::from_utf8(source) else {
        return worker::perform(job, source, progress);
    };
    let (verb, argument) = script.split_once(": ").unwrap_or((script, ""));
    let said = match verb {
        "attempt" => attempts::attempt(argument),
        "die" => deaths::die(argument),
        _ => return worker::perform(job, source, progress),
    };
    Ok(Done {
        format: OutputFormat::Png,
        width: 1,
        height: 1,
        frames: 1,
        bytes: said.into_bytes(),
    })
}
