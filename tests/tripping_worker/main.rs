//! The real worker around work that goes wrong on purpose, built only for the tests: a source
//! that is one of a few words makes it panic in the phase of that name; any other is done as
//! usual.

#![allow(clippy::panic, reason = "that is what it is for")]

use std::process::ExitCode;

use protocol::Phase;

fn main() -> ExitCode {
    worker::run_with(|job, source, progress| {
        match source {
            b"panic in decode" => panic!("tripped over byte 7"),
            b"panic in operations" => {
                progress.enter(Phase::Operations);
                panic!("tripped over a frame");
            }
            _ => {}
        }
        worker::perform(job, source, progress)
    })
}
