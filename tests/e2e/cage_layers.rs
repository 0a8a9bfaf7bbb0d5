//! The cage from outside: what the kernel shows of a worker, and what the gateway makes of a
//! cage with gaps.

use std::path::Path;
use std::process::{Command, Output};

use nix::unistd::geteuid;

use crate::manifest::say;
use crate::programs::{gateway_behind, open_folder, program, skip};
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

/// A debugger, or somebody who reads memory, of the very user that the worker is.
#[test]
fn a_neighbour_of_the_same_user_cannot_attach_to_a_worker() {
    let service = Service::start();
    let missing = service.status()["missing_layers"].to_string();
    if missing.contains("not-dumpable") {
        return say("NOT TESTED, this system lets workers be read");
    }
    let folder = open_folder();
    let neighbour = folder.path().join("neighbour");
    std::fs::copy(example("caged-worker"), &neighbour).unwrap();
    for pid in service.idle_pids() {
        let user = status(pid, "Uid")
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned();
        let as_the_user = |program: &str| {
            if !geteuid().is_root() {
                return Command::new(program);
            }
            let mut command = Command::new("setpriv");
            command.args([format!("--reuid={user}"), format!("--regid={user}")]);
            command.args(["--clear-groups", "--inh-caps=-all", program]);
            command
        };
        let attach = |pid: &str| {
            let mut command = as_the_user(neighbour.to_str().unwrap());
            let output = command.args(["attach", pid]).output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        assert_eq!(attach(&pid.to_string()), "EPERM");
        for name in ["mem", "maps", "environ"] {
            let file = format!("/proc/{pid}/{name}");
            let output = as_the_user("cat").arg(file).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.contains("Permission denied"), "{name}: {said}");
        }
        // Some systems let nobody attach to anything but a child; where they do not, the test
        // sees that an ordinary process of that user can be attached to.
        let yama = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope");
        if yama.is_ok_and(|scope| scope.trim() != "0") {
            continue;
        }
        let mut open = as_the_user("sleep").arg("60").spawn().unwrap();
        let own = open.id().to_string();
        let attached = crate::service::holds_within(crate::service::PATIENCE, || {
            attach(&own) == "got through"
        });
        open.kill().unwrap();
        open.wait().unwrap();
        assert!(attached, "an open process can be attached to");
    }
}

/// A container or a distribution that allows nobody a user namespace: its limit is set to none
/// in a namespace that the gateway runs in.
#[test]
fn a_system_without_namespaces_is_named_by_layer() {
    let script = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"";
    let denied = [
        "unshare",
        "--user",
        "--map-root-user",
        "sh",
        "-c",
        script,
        "sh",
    ];
    let possible = Command::new(denied[0])
        .args(&denied[1..])
        .arg("true")
        .output()
        .unwrap();
    if !possible.status.success() {
        return skip("this system allows no user namespace to begin with");
    }
    let folder = open_folder();
    let service = Service::launch(folder, gateway_behind(&denied), &[]);
    service.wait_until("it serves with what there is", || {
        service.get("/readyz").status == 200
    });
    let missing = service.status()["missing_layers"].to_string();
    assert!(missing.contains("\"user-namespace\""), "{missing}");

    let output = gateway_behind(&denied)
        .args(["--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0"])
        .arg("--sandbox=required")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    for part in ["user-namespace", "max_user_namespaces", "best-effort"] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
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
    Command::new(program("framefarm"))
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
