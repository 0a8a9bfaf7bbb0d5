//! The gateway: speaks HTTP, fetches, queues, supervises. It never sees a pixel.
//!
//! [`run`] is the whole program; `life.rs` is the life of the service from settings to drain.

mod access;
mod cache;
mod cli;
mod fetch;
mod http;
mod in_force;
mod intake;
mod life;
mod pool;
mod replay;
mod settings;
mod spans;
mod telemetry;

use std::io;
use std::process::ExitCode;

use cli::{Invocation, Orders};
use life::{LifeError, Program};
use replay::Replay;

/// The whole program: settings → telemetry → the life of the service.
#[must_use]
pub fn run() -> ExitCode {
    // Before anybody can have replaced it.
    let program = Program::of_this_process();
    match Invocation::read(std::env::args_os(), std::env::vars_os()) {
        Invocation::Serve(orders) => serve(program, *orders),
        Invocation::Replay(replay) => again(*replay),
        Invocation::Print(text) => cli::print(&text),
        Invocation::Failed(text, status) => cli::fail(&text, status),
    }
}

fn serve(program: Program, orders: Orders) -> ExitCode {
    let settings = &orders.configuration.settings;
    let (log, threads) = (telemetry::start(settings), settings.http_threads);
    let lived = on_a_runtime(threads, life::live(program, orders, log));
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
    let no_runtime = |error| format!("no async runtime: {error}");
    cli::replayed(replayed.map_err(no_runtime).flatten())
}

fn on_a_runtime<T>(threads: usize, life: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()?;
    // On the thread of `main`, on which `life/strangers.rs` relies.
    let result = runtime.block_on(life);
    // Whatever is still going on is not waited for: all that matters has been.
    runtime.shutdown_background();
    Ok(result)
}
