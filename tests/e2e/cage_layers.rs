//! The cage from outside: what the kernel shows of a worker, and what the gateway makes of a
//! cage with gaps.

use std::path::Path;
use std::process::{Command, Output};

use nix::unistd::geteuid;

use crate::manifest::say;
use crate::service::{Service, example};

/// A line of `/proc/<pid>/status`.
fn status(pid: i32, name: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().trim_start_matches(':').trim().to_owned()
}

#[test]
fn the_kernel_shows_a_worker_without_rights_threads_or_filters_left_out() {
    let service = Service::start();
    let gateway_user = status(service.pid(), "Uid");
    for pid in service.idle_pids() {
        assert_eq!(status(pid, "Seccomp"), "2");
        assert_eq!(status(pid, "Seccomp_filters"), "2");
        assert_eq!(status(pid, "NoNewPrivs"), "1");
        assert_eq!(status(pid, "Threads"), "1");
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            assert_eq!(status(pid, set), "0000000000000000", "{set}");
        }
        if geteuid().is_root() {
            assert_ne!(status(pid, "Uid"), gateway_user);
            assert_eq!(status(pid, "Groups"), "");
        }
    }
}

/// Only root sees this of a process that is not dumpable.
#[test]
fn a_worker_has_a_socket_an_error_pipe_an_empty_root_and_nothing_else() {
    if !geteuid().is_root() {
        return say("NOT TESTED, only root can look into a caged worker");
    }
    let service = Service::start();
    let missing = service.status()["missing_layers"].to_string();
    for pid in service.idle_pids() {
        let process = Path::new("/proc").join(pid.to_string());
        let list = |name: &str| -> Vec<String> {
            let entries = std::fs::read_dir(process.join(name)).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.collect()
        };
        let mut descriptors = list("fd");
        descriptors.sort();
        assert_eq!(descriptors, ["0", "2"]);
        assert_eq!(std::fs::read(process.join("environ")).unwrap(), b"");
        if missing.contains("empty-root") {
            say("NOT TESTED, this system gives workers no root of their own");
        } else {
            assert_eq!(list("root"), [""; 0], "the root directory is empty");
            let network = std::fs::read_to_string(process.join("net/dev")).unwrap();
            assert_eq!(
                network.lines().count(),
                3,
                "two lines of heading and lo:\n{network}"
            );
        }
    }
}

#[test]
fn workers_of_a_root_gateway_each_have_a_user_of_their_own() {
    if !geteuid().is_root() {
        return say("NOT TESTED, only root can give its workers other users");
    }
    let service = Service::start();
    if service.status()["missing_layers"]
        .to_string()
        .contains("own-user")
    {
        return say("NOT TESTED, this system has no users for workers");
    }
    let pids = service.idle_pids();
    assert_ne!(status(pids[0], "Uid"), status(pids[1], "Uid"));
    assert_ne!(status(pids[0], "Gid"), status(pids[1], "Gid"));
}

#[test]
fn what_is_missing_is_listed_and_warned_of_once() {
    let service = Service::with_caged("unfiltered", &[]);
    service.idle_pids();
    let missing = service.status()["missing_layers"].to_string();
    assert!(missing.contains("\"system-call-filter\""), "{missing}");
    let log = service.log();
    let warnings: Vec<_> = log.lines().filter(|line| line.contains("gaps")).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("system-call-filter"), "{warnings:?}");
}

#[test]
fn a_required_cage_that_cannot_be_had_stops_the_start_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker@unfiltered");
    std::fs::copy(example("caged-worker"), &program).unwrap();
    let output = gateway(&[
        "--sandbox=required",
        &format!("--worker={}", program.display()),
    ]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    for part in ["required", "system-call-filter", "seccomp", "best-effort"] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

fn gateway(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_framefarm"))
        .args(["--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0"])
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn a_required_cage_that_stands_serves() {
    let probe = Service::start();
    let missing = probe.status()["missing_layers"].clone();
    if missing != serde_json::json!([]) {
        return say(&format!("NOT TESTED, this system lacks layers: {missing}"));
    }
    let service = Service::with(&[("sandbox", "required")]);
    assert_eq!(service.status()["missing_layers"], serde_json::json!([]));
}

#[test]
fn a_cage_that_is_off_is_said_to_be_off() {
    let service = Service::with(&[("sandbox", "off")]);
    let pid = service.idle_pids()[0];
    assert_eq!(status(pid, "Seccomp"), "0");
    let missing = service.status()["missing_layers"].to_string();
    for layer in ["system-call-filter", "empty-root", "landlock-files"] {
        assert!(missing.contains(layer), "{missing}");
    }
    assert!(!missing.contains("parent-death-signal"), "{missing}");
    assert!(!missing.contains("resource-limits"), "{missing}");
}
