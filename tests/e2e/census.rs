//! How many workers there are: counted in the kernel, while everything that changes their number
//! goes on at once.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::made;
use crate::postlude::{Baseline, live_children};
use crate::service::Service;

/// Children that were there at one moment: those that are found before it and after it.
fn workers_alive(service: &Service) -> usize {
    let before: BTreeSet<_> = live_children(service.pid()).into_iter().collect();
    let after: BTreeSet<_> = live_children(service.pid()).into_iter().collect();
    before.intersection(&after).count()
}

#[test]
fn there_are_never_more_workers_than_asked_for_whatever_happens_at_once() {
    const MOST: usize = 5;
    let settings = [
        ("workers", "5"),
        ("worker_jobs_max", "3"),
        ("queue_jobs", "64"),
    ];
    let mut service = Service::with(&settings);
    let baseline = Baseline::of(&service);
    let body = made::png(&made::still(24, 24));
    let until = Instant::now() + Duration::from_secs(4);
    let over = AtomicBool::new(false);
    let (samples, kills) = thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let answer = service.post("/blur/", &body);
                    assert!(
                        answer.status == 200 || answer.code() == "worker_killed",
                        "{:?}",
                        answer.verdict()
                    );
                }
            });
        }
        scope.spawn(|| {
            for size in [2, 5, 1, 4].iter().cycle() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let answer = service.admin_post(&format!("/workers?count={size}"));
                assert_eq!(answer.status, 202);
                thread::park_timeout(Duration::from_millis(30));
            }
        });
        let killer = scope.spawn(|| {
            let mut kills = 0;
            while !over.load(Ordering::Relaxed) {
                thread::park_timeout(Duration::from_millis(25));
                let victim = live_children(service.pid()).first().copied();
                // It may be gone already.
                kills += usize::from(
                    victim.is_some_and(|pid| kill(Pid::from_raw(pid), Signal::SIGKILL).is_ok()),
                );
            }
            kills
        });
        let mut samples = 0;
        let mut most = 0;
        while Instant::now() < until {
            most = workers_alive(&service).max(most);
            samples += 1;
        }
        over.store(true, Ordering::Relaxed);
        assert!((1..=MOST).contains(&most), "{most} workers at one moment");
        (samples, killer.join().unwrap())
    });
    assert!(
        samples > 20 && kills > 20,
        "{samples} samples, {kills} kills"
    );
    let recycled = service.metric("framefarm_worker_kills_total{reason=\"recycled\"}");
    assert!(recycled > 0.0, "some were recycled meanwhile");
    service.admin_post("/workers?count=5");
    service.wait_until("it has its size again", || service.workers().len() == MOST);
    baseline.returns(&mut service);
}

/// One in ten, rounded up: of two workers, one at a time.
#[test]
fn workers_are_not_recycled_in_the_same_moment() {
    let settings = [
        ("workers", "2"),
        ("worker_jobs_max", "1"),
        ("queue_jobs", "64"),
    ];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    assert_eq!(service.post("/v1/process", b"echo").status, 200);
                }
            });
        }
        let recycled = || service.metric("framefarm_worker_kills_total{reason=\"recycled\"}");
        service.wait_until("many were recycled", || {
            let workers = service.workers();
            let at_work = |state: &str| state == "idle" || state == "busy";
            let ready = workers.iter().filter(|worker| at_work(&worker.state));
            assert!(
                ready.count() >= 1,
                "one of them is always there: {workers:?}"
            );
            recycled() >= 50.0
        });
        over.store(true, Ordering::Relaxed);
    });
    baseline.returns(&mut service);
}

#[test]
fn shrinking_waits_for_running_jobs() {
    let mut service = Service::with_fake("greets", &[("workers", "4")]);
    let baseline = Baseline::of(&service);
    thread::scope(|scope| {
        let jobs: Vec<_> = (0..4)
            .map(|job| {
                let script = format!("answer late:1500:{job}");
                let service = &service;
                scope.spawn(move || service.post("/v1/process", script.as_bytes()).verdict())
            })
            .collect();
        service.wait_until("all are busy", || {
            service
                .workers()
                .iter()
                .all(|worker| worker.state == "busy")
        });
        assert_eq!(service.admin_post("/workers?count=1").status, 202);
        for job in jobs {
            assert_eq!(job.join().unwrap(), (200, String::new()));
        }
    });
    service.wait_until("the surplus is gone", || service.workers().len() == 1);
    service.admin_post("/workers?count=4");
    service.wait_until("it has grown again", || service.workers().len() == 4);
    baseline.returns(&mut service);
}

#[test]
fn killing_a_worker_that_is_about_to_go_still_ends_at_the_right_size() {
    let mut service = Service::with(&[("workers", "4")]);
    let baseline = Baseline::of(&service);
    for _ in 0..10 {
        let pids = service.idle_pids();
        service.admin_post("/workers?count=2");
        for pid in &pids[2..] {
            // The gateway may have been faster.
            let _ = kill(Pid::from_raw(*pid), Signal::SIGKILL);
        }
        service.wait_until("two are left", || {
            service.workers().len() == 2 && live_children(service.pid()).len() == 2
        });
        service.admin_post("/workers?count=4");
        service.wait_until("four are back", || service.workers().len() == 4);
    }
    baseline.returns(&mut service);
}
