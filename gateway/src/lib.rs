//! The gateway: speaks HTTP, fetches, queues, supervises. It never sees a pixel.
//!
//! [`run`] is the whole program; `life.rs` is the life of the service from settings to drain.

mod cli;
mod fetch;
mod http;
mod intake;
mod life;
mod pool;
mod settings;
mod telemetry;

use std::process::ExitCode;

use cli::Invocation;
use life::LifeError;
use settings::Settings;

/// The whole program: settings → telemetry → the life of the service.
#[must_use]
pub fn run() -> ExitCode {
    let invocation = Invocation::read(std::env::args_os(), std::env::vars_os());
    let settings = match invocation.answer() {
        Ok(settings) => settings,
        Err(exit_code) => return exit_code,
    };
    telemetry::start(&settings);
    match serve(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the gateway ends");
            ExitCode::FAILURE
        }
    }
}

fn serve(settings: Settings) -> Result<(), LifeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(settings.http_threads)
        .enable_all()
        .build()
        .map_err(LifeError::Runtime)?;
    let result = runtime.block_on(life::live(settings));
    // Whatever is still going on is not waited for: all that matters has been.
    runtime.shutdown_background();
    result
}
