//! The gateway: speaks HTTP, fetches, queues, supervises. It never sees a pixel.
//!
//! [`run`] is the whole program; `life.rs` is the life of the service from settings to drain.

mod cli;
mod fetch;
mod http;
mod in_force;
mod intake;
mod life;
mod pool;
mod settings;
mod telemetry;

use std::process::ExitCode;

use cli::{Invocation, Orders};
use life::{LifeError, Program};
use telemetry::Log;

/// The whole program: settings → telemetry → the life of the service.
#[must_use]
pub fn run() -> ExitCode {
    // Before anybody can have replaced it.
    let program = Program::of_this_process();
    let invocation = Invocation::read(std::env::args_os(), std::env::vars_os());
    let orders = match invocation.answer() {
        Ok(orders) => orders,
        Err(exit_code) => return exit_code,
    };
    let log = telemetry::start(&orders.configuration.settings);
    match serve(program, orders, log) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the gateway ends");
            ExitCode::FAILURE
        }
    }
}

fn serve(program: Program, orders: Orders, log: Log) -> Result<(), LifeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(orders.configuration.settings.http_threads)
        .enable_all()
        .build()
        .map_err(LifeError::Runtime)?;
    // On the thread of `main`, on which `life/strangers.rs` relies.
    let result = runtime.block_on(life::live(program, orders, log));
    // Whatever is still going on is not waited for: all that matters has been.
    runtime.shutdown_background();
    result
}
