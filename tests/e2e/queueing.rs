//! Jobs that wait: in the order in which they came, within a budget of bytes, and not at the
//! cost of a worker before they are complete.

use std::thread;
use std::time::Duration;

use crate::made;
use crate::postlude::{Baseline, rss_peak_bytes, serves};
use crate::raw::Connection;
use crate::service::{Service, holds_within};

fn waits(service: &Service, jobs: usize) {
    service.wait_until("so many wait", || service.status()["queue"]["jobs"] == jobs);
}

#[test]
fn equal_jobs_are_begun_in_the_order_in_which_they_came() {
    const JOBS: usize = 12;
    let settings = [("workers", "1"), ("queue_jobs", "20")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let notes = service.folder().join("notes");
    let mut first = Connection::to(&service);
    first.post("/v1/process", b"answer late:1500");
    service.busy_pid();
    let mut connections: Vec<_> = (0..JOBS)
        .map(|job| {
            let mut connection = Connection::to(&service);
            let script = format!("note:{}:{job}", notes.display());
            connection.post("/v1/process", script.as_bytes());
            waits(&service, job + 1);
            connection
        })
        .collect();
    for connection in &mut connections {
        assert_eq!(connection.answer().0, 200);
    }
    let noted = std::fs::read_to_string(&notes).unwrap();
    let expected: String = (0..JOBS).map(|job| format!("{job}\n")).collect();
    assert_eq!(noted, expected);
    drop((first, connections));
    baseline.returns(&mut service);
}

/// Nobody waits longer than those before it take, and not for a neighbour while a worker is free.
#[test]
fn a_wait_is_bounded_by_the_work_ahead_of_it() {
    const WORKERS: usize = 2;
    const JOBS: usize = 16;
    const JOB_MS: f64 = 100.0;
    let mut service = Service::with_fake("greets", &[("queue_jobs", "100")]);
    let baseline = Baseline::of(&service);
    let mut waits_ms: Vec<f64> = thread::scope(|scope| {
        let jobs: Vec<_> = (0..JOBS)
            .map(|job| {
                let script = format!("answer late:{JOB_MS}:{job}");
                let service = &service;
                scope.spawn(move || service.post("/v1/process", script.as_bytes()))
            })
            .collect();
        let answers = jobs.into_iter().map(|job| job.join().unwrap());
        answers.map(|answer| queued_ms(&answer)).collect()
    });
    waits_ms.sort_by(f64::total_cmp);
    let bound = JOBS as f64 * JOB_MS / WORKERS as f64;
    // As much again, and two seconds, for a machine that has other things to do.
    let longest = waits_ms[JOBS - 1];
    assert!(longest <= 2.0 * bound + 2000.0, "{waits_ms:?}");
    // And it is a queue: the last waited for most of the others.
    assert!(longest >= bound / 2.0, "{waits_ms:?}");
    baseline.returns(&mut service);
}

fn queued_ms(answer: &crate::service::Answer) -> f64 {
    assert_eq!(answer.status, 200);
    let timing = answer.header("server-timing").unwrap();
    let queue = timing
        .split(", ")
        .find_map(|part| part.strip_prefix("queue;dur="));
    queue.unwrap().parse().unwrap()
}

#[test]
fn a_large_body_and_small_ones_share_the_budget_and_the_rest_is_refused() {
    let settings = [
        ("workers", "1"),
        ("queue_jobs", "1000"),
        ("queue_bytes", "41 MiB"),
        ("source_bytes_max", "40 MiB"),
    ];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let before = rss_peak_bytes(service.pid());
    let mut busy = Connection::to(&service);
    busy.post("/v1/process", b"hang");
    service.busy_pid();
    let mut large = Connection::to(&service);
    large.post("/v1/process", &vec![0; 40 << 20]);
    waits(&service, 1);
    let small = vec![0; 100_000];
    let mut kept = Vec::new();
    // A mebibyte is left: room for ten of them.
    for job in 0..10 {
        let mut connection = Connection::to(&service);
        connection.post("/v1/process", &small);
        waits(&service, job + 2);
        kept.push(connection);
    }
    for _ in 0..20 {
        let answer = service.post("/v1/process", &small);
        assert_eq!(answer.verdict(), (503, "overloaded".to_owned()));
        assert_eq!(answer.json()["limit"], "queue_bytes");
        assert!(answer.header("retry-after").is_some());
    }
    // The large body doubles its memory once while it arrives.
    let peak = rss_peak_bytes(service.pid());
    assert!(
        peak < before + (2 * 41 + 32) * (1 << 20),
        "from {before} to {peak} bytes"
    );
    drop((busy, large, kept));
    baseline.returns(&mut service);
}

#[test]
fn an_upload_that_drips_in_keeps_no_worker_from_others() {
    let mut service = Service::with(&[("workers", "1")]);
    let baseline = Baseline::of(&service);
    let picture = made::png(&made::still(32, 32));
    let mut slow = Connection::to(&service);
    let length = picture.len();
    let head = format!(
        "POST /v1/process?op=invert HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n"
    );
    slow.send(head.as_bytes());
    for piece in picture[..length / 2].chunks(length / 20 + 1) {
        slow.send(piece);
        assert_eq!(
            service.workers()[0].state,
            "idle",
            "it has nothing to do yet"
        );
        serves(&service);
        holds_within(Duration::from_millis(20), || false);
    }
    slow.send(&picture[length / 2..]);
    assert_eq!(slow.answer().0, 200);
    drop(slow);
    baseline.returns(&mut service);
}

#[test]
fn a_backlog_outlives_the_recycling_of_its_workers() {
    const JOBS: usize = 128;
    let settings = [("worker_jobs_max", "2"), ("queue_jobs", "200")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    thread::scope(|scope| {
        let jobs: Vec<_> = (0..JOBS)
            .map(|job| {
                let service = &service;
                let script = format!("answer late:5:{job}");
                scope.spawn(move || {
                    let answer = service.post("/v1/process", script.as_bytes());
                    assert_eq!(answer.verdict(), (200, String::new()));
                    assert_eq!(answer.body, script.as_bytes());
                })
            })
            .collect();
        for job in jobs {
            job.join().unwrap();
        }
    });
    let recycled = service.metric("framefarm_worker_kills_total{reason=\"recycled\"}");
    assert!(recycled >= 20.0, "{recycled} were recycled meanwhile");
    baseline.returns(&mut service);
}
