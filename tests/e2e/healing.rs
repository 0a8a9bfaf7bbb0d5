//! Workers that cannot start: the gateway says so, waits longer and longer, and recovers by
//! itself.

use std::time::Duration;

use crate::postlude::Baseline;
use crate::service::{Service, holds_within};

#[test]
fn a_worker_that_exits_at_once_is_retried_with_pauses_until_it_is_repaired() {
    let service = Service::with_fake("exits-until-repaired", &[]);
    assert_eq!(service.get("/livez").status, 200);
    service.wait_until("no worker is expected any more", || {
        service.status()["broken"] == true
    });
    assert_eq!(service.get("/readyz").status, 503);
    let answer = service.post("/v1/process", b"echo");
    assert_eq!(answer.verdict(), (503, "no_workers".to_owned()));
    assert!(answer.header("retry-after").is_some());

    let spawns = || service.metric("framefarm_worker_spawns_total");
    let before = spawns();
    // 400 ms of pause and more for each of two slots: a handful of starts a second at most.
    holds_within(Duration::from_secs(1), || false);
    assert!(
        spawns() - before <= 8.0,
        "{} starts in a second",
        spawns() - before
    );

    std::fs::write(service.folder().join("repaired"), "").unwrap();
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    assert_eq!(service.post("/v1/process", b"echo").body, b"echo");
}

#[test]
fn a_worker_that_never_greets_is_killed_and_the_others_serve() {
    let settings = [("worker_start_timeout_ms", "1000")];
    let mut service = Service::with_fake("first-is-silent", &settings);
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    let silent = service
        .workers()
        .into_iter()
        .find(|worker| worker.state == "starting");
    assert_eq!(service.post("/v1/process", b"echo").body, b"echo");
    let silent = silent.expect("one worker is still starting");
    service.wait_until("it is replaced", || {
        service.workers()[silent.slot].pid != silent.pid
    });
    Baseline::of(&service).returns(&mut service);
    assert!(service.log().contains("start_timeout"));
}

#[test]
fn a_worker_program_that_does_not_exist_is_a_clear_error_at_the_start() {
    let program = env!("CARGO_BIN_EXE_framefarm");
    let output = std::process::Command::new(program)
        .args([
            "--worker=/no/such/worker",
            "--listen=127.0.0.1:0",
            "--admin-listen=127.0.0.1:0",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("/no/such/worker") && said.contains("set worker"),
        "{said}"
    );
}
