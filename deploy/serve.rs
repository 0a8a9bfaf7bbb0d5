//! What `cargo run` starts: builds both programs, then becomes the gateway.
//!
//! `cargo run` builds a single program, and a gateway without a worker beside it cannot
//! serve. This one has cargo build the two in the profile it was built in itself, then
//! execs the gateway with the arguments it was given, so the process that the shell started
//! is the gateway and gets its signals. It mirrors the profile and the target directory;
//! `--target` and `--features` are not passed on.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::{convert::Infallible, env};

/// What cargo itself exits with when something does not compile.
const BUILD_FAILED: u8 = 101;

fn main() -> ExitCode {
    let Err((code, sentence)) = serve();
    let _ = writeln!(io::stderr(), "serve: {sentence}");
    ExitCode::from(code)
}

/// Returns only if there is no gateway to become: the exit code, and why.
fn serve() -> Result<Infallible, (u8, String)> {
    let this = env::current_exe().map_err(|error| (1, format!("no path to myself: {error}")))?;
    let (Some(programs), Some(target)) = (this.parent(), this.ancestors().nth(2)) else {
        return Err((1, format!("no target directory above {}", this.display())));
    };
    build(programs, target)?;
    let gateway = programs.join("framefarm");
    let mut command = without_package_variables(Command::new(&gateway));
    let error = command.args(env::args_os().skip(1)).exec();
    Err((1, format!("cannot run {}: {error}", gateway.display())))
}

/// Has cargo bring both programs up to date; it prints what does not compile.
fn build(programs: &Path, target: &Path) -> Result<(), (u8, String)> {
    let profile = match programs.file_name().and_then(|name| name.to_str()) {
        // Cargo's one profile whose directory has another name.
        Some("debug") | None => "dev",
        Some(same) => same,
    };
    let _ = writeln!(io::stderr(), "serve: building both programs ({profile})");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = without_package_variables(Command::new(cargo))
        .args(["build", "--quiet", "--profile", profile])
        .args(["--package", "framefarm"])
        .args(["--bin", "framefarm", "--bin", "framefarm-worker"])
        .arg("--manifest-path")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err((BUILD_FAILED, "the programs did not build".to_owned())),
        Err(error) => Err((BUILD_FAILED, format!("cannot run cargo: {error}"))),
    }
}

/// Takes out what cargo told this program about its own package. The inner cargo would hand
/// it to build scripts, which would find it changed, and recompile, on every alternation of
/// `cargo run` and `cargo build`. All other `CARGO_` variables are the user's, and stay.
fn without_package_variables(mut command: Command) -> Command {
    let prefixes = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
    ];
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if prefixes.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}
