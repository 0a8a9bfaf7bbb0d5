//! What is kept of a crash, and trying it again.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::service::Service;

pub(crate) fn bundles(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
        .collect();
    paths.sort();
    paths
}

/// Where the caged worker is that the service was started with.
fn worker(service: &Service) -> String {
    let path = service.folder().join("worker@filtered");
    path.to_str().unwrap().to_owned()
}

pub(crate) fn replay(service: &Service, bundle: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_framefarm"))
        .args(["replay", bundle.to_str().unwrap()])
        .args(["--worker", &worker(service)])
        .args(more)
        .output()
        .unwrap()
}

fn crash(service: &Service, script: &[u8]) {
    let answer = service.post("/v1/process?op=invert&op=blur:2&format=png", script);
    assert_eq!(answer.status, 502, "{:?}", answer.verdict());
}

#[test]
fn a_crash_is_kept_with_its_picture_and_comes_again() {
    let kept = tempfile::tempdir().unwrap();
    let folder = kept.path().join("crashes");
    let service = Service::with_caged(
        "filtered",
        &[
            ("crash_bundles", folder.to_str().unwrap()),
            ("crash_bundle_sources", "true"),
        ],
    );
    crash(&service, b"die: fault");
    service.wait_until("it is kept", || bundles(&folder).len() == 1);
    let bundle = &bundles(&folder)[0];
    let told: Value = serde_json::from_slice(&std::fs::read(bundle).unwrap()).unwrap();
    assert_eq!(told["death"]["signal"], 11);
    assert_eq!(told["death"]["cause"], "crashed");
    assert_eq!(
        told["operations"],
        serde_json::json!(["invert", "blur:sigma=2"])
    );
    assert_eq!(told["output"]["format"], "png");
    let source = folder.join(told["source"]["file"].as_str().unwrap());
    assert_eq!(std::fs::read(source).unwrap(), b"die: fault");

    let again = replay(&service, bundle, &[]);
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(again.status.success(), "{again:?}");
    assert!(said.contains("the same end again"), "{said}");
    assert!(said.contains("\"signal\": 11"), "{said}");
}

#[test]
fn without_its_picture_a_crash_asks_for_it_by_digest() {
    let kept = tempfile::tempdir().unwrap();
    let folder = kept.path().to_str().unwrap();
    let service = Service::with_caged("filtered", &[("crash_bundles", folder)]);
    crash(&service, b"attempt: open");
    service.wait_until("it is kept", || bundles(kept.path()).len() == 1);
    let bundle = &bundles(kept.path())[0];
    let told: Value = serde_json::from_slice(&std::fs::read(bundle).unwrap()).unwrap();
    assert_eq!(told["death"]["cause"], "sandbox_violation");
    assert_eq!(told["death"]["syscall"], nix::libc::SYS_openat);
    assert!(
        told["source"]["file"].is_null(),
        "pictures are strangers' property"
    );

    let refused = replay(&service, bundle, &[]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains(told["source"]["sha256"].as_str().unwrap()),
        "{said}"
    );

    let other = kept.path().join("other");
    std::fs::write(&other, b"attempt: socket").unwrap();
    let refused = replay(&service, bundle, &["--source", other.to_str().unwrap()]);
    assert_eq!(
        refused.status.code(),
        Some(2),
        "it is another picture: {refused:?}"
    );

    let source = kept.path().join("source");
    std::fs::write(&source, b"attempt: open").unwrap();
    let again = replay(&service, bundle, &["--source", source.to_str().unwrap()]);
    assert!(again.status.success(), "{again:?}");
}

#[test]
fn a_crash_that_does_not_come_again_is_told_by_the_exit_code() {
    let kept = tempfile::tempdir().unwrap();
    let service = Service::with_caged(
        "filtered",
        &[
            ("crash_bundles", kept.path().to_str().unwrap()),
            ("crash_bundle_sources", "true"),
        ],
    );
    crash(&service, b"die: fault");
    service.wait_until("it is kept", || bundles(kept.path()).len() == 1);
    let bundle = &bundles(kept.path())[0];
    // As after a fix: the real worker takes the script for what it is, no picture.
    let mended = Command::new(env!("CARGO_BIN_EXE_framefarm"))
        .args(["replay", bundle.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(mended.status.code(), Some(1), "{mended:?}");
    let said = String::from_utf8_lossy(&mended.stderr).into_owned();
    assert!(
        said.contains("another end") && said.contains("NotAnImage"),
        "{said}"
    );
}

#[test]
fn the_folder_never_holds_more_than_it_may() {
    let kept = tempfile::tempdir().unwrap();
    let service = Service::with_caged(
        "filtered",
        &[
            ("crash_bundles", kept.path().to_str().unwrap()),
            ("crash_bundle_sources", "true"),
            ("crash_bundles_bytes_max", "1 MiB"),
        ],
    );
    std::fs::write(kept.path().join("notes.txt"), vec![b'x'; 2 << 20]).unwrap();
    let kept_so_far = || service.log().matches("crash kept").count();
    for round in 0..4_usize {
        let mut script = b"die: fault".to_vec();
        // The script is one line; what follows it makes the pictures large and different.
        script.extend(vec![b' '; 400_000 + round]);
        crash(&service, &script);
        service.wait_until("it is kept", || kept_so_far() == round + 1);
    }
    let ours = std::fs::read_dir(kept.path())
        .unwrap()
        .map(|entry| entry.unwrap());
    let ours = ours.filter(|entry| entry.file_name().to_string_lossy().starts_with("crash-"));
    let bytes: u64 = ours.map(|entry| entry.metadata().unwrap().len()).sum();
    assert!((400_000..=1 << 20).contains(&bytes), "{bytes}");
    assert!(
        kept.path().join("notes.txt").exists(),
        "other files are not ours to remove"
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_refused_at_the_start() {
    let output = Command::new(env!("CARGO_BIN_EXE_framefarm"))
        .args(["--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0"])
        .arg("--crash-bundles=/dev/null/crashes")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("crash_bundles") && said.contains("/dev/null/crashes"),
        "{said}"
    );
}
