//! Where log lines go: to stderr, for people or as JSON lines. What is logged is each
//! module's own business.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, Settings};

/// Starts logging for the whole process; the first call wins, so that tests which start
/// several gateways in one process share one log.
pub(crate) fn start(settings: &Settings) {
    let filter = EnvFilter::builder().parse_lossy(&settings.log);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A log that cannot be written (a full disk, a reader that has gone) must cost nothing
        // but the log: by default the library panics on it.
        .log_internal_errors(false)
        .with_writer(io::stderr);
    let started = match settings.log_format {
        LogFormat::Human => builder.with_ansi(wants_colour()).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging was started before; its settings stay");
    }
}

/// <https://no-color.org> asks that any non-empty value turns colours off.
fn wants_colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !refused
}
