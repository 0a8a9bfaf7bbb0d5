//! A job that does not end is ended; a slot that timed out is never reused for its late reply.

use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::heavy;
use crate::postlude::{Baseline, is_alive, serves};
use crate::service::{Service, send_signal};

/// A deadline short enough to wait for, far from every other time that is set.
const SHORT: [(&str, &str); 1] = [("job_deadline_ms", "1000")];

#[test]
fn a_job_that_runs_for_ever_is_stopped_at_its_deadline() {
    let mut service = Service::with(&SHORT);
    let baseline = Baseline::of(&service);
    thread::scope(|scope| {
        let begun = Instant::now();
        let job = scope.spawn(|| heavy::post(&service));
        let pid = service.busy_pid();
        let answer = job.join().unwrap();
        assert_eq!(answer.verdict(), (504, "deadline_exceeded".to_owned()));
        assert_eq!(answer.json()["limit"], "job_deadline_ms");
        assert_eq!(answer.json()["max"], 1000);
        assert!(begun.elapsed() >= Duration::from_secs(1));
        service.wait_until("its worker is gone", || !is_alive(pid));
    });
    let verdict = service
        .post("/blur/?sigma=250", &heavy::picture())
        .verdict();
    assert!(
        verdict == (422, "deadline_exceeded".to_owned()) || verdict.0 == 200,
        "the effect routes have their own status: {verdict:?}"
    );
    serves(&service);
    baseline.returns(&mut service);
}

#[test]
fn a_worker_that_sleeps_for_ever_is_stopped_at_its_deadline() {
    let mut service = Service::with_fake("greets", &SHORT);
    let baseline = Baseline::of(&service);
    let answer = service.post("/invert/", b"hang");
    assert_eq!(answer.verdict(), (422, "deadline_exceeded".to_owned()));
    baseline.returns(&mut service);
}

#[test]
fn a_stopped_worker_is_killed_at_the_deadline_of_its_job() {
    let mut service = Service::with(&[("job_deadline_ms", "2000")]);
    let baseline = Baseline::of(&service);
    thread::scope(|scope| {
        let job = scope.spawn(|| heavy::post(&service));
        let pid = service.busy_pid();
        send_signal(pid, Signal::SIGSTOP);
        let answer = job.join().unwrap();
        assert_eq!(answer.verdict(), (504, "deadline_exceeded".to_owned()));
        service.wait_until("it is gone though stopped", || !is_alive(pid));
    });
    baseline.returns(&mut service);
}

#[test]
fn an_idle_worker_that_was_stopped_loses_its_next_job_to_another() {
    let mut service = Service::with(&[("job_deadline_ms", "20000")]);
    let baseline = Baseline::of(&service);
    let stopped = service.idle_pids()[0];
    send_signal(stopped, Signal::SIGSTOP);
    serves(&service);
    assert_eq!(service.metric("framefarm_retries_total"), 1.0);
    service.wait_until("it is replaced", || !is_alive(stopped));
    baseline.returns(&mut service);
}

#[test]
fn a_worker_stopped_and_continued_finishes_its_job() {
    let service = Service::start();
    thread::scope(|scope| {
        let job = scope.spawn(|| service.post("/v1/process?op=blur:250", &heavy::picture()));
        let pid = service.busy_pid();
        send_signal(pid, Signal::SIGSTOP);
        send_signal(pid, Signal::SIGCONT);
        assert_eq!(job.join().unwrap().verdict(), (200, String::new()));
    });
}

#[test]
fn waiting_past_the_deadline_is_a_queue_timeout_and_reaches_no_worker() {
    let settings = [("job_deadline_ms", "1500"), ("workers", "1")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let mark = service.folder().join("reached");
    let script = format!("die before starting, once:{}", mark.display());
    thread::scope(|scope| {
        let earlier = scope.spawn(|| service.post("/v1/process", b"answer late:60000"));
        service.busy_pid();
        // The worker is killed at the first job's deadline, so this one must be over before.
        let mut waiting = crate::raw::Connection::to(&service);
        waiting.post("/v1/process", script.as_bytes());
        service.wait_until("it waits", || service.status()["queue"]["jobs"] == 1);
        send_signal(service.busy_pid(), Signal::SIGSTOP);
        assert_eq!(earlier.join().unwrap().code(), "deadline_exceeded");
        let (status, head) = waiting.answer();
        assert!(
            status == 200 || (status == 503 && head.contains("retry-after: ")),
            "{head}"
        );
        assert_eq!(status == 503, !mark.exists());
    });
    baseline.returns(&mut service);
}

#[test]
fn a_late_reply_never_reaches_the_next_job() {
    let settings = [("job_deadline_ms", "60"), ("workers", "1")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    for round in 0..100 {
        let late = service.post("/v1/process", format!("answer late:80:{round}").as_bytes());
        assert_eq!(late.code(), "deadline_exceeded");
        let tag = format!("an echo of round {round}");
        let next = service.post("/v1/process", tag.as_bytes());
        // Under load 60 ms may be too short for anything; a wrong body never is right.
        if next.status == 200 {
            assert_eq!(String::from_utf8_lossy(&next.body), tag);
        }
    }
    baseline.returns(&mut service);
}

#[test]
fn a_reply_that_drips_in_does_not_stop_the_clock() {
    let mut service = Service::with_fake("greets", &SHORT);
    let baseline = Baseline::of(&service);
    let answer = service.post("/v1/process", b"drip");
    assert_eq!(answer.verdict(), (504, "deadline_exceeded".to_owned()));
    baseline.returns(&mut service);
}
