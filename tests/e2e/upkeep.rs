//! Planned changes of the farm, under load: recycling, resizing, draining on request. No request
//! ever fails for them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::sys::signal::Signal;

use crate::made;
use crate::postlude::{Baseline, serves};
use crate::service::Service;

/// Runs `change` while clients keep the service busy; every one of their requests must succeed.
pub(crate) fn under_load(service: &Service, change: impl FnOnce()) {
    let body = made::png(&made::still(64, 64));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut answers = 0;
                    while !over.load(Ordering::Relaxed) {
                        let verdict = service.post("/blur/", &body).verdict();
                        assert_eq!(verdict, (200, String::new()));
                        answers += 1;
                    }
                    answers
                })
            })
            .collect();
        change();
        over.store(true, Ordering::Relaxed);
        for client in clients {
            assert!(client.join().unwrap() > 0);
        }
    });
}

fn pids(service: &Service) -> Vec<i32> {
    service
        .workers()
        .iter()
        .filter_map(|worker| worker.pid)
        .collect()
}

#[test]
fn a_worker_is_replaced_after_its_share_of_jobs() {
    let mut service = Service::with(&[("workers", "1"), ("worker_jobs_max", "3")]);
    let baseline = Baseline::of(&service);
    let mut seen = BTreeSet::new();
    for _ in 0..12 {
        serves(&service);
        seen.extend(service.idle_pids());
    }
    assert!((4..=6).contains(&seen.len()), "{seen:?}");
    baseline.returns(&mut service);
}

#[test]
fn recycling_under_load_fails_no_request() {
    let mut service = Service::with(&[("worker_jobs_max", "3")]);
    let baseline = Baseline::of(&service);
    under_load(&service, || {
        service.wait_until("many were recycled", || {
            service.metric("framefarm_worker_kills_total{reason=\"recycled\"}") >= 20.0
        });
    });
    baseline.returns(&mut service);
}

#[test]
fn a_worker_that_has_grown_is_replaced() {
    let service = Service::with(&[("workers", "1"), ("worker_rss_max_bytes", "1 MiB")]);
    let before = service.idle_pids();
    serves(&service);
    service.wait_until("it is replaced", || {
        let now = pids(&service);
        now.len() == 1 && now != before
    });
}

#[test]
fn resizing_under_load_fails_no_request_and_ends_at_the_right_size() {
    let mut service = Service::start();
    let baseline = Baseline::of(&service);
    let resize = |count: usize| service.admin_post(&format!("/workers?count={count}"));
    under_load(&service, || {
        for count in [2, 12, 1, 8, 2, 12, 1, 3] {
            assert_eq!(resize(count).status, 202);
            service.wait_until("it has that size", || {
                let workers = service.workers();
                workers.len() == count && workers.iter().all(|worker| worker.state != "vacant")
            });
        }
    });
    assert_eq!(service.idle_pids().len(), 3);
    for count in ["0", "many", "1000000"] {
        let answer = service.admin_post(&format!("/workers?count={count}"));
        assert_eq!(answer.status, 422, "{count}");
    }
    resize(2);
    service.wait_until("it is as before", || service.workers().len() == 2);
    baseline.returns(&mut service);
}

#[test]
fn signals_resize_by_one_and_never_to_none() {
    let mut service = Service::start();
    let baseline = Baseline::of(&service);
    let size_is = |size: usize| {
        service.wait_until("it has that size", || service.workers().len() == size);
    };
    service.signal(Signal::SIGTTIN);
    size_is(3);
    for size in [2, 1] {
        service.signal(Signal::SIGTTOU);
        size_is(size);
    }
    service.signal(Signal::SIGTTOU);
    serves(&service);
    size_is(1);
    service.signal(Signal::SIGTTIN);
    size_is(2);
    baseline.returns(&mut service);
}

#[test]
fn one_worker_can_be_recycled_by_hand() {
    let service = Service::start();
    let before = service.idle_pids();
    assert_eq!(service.admin_post("/workers/1/recycle").status, 202);
    service.wait_until("it is replaced", || {
        let now = pids(&service);
        now.len() == 2 && now[0] == before[0] && now[1] != before[1]
    });
    assert_eq!(service.admin_post("/workers/7/recycle").status, 404);
}

#[test]
fn draining_can_be_asked_for_over_http() {
    let mut service = Service::start();
    assert_eq!(service.admin_post("/drain").status, 202);
    assert_eq!(service.wait_for_end().code(), Some(0));
}
