//! Equal requests in progress share one job, and the end of it.

use std::thread;

use nix::sys::resource::{Resource, getrlimit};
use nix::sys::signal::Signal;

use crate::postlude::Baseline;
use crate::raw::Connection;
use crate::service::{Service, send_signal};

const ON: (&str, &str) = ("cache_bytes", "1 MiB");
/// Longer than any of these tests takes.
const PATIENT: (&str, &str) = ("job_deadline_ms", "600000");

/// A service whose only worker is busy until the connection is dropped, and how it was before.
fn busy() -> (Service, Baseline, Connection) {
    let service = Service::with_fake("greets", &[ON, PATIENT, ("workers", "1")]);
    let baseline = Baseline::of(&service);
    let first = posted(&service, b"hang");
    service.busy_pid();
    (service, baseline, first)
}

fn posted(service: &Service, body: &[u8]) -> Connection {
    let mut connection = Connection::to(service);
    connection.post("/v1/process", body);
    connection
}

/// Waits until so many requests wait for an answer.
fn in_progress(service: &Service, requests: usize) {
    service.wait_until("all have come", || {
        // This one counts too.
        service.status()["requests"] == requests + 1
    });
}

#[test]
fn ten_thousand_equal_requests_are_one_job() {
    const PIPELINED: usize = 10;
    let descriptors = getrlimit(Resource::RLIMIT_NOFILE).unwrap().0 as usize;
    let connections = (descriptors / 4).clamp(100, 1000);
    let (mut service, baseline, busy) = busy();
    let done = "framefarm_jobs_total{reason=\"done\"}";
    let before = service.metric(done);
    let body = [b"echo\n".as_slice(), &[b'x'; 500]].concat();
    let mut clients: Vec<_> = (0..connections).map(|_| posted(&service, &body)).collect();
    in_progress(&service, connections + 1);
    let status = service.status();
    assert_eq!(status["queue"]["jobs"], 1);
    assert_eq!(status["cache"]["in_progress"], 2);
    // The last to come has its own for a moment longer than it takes to be counted.
    service.wait_until("one copy is held for all", || {
        service.status()["source_bytes"].as_u64() < Some(2 * body.len() as u64)
    });
    for client in &mut clients {
        (1..PIPELINED).for_each(|_| client.post("/v1/process", &body));
    }
    drop(busy);
    let mut collapsed = 0;
    for client in &mut clients {
        for _ in 0..PIPELINED {
            let (status, head) = client.answer();
            assert_eq!(status, 200);
            collapsed += usize::from(head.contains("; collapsed"));
        }
    }
    assert!(collapsed >= connections - 1, "{collapsed}");
    assert_eq!(service.metric("framefarm_cache_misses_total"), 1.0);
    let asked = (connections * PIPELINED) as f64;
    let hits = service.metric("framefarm_cache_hits_total");
    let waited = service.metric("framefarm_cache_collapsed_total");
    assert_eq!(hits + waited, asked - 1.0);
    assert_eq!(service.metric(done) - before, 1.0);
    drop(clients);
    // The allocator keeps what the buffers of so many connections took, shared job or not.
    baseline.returns_without_leak(&mut service, connections as u64 * (192 << 10));
}

#[test]
fn a_job_goes_on_while_anybody_waits_and_is_given_up_with_the_last() {
    let (mut service, baseline, busy) = busy();
    let first = posted(&service, b"echo");
    in_progress(&service, 2);
    let mut second = posted(&service, b"echo");
    in_progress(&service, 3);
    drop(first);
    in_progress(&service, 2);
    assert_eq!(
        service.status()["queue"]["jobs"],
        1,
        "the second still waits"
    );
    drop(busy);
    let (status, head) = second.answer();
    assert_eq!(status, 200);
    assert!(head.contains("framefarm; fwd=miss; collapsed"), "{head}");

    let waiting = [posted(&service, b"hang"), posted(&service, b"hang")];
    in_progress(&service, 2);
    let cancelled = service.metric("framefarm_cancelled_total");
    let pid = service.busy_pid();
    drop(waiting);
    service.wait_until("it has a new worker", || {
        service.workers()[0].pid != Some(pid)
    });
    assert_eq!(service.metric("framefarm_cancelled_total"), cancelled + 1.0);
    service.wait_until("nothing is in progress", || {
        service.status()["cache"]["in_progress"] == 0
    });
    baseline.returns(&mut service);
}

#[test]
fn an_error_is_shared_by_those_who_wait_and_never_kept() {
    let (mut service, baseline, busy) = busy();
    let mut waiting: Vec<_> = (0..20).map(|_| posted(&service, b"exit:42")).collect();
    in_progress(&service, 21);
    let crashed = "framefarm_worker_deaths_total";
    let before = service.metric(crashed);
    drop(busy);
    for client in &mut waiting {
        assert_eq!(client.answer().0, 502);
    }
    assert_eq!(service.metric(crashed) - before, 1.0, "one worker for all");
    let again = service.post("/v1/process", b"exit:42");
    assert_eq!(again.verdict(), (502, "worker_crashed".to_owned()));
    assert_eq!(service.metric(crashed) - before, 2.0, "it was tried again");
    for _ in 0..2 {
        let locked_out = service.post("/v1/process", b"exit:42");
        assert_eq!(locked_out.verdict(), (422, "quarantined".to_owned()));
    }
    let other = service.post("/v1/process", b"echo");
    assert_eq!(other.body, b"echo");
    drop(waiting);
    baseline.returns(&mut service);
}

#[test]
fn a_worker_that_is_killed_from_outside_costs_one_of_all_who_wait() {
    let mut service = Service::with_fake("greets", &[ON, PATIENT, ("workers", "1")]);
    let baseline = Baseline::of(&service);
    let mut first = posted(&service, b"hang");
    let pid = service.busy_pid();
    let others: Vec<_> = (0..5).map(|_| posted(&service, b"hang")).collect();
    in_progress(&service, 6);
    send_signal(pid, Signal::SIGKILL);
    assert_eq!(first.answer().0, 502);
    service.wait_until("the others have another job", || {
        let worker = &service.workers()[0];
        worker.is_running() && worker.pid != Some(pid)
    });
    let status = service.status();
    assert_eq!(status["cache"]["in_progress"], 1);
    assert_eq!(status["queue"]["jobs"], 0);
    drop((first, others));
    baseline.returns(&mut service);
}

#[test]
fn equal_requests_that_come_and_go_at_random_leave_nothing_behind() {
    let mut service = Service::with_fake("greets", &[ON, ("queue_jobs", "1000")]);
    let baseline = Baseline::of(&service);
    thread::scope(|scope| {
        for client in 0..4_usize {
            let service = &service;
            scope.spawn(move || {
                for round in 0..200 {
                    let body = format!("answer late:3\n{}", round / 5);
                    let mut connection = posted(service, body.as_bytes());
                    if (client + round) % 3 > 0 {
                        assert_eq!(connection.answer().0, 200);
                    }
                }
            });
        }
    });
    service.wait_until("nothing is in progress", || {
        service.status()["cache"]["in_progress"] == 0
    });
    assert_eq!(service.status()["source_bytes"], 0);
    baseline.returns(&mut service);
}
