//! Where the programs are: where cargo put them, or in the folder that `TEST_PROGRAMS` names, laid
//! out like cargo's own, for a user or a machine without cargo.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::manifest::say;

/// One of the two programs that are shipped.
pub(crate) fn program(name: &str) -> PathBuf {
    match prebuilt() {
        Some(folder) => folder.join(name),
        None => PathBuf::from(match name {
            "framefarm" => env!("CARGO_BIN_EXE_framefarm"),
            "framefarm-worker" => env!("CARGO_BIN_EXE_framefarm-worker"),
            _ => panic!("no program {name:?} is shipped"),
        }),
    }
}

/// What the gateway's program says to these arguments.
pub(crate) fn framefarm(arguments: &[&str]) -> Output {
    framefarm_in(arguments, &[])
}

/// The same in this environment.
pub(crate) fn framefarm_in(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(program("framefarm"))
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

/// A program for tests, built with the profile of this one.
pub(crate) fn example(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = BUILT.get_or_init(|| prebuilt().unwrap_or_else(build_examples));
    folder.join("examples").join(name)
}

/// Says that a test cannot run for want of a program, which the gate does not let pass.
pub(crate) fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    say(&format!("skipped: {why}"));
}

/// A folder that every user can look into, for programs that run as somebody else.
pub(crate) fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let everybody = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(folder.path(), everybody).unwrap();
    folder
}

/// What becomes the gateway when this command, such as `env A=b`, has done its part.
pub(crate) fn gateway_behind(prefix: &[&str]) -> Command {
    let mut command = Command::new(prefix[0]);
    command.args(&prefix[1..]).arg(program("framefarm"));
    command
}

fn prebuilt() -> Option<PathBuf> {
    std::env::var_os("TEST_PROGRAMS").map(PathBuf::from)
}

fn build_examples() -> PathBuf {
    let programs = Path::new(env!("CARGO_BIN_EXE_framefarm")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    // What cargo sets for this very test would make every dependency look changed.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo.args(["build", "--quiet", "--examples", "--target-dir"]);
    cargo.arg(programs.parent().unwrap());
    if programs.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(status.success(), "the programs for tests cannot be built");
    programs.to_owned()
}
