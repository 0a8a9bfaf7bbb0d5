//! Full load while workers are killed at random: nobody gets a wrong answer, no more requests
//! fail than workers were killed, and at the end everything is as it was.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::made;
use crate::postlude::Baseline;
use crate::service::Service;

/// Codes that a request may end with when a worker is killed under it.
const TYPED: [&str; 4] = ["worker_killed", "no_workers", "overloaded", "queue_timeout"];

#[test]
fn no_more_requests_fail_than_workers_are_killed() {
    let seconds = match std::env::var_os("CI") {
        Some(_) => 60,
        None => 15,
    };
    let mut service = Service::with(&[("queue_jobs", "64")]);
    let body = made::png(&made::still(512, 512));
    let expected = service.post("/blur/", &body).body;
    let baseline = Baseline::of(&service);
    let until = Instant::now() + Duration::from_secs(seconds);
    let (answered, failed, kills) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    while Instant::now() < until {
                        let answer = service.post("/blur/", &body);
                        answered.fetch_add(1, Ordering::Relaxed);
                        if answer.status == 200 {
                            assert_eq!(answer.body, expected, "a wrong picture");
                        } else {
                            failed.fetch_add(1, Ordering::Relaxed);
                            assert!(TYPED.contains(&answer.code().as_str()), "{answer:?}");
                        }
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            let mut turn = 0;
            while !over.load(Ordering::Relaxed) {
                thread::park_timeout(Duration::from_millis(50));
                let pids: Vec<_> = service
                    .workers()
                    .iter()
                    .filter_map(|worker| worker.pid)
                    .collect();
                turn += 1;
                // It may have died of the previous kill already.
                if let Some(pid) = pids.get((turn * 7 / 3) % pids.len().max(1))
                    && kill(Pid::from_raw(*pid), Signal::SIGKILL).is_ok()
                {
                    kills.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let results: Vec<_> = clients
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        over.store(true, Ordering::Relaxed);
        assert!(results.iter().all(Result::is_ok), "{}", service.log());
    });
    let (answered, failed, kills) = (
        answered.into_inner(),
        failed.into_inner(),
        kills.into_inner(),
    );
    println!("{answered} answered, {failed} failed, {kills} kills in {seconds} s");
    assert!(failed <= kills, "{failed} failed, {kills} kills");
    assert!(
        kills as u64 >= seconds * 5 && answered > 2 * kills,
        "the test did its work"
    );
    baseline.returns_without_leak(&mut service, 32 << 20);
}
