//! `docs/operations.md` says what the catalogue says. Its pictures are judged by the end-to-end
//! tests, which have a service to make them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed expectation is a failed test"
)]

#[path = "documentation/page.rs"]
mod page;

use std::path::Path;

#[test]
fn the_documentation_lists_exactly_these_operations() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let found = std::fs::read_to_string(path).unwrap_or_default();
    let wanted = page::text();
    let line = found
        .lines()
        .zip(wanted.lines())
        .position(|(found, wanted)| found != wanted)
        .unwrap_or_else(|| found.lines().count().min(wanted.lines().count()));
    assert!(
        found == wanted,
        "docs/operations.md is out of date from line {} on, which must be:\n{}\n\
         `REGENERATE=1 cargo test --test e2e -- generated` writes it and its pictures",
        line + 1,
        wanted.lines().nth(line).unwrap_or("(nothing)"),
    );
}

#[test]
fn every_operation_has_its_picture() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    for spec in protocol::CATALOGUE {
        for name in [page::source(spec), page::picture(spec)] {
            let path = folder.join(page::FOLDER).join(name);
            assert!(path.is_file(), "{} is missing", path.display());
        }
    }
}
