//! The gateway: speaks HTTP, fetches, queues, supervises. It never sees a pixel.
//!
//! [`run`] is the whole program; `life.rs` is the life of the service from settings to drain.

mod cli;
mod fetch;
mod http;
mod intake;
mod life;
mod pool;
mod replay;
mod settings;
mod telemetry;

use std::io;
use std::process::ExitCode;

use cli::Invocation;
use life::LifeError;
use replay::Replay;
use settings::Settings;

/// The whole program: settings → telemetry → the life of the service.
#[must_use]
pub fn run() -> ExitCode {
    match Invocation::read(std::env::args_os(), std::env::vars_os()) {
        Invocation::Serve(settings) => serve(*settings),
        Invocation::Replay(replay) => again(*replay),
        Invocation::Say(answer) => answer.give(),
    }
}

fn serve(settings: Settings) -> ExitCode {
    telemetry::start(&settings);
    let lived = on_a_runtime(settings.http_threads, life::live(settings));
    match lived.map_err(LifeError::Runtime).flatten() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the gateway ends");
            ExitCode::FAILURE
        }
    }
}

fn again(replay: Replay) -> ExitCode {
    telemetry::start(&replay.settings);
    let replayed = on_a_runtime(1, replay.run());
    cli::replayed(
        replayed
            .map_err(|error| format!("no async runtime: {error}"))
            .flatten(),
    )
    .give()
}

fn on_a_runtime<T>(threads: usize, life: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()?;
    let result = runtime.block_on(life);
    // Whatever is still going on is not waited for: all that matters has been.
    runtime.shutdown_background();
    Ok(result)
}
