//! What the service makes and the repository keeps: the page of operations with its pictures
//! (`docs/operations`), and what every operation makes of some small pictures (`tests/golden`).
//! These tests say what is out of date; with `REGENERATE=1` they write it.

mod documentation;
mod golden;
mod sheet;

use std::path::{Path, PathBuf};

/// Says that what is kept is to be written, not compared.
const VARIABLE: &str = "REGENERATE";
/// How to do that, for whoever reads a failure.
const HOW: &str = "if that is as it should be, `REGENERATE=1 cargo test --test e2e -- generated` \
                   writes what is kept anew";

fn regenerating() -> bool {
    let regenerating = std::env::var_os(VARIABLE).is_some_and(|value| value == "1");
    assert!(
        !regenerating || std::env::var_os("CI").is_none(),
        "{VARIABLE} would make the gate pass whatever the service does"
    );
    regenerating
}

/// A folder of the repository.
fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Where failures leave pictures to look at.
fn leavings() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Files in a folder that are not among those wanted, which are removed when regenerating.
fn leftovers(folder: &Path, wanted: &[String]) -> Vec<String> {
    let mut left = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_file() && !wanted.contains(&name) {
            if regenerating() {
                std::fs::remove_file(entry.path()).unwrap();
            } else {
                left.push(format!("{} belongs to nothing", entry.path().display()));
            }
        }
    }
    left
}

/// Writes what is kept.
fn keep(path: &Path, bytes: &[u8]) {
    if std::fs::read(path).is_ok_and(|found| found == bytes) {
        return;
    }
    std::fs::write(path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
