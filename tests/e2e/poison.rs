//! A picture that kills workers is not tried for ever.

use nix::sys::signal::Signal;

use crate::postlude::Baseline;
use crate::service::{Service, send_signal};

#[test]
fn a_job_that_has_killed_two_workers_is_refused_without_a_third() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    for _ in 0..2 {
        let answer = service.post("/v1/process", b"exit:42");
        assert_eq!(answer.verdict(), (502, "worker_crashed".to_owned()));
    }
    let spawns = service.metric("framefarm_worker_spawns_total");
    for path in ["/v1/process", "/v1/process"] {
        let answer = service.post(path, b"exit:42");
        assert_eq!(answer.verdict(), (422, "quarantined".to_owned()));
        assert_eq!(answer.json()["strikes"], 2);
        assert!(answer.header("retry-after").is_some());
    }
    assert_eq!(service.status()["quarantined"], 1);
    assert_eq!(service.metric("framefarm_worker_spawns_total"), spawns);
    assert_eq!(
        service.post("/v1/process", b"echo").body,
        b"echo",
        "others may"
    );
    let answer = service.post("/v1/process?op=invert", b"exit:42");
    assert_eq!(
        answer.code(),
        "worker_crashed",
        "other operations are another job"
    );
    baseline.returns(&mut service);
}

#[test]
fn a_quarantine_ends() {
    let service = Service::with_fake("greets", &[("quarantine_ms", "500")]);
    for _ in 0..2 {
        service.post("/v1/process", b"exit:42");
    }
    assert_eq!(
        service.post("/v1/process", b"exit:42").code(),
        "quarantined"
    );
    service.wait_until("it may try again", || {
        service.post("/v1/process", b"exit:42").code() == "worker_crashed"
    });
}

#[test]
fn a_worker_killed_from_outside_is_nobodys_fault() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    // The same job again and again, and different ones.
    for job in ["hang", "hang", "hang", "hang:1", "hang:2"] {
        std::thread::scope(|scope| {
            let answer = scope.spawn(|| service.post("/v1/process", job.as_bytes()).code());
            send_signal(service.busy_pid(), Signal::SIGKILL);
            assert_eq!(answer.join().unwrap(), "worker_killed", "{job}");
        });
    }
    assert_eq!(service.status()["quarantined"], 0);
    baseline.returns(&mut service);
}
