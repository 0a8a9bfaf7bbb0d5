//! The worker: decodes, transforms, encodes; trusted with nothing.
//!
//! Its life: take the socket from standard input and the shared page from standard output → close the cage → say hello → serve one job
//! after another until end of stream. It has one thread, and after `Hello` it opens no file
//! and no connection; it owns nothing but CPU time and memory.

mod cage;
mod decode;
mod encode;
mod kernel;
mod link;
mod memory;
mod operations;
mod perform;
mod picture;
mod planar;
mod planes;
mod progress;
mod recolour;
mod refused;
mod riff;
mod serve;
mod trail;

use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use nix::sys::signal::Signal;
use nix::sys::socket::{UnixAddr, getsockname};
use protocol::{Hello, Job, PROTOCOL_VERSION, Start, build_id};

pub use cage::Filter;
pub use perform::{Done, perform};
pub use progress::Progress;
pub use refused::Refused;
use serve::serve;

/// Exit code for a start that can never succeed: not started by framefarm, or a bad argument.
const USAGE: u8 = 2;

/// What operators and service managers tell the gateway, at times by a signal to everything that
/// belongs to the service. A worker's end is the gateway's to bring, by SIGKILL.
const MEANT_FOR_THE_GATEWAY: [Signal; 7] = [
    Signal::SIGTERM,
    Signal::SIGINT,
    Signal::SIGHUP,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGTTIN,
    Signal::SIGTTOU,
];

const NOT_A_SOCKET: &str = "standard input is not a Unix socket; this program is started by \
                            framefarm, not by hand";

/// Runs the worker program; its command line is a [`Start`].
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
    run_behind(Filter::Installed, work)
}

/// [`run_with`], and if need be without the system-call filter: for the test that breaks things
/// inside the real cage. The program has no way to ask for that.
#[must_use]
pub fn run_behind<F>(filter: Filter, work: F) -> ExitCode
where
    F: FnMut(&Job, &[u8], &Progress) -> Result<Done, Refused>,
{
    let Some(socket) = take_socket() else {
        return fail(USAGE, NOT_A_SOCKET);
    };
    kernel::ignore(&MEANT_FOR_THE_GATEWAY);
    let start = match Start::read(std::env::args().skip(1)) {
        Ok(start) => start,
        Err(error) => return fail(USAGE, &error.to_string()),
    };
    kernel::keep_freed_memory(start.memory_bytes);
    // Without a page it works as well; only its death will say less.
    if let Some(page) = kernel::take_shared_page() {
        trail::lead_over(page);
    }
    let Some(layers) = cage::lock_down(&socket, start, filter) else {
        return ExitCode::SUCCESS;
    };
    let hello = Hello {
        protocol: PROTOCOL_VERSION,
        build: build_id().to_owned(),
        layers,
    };
    match serve(socket, &hello, work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &error.to_string()),
    }
}

/// The gateway's end of the wire, from standard input.
fn take_socket() -> Option<UnixStream> {
    let input = kernel::take_standard_input()?;
    getsockname::<UnixAddr>(input.as_raw_fd()).ok()?;
    Some(UnixStream::from(input))
}

fn fail(code: u8, sentence: &str) -> ExitCode {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "framefarm-worker: {sentence}");
    ExitCode::from(code)
}
