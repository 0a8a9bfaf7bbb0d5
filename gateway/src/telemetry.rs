//! Where log lines go: to stderr, for people or as JSON lines. What is logged is each
//! module's own business.

use std::fmt;
use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, Settings};

/// The process's log, whose filter can be exchanged.
pub(crate) struct Log {
    set_filter: Option<Box<dyn Fn(EnvFilter) + Send + Sync>>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").finish_non_exhaustive()
    }
}

impl Log {
    /// From now on logs what these settings say.
    pub(crate) fn follow(&self, settings: &Settings) {
        if let Some(set_filter) = &self.set_filter {
            set_filter(filter(settings));
        }
    }
}

/// Starts logging for the whole process; the first call wins, so that tests which start
/// several gateways in one process share one log.
pub(crate) fn start(settings: &Settings) -> Log {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter(settings))
        // A log that cannot be written (a full disk, a reader that has gone) must cost nothing
        // but the log: by default the library panics on it.
        .log_internal_errors(false)
        .with_writer(io::stderr);
    // The two are of different types. Exchanging fails only without a log, which has no filter.
    macro_rules! started {
        ($builder:expr) => {{
            let builder = $builder.with_filter_reloading();
            let filter = builder.reload_handle();
            let set: Box<dyn Fn(EnvFilter) + Send + Sync> =
                Box::new(move |new| drop(filter.reload(new)));
            builder.try_init().map(|()| set)
        }};
    }
    let set_filter = match settings.log_format {
        LogFormat::Human => started!(builder.with_ansi(wants_colour())),
        LogFormat::Json => started!(builder.json().flatten_event(true)),
    };
    if set_filter.is_err() {
        tracing::debug!("logging was started before; its settings stay");
    }
    Log {
        set_filter: set_filter.ok(),
    }
}

fn filter(settings: &Settings) -> EnvFilter {
    EnvFilter::builder().parse_lossy(&settings.log)
}

/// <https://no-color.org> asks that any non-empty value turns colours off.
fn wants_colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !refused
}
