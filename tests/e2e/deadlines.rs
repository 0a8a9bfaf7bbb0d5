//! A job that does not end is ended; a slot that timed out is never reused for its late reply.

use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::heavy;
use crate::postlude::{Baseline, is_alive, serves};
use crate::raw::Connection;
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
fn a_worker_that_is_deaf_to_signals_is_stopped_at_its_deadline_all_the_same() {
    let mut service = Service::with_fake("greets", &[("job_deadline_ms", "2000")]);
    let baseline = Baseline::of(&service);
    thread::scope(|scope| {
        let job = scope.spawn(|| service.post("/v1/process", b"deaf"));
        let pid = service.busy_pid();
        service.wait_until("it blocks signals", || blocks(pid, Signal::SIGTERM));
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGQUIT] {
            send_signal(pid, signal);
        }
        assert!(is_alive(pid));
        let answer = job.join().unwrap();
        assert_eq!(answer.verdict(), (504, "deadline_exceeded".to_owned()));
        service.wait_until("it is gone", || !is_alive(pid));
    });
    baseline.returns(&mut service);
}

/// Whether the process blocks the signal.
fn blocks(pid: i32, signal: Signal) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigBlk:"));
    let mask = u64::from_str_radix(mask.unwrap().trim(), 16).unwrap();
    mask & (1 << (signal as i32 - 1)) != 0
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
    let mut service = Service::start();
    let baseline = Baseline::of(&service);
    thread::scope(|scope| {
        let job = scope.spawn(|| service.post("/v1/process?op=zoomblur", &heavy::picture()));
        let pid = service.busy_pid();
        send_signal(pid, Signal::SIGSTOP);
        send_signal(pid, Signal::SIGCONT);
        assert_eq!(job.join().unwrap().verdict(), (200, String::new()));
        assert!(is_alive(pid));
    });
    baseline.returns(&mut service);
}

#[test]
fn waiting_past_the_deadline_is_a_queue_timeout_and_reaches_no_worker() {
    let settings = [("job_deadline_ms", "3000"), ("workers", "1")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let mark = service.folder().join("reached");
    let script = format!("die before starting, once:{}", mark.display());
    // Its clock starts with its head, before that of the job that will keep the worker.
    let mut waiting = Connection::to(&service);
    let length = script.len();
    let head = format!("POST /v1/process HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
    waiting.send(head.as_bytes());
    service.wait_until("its head is read", || service.status()["requests"] == 2);
    let mut earlier = Connection::to(&service);
    earlier.post("/v1/process", b"hang");
    service.busy_pid();
    waiting.send(script.as_bytes());
    let (status, head) = waiting.answer();
    assert_eq!(status, 503);
    assert!(head.contains("retry-after: "), "{head}");
    assert_eq!(earlier.answer().0, 504);
    baseline.returns(&mut service);
    assert!(!mark.exists(), "no worker ever saw it");
    assert_eq!(
        service.metric("framefarm_jobs_total{reason=\"queue_timeout\"}"),
        1.0
    );
}

#[test]
fn a_late_reply_never_reaches_the_next_job() {
    let settings = [("job_deadline_ms", "60"), ("workers", "1")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let enough = match std::env::var_os("CI") {
        Some(_) => 500,
        None => 50_u32,
    };
    // On a busy machine 60 ms are sometimes too short for anything, so rounds do not count.
    let until = Instant::now() + Duration::from_secs(300);
    let (mut late, mut echoed) = (0, 0);
    for round in 0.. {
        if late >= enough && echoed >= enough {
            break;
        }
        assert!(
            Instant::now() < until,
            "{round} rounds: {late} late, {echoed} echoed"
        );
        let script = format!("answer late:80:{round}");
        let answer = service.post("/v1/process", script.as_bytes());
        assert_ne!(answer.status, 200);
        late += u32::from(answer.code() == "deadline_exceeded");
        let tag = format!("an echo of round {round}");
        let next = service.post("/v1/process", tag.as_bytes());
        if next.status == 200 {
            assert_eq!(String::from_utf8_lossy(&next.body), tag);
            echoed += 1;
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

#[test]
fn a_job_that_computes_too_long_is_stopped_before_its_deadline() {
    let settings = [("job_cpu_ms", "1000"), ("job_deadline_ms", "60000")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let answer = service.post("/v1/process", b"spin");
    assert_eq!(answer.verdict(), (422, "cpu_limit".to_owned()));
    assert_eq!(answer.json()["signal"], 24);
    baseline.returns(&mut service);
}

#[test]
fn the_cpu_time_of_one_job_is_not_held_against_the_next() {
    let settings = [
        ("job_cpu_ms", "1000"),
        ("workers", "1"),
        ("worker_jobs_max", "1000000"),
    ];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let before = service.idle_pids();
    // Some long ones and many short ones, which together use several times the budget.
    let short = match std::env::var_os("CI") {
        Some(_) => 1000,
        None => 200,
    };
    for job in ["burn:400"; 10].into_iter().chain(vec!["burn:10"; short]) {
        assert_eq!(service.post("/v1/process", job.as_bytes()).status, 200);
    }
    assert_eq!(service.idle_pids(), before);
    baseline.returns(&mut service);
}
