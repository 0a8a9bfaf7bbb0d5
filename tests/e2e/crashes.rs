//! Crashes of code in the real cage: each named by what it was, none felt by a neighbour.

use std::thread;

use serde_json::{Value, json};

use crate::made;
use crate::postlude::{Baseline, serves};
use crate::programs::gateway_behind;
use crate::service::{Answer, Service};

fn die(service: &Service, how: &str) -> Answer {
    service.post("/v1/process", format!("die: {how}").as_bytes())
}

/// What tells one kind of crash from another.
fn marks(answer: &Answer) -> (u16, String, Value, bool) {
    let body = answer.json();
    let overflow = body["stderr"]
        .as_str()
        .is_some_and(|said| said.contains("stack overflow"));
    (
        answer.status,
        answer.code(),
        body["signal"].clone(),
        overflow,
    )
}

#[test]
fn a_fault_costs_one_job_while_the_others_run_on() {
    let mut service = Service::with_caged("filtered", &[("workers", "3")]);
    let baseline = Baseline::of(&service);
    let body = made::png(&made::opaque_still(1000, 800));
    let expected = service.post("/blur/?sigma=20", &body).body;
    thread::scope(|scope| {
        let others: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| service.post("/blur/?sigma=20", &body)))
            .collect();
        service.wait_until("both run", || {
            let workers = service.workers();
            let running = workers.iter().filter(|worker| worker.is_running());
            running.count() == 2 || others.iter().all(thread::ScopedJoinHandle::is_finished)
        });
        let crash = die(&service, "fault");
        assert_eq!(crash.verdict(), (502, "worker_crashed".to_owned()));
        assert_eq!(crash.json()["signal"], 11);
        for other in others {
            let answer = other.join().unwrap();
            assert_eq!((answer.status, &answer.body), (200, &expected));
        }
    });
    baseline.returns(&mut service);
}

#[test]
fn an_abort_an_overflow_a_panic_and_lack_of_memory_are_four_different_things() {
    let mut service = Service::with_caged("filtered", &[("worker_memory_bytes", "128 MiB")]);
    let baseline = Baseline::of(&service);
    let crashed =
        |signal: i32, overflow| (502, "worker_crashed".to_owned(), json!(signal), overflow);
    assert_eq!(marks(&die(&service, "abort")), crashed(6, false));
    assert_eq!(marks(&die(&service, "overflow")), crashed(6, true));
    let panicked = die(&service, "panic on purpose");
    assert_eq!(panicked.verdict(), (422, "bad_image".to_owned()));
    assert_eq!(panicked.json()["signal"], json!(null));
    let greedy = die(&service, "allocate 200000000");
    assert_eq!(greedy.verdict(), (422, "memory_limit".to_owned()));
    baseline.returns(&mut service);
}

#[test]
fn two_different_crashes_at_once_each_name_their_own_process_and_signal() {
    let mut service = Service::with_caged("filtered", &[("quarantine_ms", "0")]);
    let baseline = Baseline::of(&service);
    for _ in 0..5 {
        let pids = service.idle_pids();
        let (fault, abort) = thread::scope(|scope| {
            let fault = scope.spawn(|| die(&service, "fault").json());
            let abort = scope.spawn(|| die(&service, "abort").json());
            (fault.join().unwrap(), abort.join().unwrap())
        });
        assert_eq!(
            (&fault["signal"], &abort["signal"]),
            (&json!(11), &json!(6))
        );
        assert_ne!(fault["pid"], abort["pid"]);
        assert!(
            pids.iter()
                .any(|pid| fault["pid"] == *pid || abort["pid"] == *pid)
        );
    }
    baseline.returns(&mut service);
}

#[test]
fn a_panic_is_only_a_panic_even_if_the_operator_asks_for_backtraces() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker@filtered");
    std::fs::copy(crate::service::example("caged-worker"), &program).unwrap();
    let gateway = gateway_behind(&["env", "RUST_BACKTRACE=1"]);
    let settings = [("worker", program.to_str().unwrap())];
    let mut service = Service::launch(folder, gateway, &settings);
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    let baseline = Baseline::of(&service);
    let before = service.idle_pids();
    let answer = die(&service, "panic with a backtrace");
    assert_eq!(answer.verdict(), (422, "bad_image".to_owned()));
    serves(&service);
    assert_eq!(service.idle_pids(), before, "the same workers");
    baseline.returns(&mut service);
}
