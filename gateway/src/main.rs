//! The program `framefarm`; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::run()
}
