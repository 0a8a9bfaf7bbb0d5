//! Several gateways with one folder, and crowds that want one result.

use std::io::Write;
use std::thread;

use nix::sys::signal::Signal;

use super::store::{
    DISK_HIT, HIT, MISS, NOTHING, Store, bytes, job, jobs, posted, results, state, way,
};
use crate::made;
use crate::raw::Connection;
use crate::service::{Service, example};

#[test]
fn a_successor_has_the_results_of_the_gateway_before_it() {
    let store = Store::new();
    let mut service = store.start(&[], Service::installed);
    let picture = made::png(&made::still(20, 10));
    let post = |service: &Service| way(&service.post("/v1/process?op=invert", &picture)).to_owned();
    assert_eq!(post(&service), MISS);
    service.upgrade();
    assert_eq!(post(&service), DISK_HIT);
    assert_eq!(post(&service), HIT);
    assert_eq!(state(&service), "on");
}

#[test]
fn what_one_gateway_has_made_another_one_finds() {
    let store = Store::new();
    let (one, other) = (store.fake(&[]), store.fake(&[]));
    store.made(&one, b"echo");
    assert_eq!(way(&posted(&other, b"echo")), DISK_HIT);
    assert_eq!(way(&posted(&one, b"echo")), HIT);
}

/// A bug in an operation was put right, and nothing else changed: the build may be the same.
#[test]
fn another_worker_program_has_results_of_its_own() {
    let store = Store::new();
    let folder = tempfile::tempdir().unwrap();
    let worker = folder.path().join("worker@greets");
    std::fs::copy(example("fake-worker"), &worker).unwrap();
    let start = || {
        let worker = ("worker", worker.to_str().unwrap());
        store.service(&[worker])
    };
    let service = start();
    store.made(&service, b"echo");
    drop(service);
    assert_eq!(way(&posted(&start(), b"echo")), DISK_HIT);
    // Behind the program's end, where it makes no difference to what it does.
    let mut program = std::fs::OpenOptions::new()
        .append(true)
        .open(&worker)
        .unwrap();
    program.write_all(b"another").unwrap();
    drop(program);
    let service = start();
    store.made(&service, b"echo");
    assert_eq!(store.files().len(), 2);
}

#[test]
fn two_gateways_hold_one_bound_between_them_and_disturb_nobody() {
    let store = Store::new();
    let settings = [("cache_folder_bytes", "1 MiB"), NOTHING];
    let services = [store.fake(&settings), store.fake(&settings)];
    thread::scope(|scope| {
        for (at, service) in services.iter().enumerate() {
            scope.spawn(move || {
                for round in 0..200 {
                    // Some are of both.
                    let number = if round % 3 == 0 {
                        round / 30
                    } else {
                        1000 * at + round
                    };
                    posted(service, &job(number, 20_000 + 7 * number));
                }
            });
        }
    });
    for service in &services {
        service.wait_until("all is written", || {
            service.status()["cache"]["disk"]["waiting_bytes"] == 0
        });
        let disk = &service.status()["cache"]["disk"];
        assert_eq!(disk["state"], "on", "{disk}");
        assert_eq!(
            (&disk["garbled"], &disk["failures"]),
            (&0.into(), &0.into())
        );
    }
    // Each may write an eighth before it looks at what the other one wrote.
    let taken = bytes(&store.files());
    assert!(taken <= (1 << 20) * 5 / 4, "{taken}");
    let all = std::fs::read_dir(store.path().join("results")).unwrap();
    assert_eq!(
        all.count(),
        results(&store.path()).len(),
        "nothing is left over"
    );
}

#[test]
fn a_crowd_that_wants_what_is_on_disk_needs_no_worker() {
    let store = Store::new();
    let mut service = store.fake(&[]);
    store.made(&service, b"echo");
    service.signal(Signal::SIGKILL);
    service.wait_for_end();
    let service = store.fake(&[("workers", "1"), ("job_deadline_ms", "600000")]);
    let mut busy = Connection::to(&service);
    busy.post("/v1/process", b"hang");
    service.busy_pid();
    let done = "framefarm_jobs_total{reason=\"done\"}";
    let before = service.metric(done);
    let mut crowd: Vec<_> = (0..200).map(|_| Connection::to(&service)).collect();
    for client in &mut crowd {
        client.post("/v1/process", b"echo");
    }
    for client in &mut crowd {
        let (status, head) = client.answer();
        assert_eq!(status, 200);
        assert!(head.contains("framefarm; hit"), "{head}");
    }
    assert_eq!(service.metric("framefarm_cache_hits_total"), 200.0);
    assert_eq!(service.metric(done), before);
    assert_eq!(service.status()["queue"]["jobs"], 0);
}

#[test]
fn a_crowd_that_wants_what_is_nowhere_is_one_job() {
    let store = Store::new();
    let service = store.fake(&[("job_deadline_ms", "600000")]);
    let before = jobs(&service);
    let body = [b"answer late:200\n".as_slice(), &[b'x'; 500]].concat();
    let mut crowd: Vec<_> = (0..500).map(|_| Connection::to(&service)).collect();
    for client in &mut crowd {
        client.post("/v1/process", &body);
    }
    for client in &mut crowd {
        assert_eq!(client.answer().0, 200);
    }
    assert_eq!(jobs(&service) - before, 1.0);
    assert_eq!(service.metric("framefarm_cache_misses_total"), 1.0);
    service.wait_until("it is written", || store.files().len() == 1);
    assert_eq!(service.metric("framefarm_cache_disk_written_total"), 1.0);
}
