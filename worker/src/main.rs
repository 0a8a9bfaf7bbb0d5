//! The program `framefarm-worker`; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    worker::run()
}
