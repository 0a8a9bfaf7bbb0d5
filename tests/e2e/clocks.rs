//! What time does to the gateway: it is stopped for longer than its deadlines, and the system's
//! clock jumps. Neither costs a job that was in time.

use std::path::Path;
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::postlude::Baseline;
use crate::programs::{gateway_behind, skip};
use crate::service::{Service, holds_within};

/// How long the gateway is stopped, and a deadline that passes meanwhile.
fn pause_and_deadline_ms() -> (u64, &'static str) {
    match std::env::var_os("CI") {
        Some(_) => (30_000, "10000"),
        None => (5_000, "2000"),
    }
}

#[test]
fn a_gateway_that_was_stopped_reads_what_came_before_it_judges_who_is_late() {
    const JOBS: usize = 6;
    let (pause_ms, deadline_ms) = pause_and_deadline_ms();
    let settings = [("workers", "6"), ("job_deadline_ms", deadline_ms)];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let workers = service.idle_pids();
    // Long enough for the pause to begin while all of them run; large enough that reading the
    // replies takes a while.
    let large = vec![7; 4 << 20];
    thread::scope(|scope| {
        let jobs: Vec<_> = (0..JOBS)
            .map(|job| {
                let body = [format!("answer late:1000:{job}\n").as_bytes(), &large].concat();
                let service = &service;
                scope.spawn(move || (service.post("/v1/process", &body), body))
            })
            .collect();
        service.wait_until("all of them run", || {
            let workers = service.workers();
            let running = workers.iter().filter(|worker| worker.is_running());
            running.count() == JOBS
        });
        service.signal(Signal::SIGSTOP);
        holds_within(Duration::from_millis(pause_ms), || false);
        service.signal(Signal::SIGCONT);
        for job in jobs {
            let (answer, body) = job.join().unwrap();
            assert_eq!(answer.verdict(), (200, String::new()));
            assert_eq!(answer.body, body);
        }
    });
    assert_eq!(service.idle_pids(), workers, "nobody was killed for it");
    baseline.returns(&mut service);
}

#[test]
fn a_gateway_that_was_stopped_still_ends_what_is_late() {
    let mut service = Service::with_fake("greets", &[("job_deadline_ms", "1000")]);
    let baseline = Baseline::of(&service);
    thread::scope(|scope| {
        let job = scope.spawn(|| service.post("/v1/process", b"hang"));
        service.busy_pid();
        service.signal(Signal::SIGSTOP);
        holds_within(Duration::from_secs(2), || false);
        service.signal(Signal::SIGCONT);
        let answer = job.join().unwrap();
        assert_eq!(answer.verdict(), (504, "deadline_exceeded".to_owned()));
    });
    baseline.returns(&mut service);
}

/// The library of the program `faketime`, which shows a process another clock.
fn faketime() -> Option<String> {
    let folder = "/usr/lib/x86_64-linux-gnu/faketime";
    let places = [
        folder,
        "/usr/lib/aarch64-linux-gnu/faketime",
        "/usr/lib/faketime",
    ];
    let libraries = places.map(|place| format!("{place}/libfaketimeMT.so.1"));
    libraries.into_iter().find(|path| Path::new(path).exists())
}

#[test]
fn a_system_clock_that_jumps_moves_no_deadline() {
    let Some(library) = faketime() else {
        return skip("the package faketime is not installed");
    };
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    let set = |offset: &str| std::fs::write(&clock, offset).unwrap();
    set("+0");
    // The workers do not inherit it: their environment is empty.
    let preload = format!("LD_PRELOAD={library}");
    let file = format!("FAKETIME_TIMESTAMP_FILE={}", clock.display());
    let prefix = [
        "env",
        &preload,
        &file,
        "FAKETIME_NO_CACHE=1",
        "DONT_FAKE_MONOTONIC=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
    ];
    let program = folder.path().join("worker@greets");
    std::fs::copy(crate::service::example("fake-worker"), &program).unwrap();
    let settings = [
        ("worker", program.to_str().unwrap()),
        ("job_deadline_ms", "4000"),
    ];
    let mut service = Service::launch(folder, gateway_behind(&prefix), &settings);
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    let baseline = Baseline::of(&service);
    let workers = service.idle_pids();
    for offset in ["+10d", "-10d", "+1h", "-1h", "+0"] {
        thread::scope(|scope| {
            let script = format!("answer late:500:{offset}");
            let service = &service;
            let job = scope.spawn(move || service.post("/v1/process", script.as_bytes()));
            service.busy_pid();
            std::fs::write(service.folder().join("clock"), offset).unwrap();
            assert_eq!(
                job.join().unwrap().verdict(),
                (200, String::new()),
                "{offset}"
            );
        });
    }
    assert_eq!(service.idle_pids(), workers, "nobody was killed for it");
    std::fs::write(service.folder().join("clock"), "-10d").unwrap();
    let answer = service.post("/v1/process", b"hang");
    assert_eq!(answer.verdict(), (504, "deadline_exceeded".to_owned()));
    service.signal(Signal::SIGTTIN);
    service.wait_until("it logs that", || service.workers().len() == 3);
    let log = service.log();
    let dates: std::collections::BTreeSet<_> = log
        .lines()
        .filter_map(|line| line.split_once('T'))
        .map(|(date, _)| date)
        .collect();
    assert!(dates.len() >= 2, "the clock did jump: {log}");
    service.signal(Signal::SIGTTOU);
    service.wait_until("it is as before", || service.workers().len() == 2);
    baseline.returns(&mut service);
}
