//! A worker dies: exactly its job fails, with the exact cause, and nobody else notices.

use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use crate::heavy;
use crate::made;
use crate::picture::Picture;
use crate::postlude::{Baseline, is_alive, serves};
use crate::service::{Answer, Service, send_signal};

#[test]
fn a_worker_killed_in_the_middle_of_a_job_costs_exactly_that_job() {
    let mut service = Service::start();
    let baseline = Baseline::of(&service);
    let small = made::png(&made::still(16, 16));
    thread::scope(|scope| {
        let doomed = scope.spawn(|| heavy::post(&service));
        let victim = service.busy_pid();
        let others: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| service.post("/invert/", &small).verdict()))
            .collect();
        for other in others {
            assert_eq!(other.join().unwrap(), (200, String::new()));
        }
        send_signal(victim, Signal::SIGKILL);
        let answer = doomed.join().unwrap();
        assert_eq!(answer.verdict(), (502, "worker_killed".to_owned()));
        let body = answer.json();
        assert_eq!(body["signal"], 9);
        assert_eq!(body["pid"], victim);
    });
    serves(&service);
    baseline.returns(&mut service);
}

#[test]
fn the_effect_routes_tell_a_dead_worker_with_the_status_that_their_clients_know() {
    let service = Service::start();
    thread::scope(|scope| {
        let doomed = scope.spawn(|| service.post("/blur/?sigma=250", &heavy::picture()));
        send_signal(service.busy_pid(), Signal::SIGKILL);
        let verdict = doomed.join().unwrap().verdict();
        assert_eq!(verdict, (500, "worker_killed".to_owned()));
    });
}

#[test]
fn every_signal_is_named() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    for (signal, code) in [
        (Signal::SIGSEGV, "worker_crashed"),
        (Signal::SIGBUS, "worker_crashed"),
        (Signal::SIGABRT, "worker_crashed"),
        (Signal::SIGSYS, "sandbox_violation"),
        (Signal::SIGXCPU, "cpu_limit"),
        (Signal::SIGKILL, "worker_killed"),
    ] {
        // Each another job: the same one would be quarantined.
        let script = format!("hang:{signal}");
        thread::scope(|scope| {
            let doomed = scope.spawn(|| service.post("/v1/process", script.as_bytes()));
            let pid = service.busy_pid();
            // Rust's own handler swallows the first SIGSEGV or SIGBUS that is not a fault.
            service.wait_until("it is dead", || {
                let _ = kill(Pid::from_raw(pid), signal);
                !is_alive(pid)
            });
            let answer = doomed.join().unwrap();
            assert_eq!(answer.code(), code, "{signal}");
            assert_eq!(answer.json()["signal"], signal as i32, "{signal}");
        });
    }
    baseline.returns(&mut service);
}

#[test]
fn an_exit_in_the_middle_of_a_job_is_a_crash_whatever_its_code() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    for code in [0, 42] {
        let answer = service.post("/v1/process", format!("exit:{code}").as_bytes());
        assert_eq!(answer.verdict(), (502, "worker_crashed".to_owned()));
        assert_eq!(answer.json()["exit_code"], code);
        assert_eq!(answer.json()["signal"], json!(null));
    }
    let answer = service.post("/v1/process", b"exit:159");
    assert_eq!(answer.code(), "sandbox_violation");
    baseline.returns(&mut service);
}

#[test]
fn what_a_dying_worker_wrote_to_stderr_is_in_the_error() {
    let service = Service::with_fake("greets", &[]);
    let answer = service.post("/v1/process", b"abort:the decoder tripped");
    assert_eq!(answer.code(), "worker_crashed");
    assert_eq!(answer.json()["stderr"], "the decoder tripped");
    let answer = service.post("/v1/process", b"abort:memory allocation of 99 bytes failed");
    assert_eq!(answer.verdict(), (422, "memory_limit".to_owned()));
}

/// libwebp asks malloc, which does not count: the kernel's limit stops it.
#[test]
fn memory_that_an_encoder_takes_for_itself_is_limited_too() {
    let mut service = Service::with(&[("worker_memory_bytes", "64 MiB")]);
    let baseline = Baseline::of(&service);
    let large = made::png(&Picture::painted(4000, 3000, |_, _| [9, 8, 7, 255]));
    let answer = service.post("/v1/process?format=webp&lossless=true", &large);
    assert_eq!(answer.verdict(), (422, "memory_limit".to_owned()));
    assert_eq!(answer.json()["phase"], "encode");
    baseline.returns(&mut service);
}

#[test]
fn a_worker_killed_between_jobs_is_replaced_and_no_request_fails() {
    let mut service = Service::start();
    let baseline = Baseline::of(&service);
    let victim = service.idle_pids()[0];
    let lines = service.log().lines().count();
    send_signal(victim, Signal::SIGKILL);
    service.wait_until("it is replaced", || {
        let pids: Vec<_> = service
            .workers()
            .iter()
            .filter_map(|worker| worker.pid)
            .collect();
        pids.len() == 2 && !pids.contains(&victim)
    });
    let log = service.log();
    let news: Vec<_> = log.lines().skip(lines).collect();
    assert_eq!(news.len(), 1, "one line: {news:?}");
    assert!(news[0].contains("worker died") && news[0].contains(&victim.to_string()));
    serves(&service);
    baseline.returns(&mut service);
}

#[test]
fn a_complete_reply_outlives_its_worker() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    let body = [b"reply and exit\n".as_slice(), &vec![7; 1_000_000]].concat();
    for _ in 0..20 {
        let answer = service.post("/v1/process", &body);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body, body);
    }
    baseline.returns(&mut service);
}

#[test]
fn half_a_reply_is_never_a_short_picture() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    let answer = service.post("/v1/process", b"half a reply");
    assert_eq!(answer.verdict(), (502, "worker_crashed".to_owned()));
    baseline.returns(&mut service);
}

#[test]
fn a_worker_that_dies_while_a_large_job_is_written_to_it_ends_cleanly() {
    let settings = [("source_bytes_max", "64 MiB")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let body = [b"die while reading\n".as_slice(), &vec![0; 50 << 20]].concat();
    let answer = service.post("/v1/process", &body);
    assert_eq!(answer.verdict(), (502, "worker_crashed".to_owned()));
    assert_eq!(answer.json()["exit_code"], 7);
    baseline.returns(&mut service);
}

#[test]
fn a_job_whose_worker_dies_before_it_begins_is_tried_once_more() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    let mark = service.folder().join("died");
    let script = format!("die before starting, once:{}", mark.display());
    assert_eq!(service.post("/v1/process", script.as_bytes()).status, 200);
    assert!(mark.exists());
    assert_eq!(service.metric("framefarm_retries_total"), 1.0);

    let answer = service.post("/v1/process", b"die before starting");
    assert_eq!(answer.verdict(), (502, "worker_crashed".to_owned()));
    assert_eq!(service.metric("framefarm_retries_total"), 2.0);
    baseline.returns(&mut service);
}

#[test]
fn when_all_workers_are_killed_at_once_only_their_jobs_fail() {
    let mut service = Service::with(&[("workers", "4")]);
    let baseline = Baseline::of(&service);
    let small = made::png(&made::still(16, 16));
    thread::scope(|scope| {
        let doomed: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| heavy::post(&service)))
            .collect();
        let mut victims = Vec::new();
        service.wait_until("all workers are busy", || {
            let workers = service.workers();
            victims = workers
                .iter()
                .filter(|worker| worker.is_running())
                .filter_map(|worker| worker.pid)
                .collect();
            victims.len() == 4
        });
        let waiting: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| service.post("/invert/", &small)))
            .collect();
        service.wait_until("the others wait", || service.status()["queue"]["jobs"] == 8);
        for victim in victims {
            send_signal(victim, Signal::SIGKILL);
        }
        let codes = |answers: Vec<thread::ScopedJoinHandle<'_, Answer>>| -> Vec<_> {
            answers
                .into_iter()
                .map(|answer| answer.join().unwrap().verdict())
                .collect()
        };
        assert_eq!(codes(doomed), vec![(502, "worker_killed".to_owned()); 4]);
        assert_eq!(codes(waiting), vec![(200, String::new()); 8]);
    });
    baseline.returns(&mut service);
}

#[test]
fn two_crashes_at_once_each_name_their_own_cause() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    thread::scope(|scope| {
        let first = scope.spawn(|| service.post("/v1/process", b"exit:11").json());
        let second = scope.spawn(|| service.post("/v1/process", b"exit:22").json());
        let (first, second) = (first.join().unwrap(), second.join().unwrap());
        assert_eq!(
            (&first["exit_code"], &second["exit_code"]),
            (&json!(11), &json!(22))
        );
        assert_ne!(first["pid"], second["pid"]);
    });
    baseline.returns(&mut service);
}

#[test]
fn a_damaged_picture_is_the_clients_error_and_costs_no_worker() {
    let mut service = Service::start();
    let baseline = Baseline::of(&service);
    let before = service.idle_pids();
    let mut png = made::png(&made::still(64, 64));
    png.truncate(png.len() / 2);
    let answer = service.post("/v1/process?op=invert", &png);
    assert_eq!(answer.verdict(), (422, "bad_image".to_owned()));
    let answer = service.post("/invert/", &png);
    assert_eq!(answer.verdict(), (415, "bad_image".to_owned()));
    assert_eq!(service.idle_pids(), before);
    baseline.returns(&mut service);
}

#[test]
fn a_panic_is_an_answer_and_its_worker_lives() {
    let mut service = Service::with_tripping_worker(&[("workers", "1")]);
    let baseline = Baseline::of(&service);
    let before = service.idle_pids();
    let answer = service.post("/v1/process?op=blur", b"panic in decode");
    assert_eq!(answer.verdict(), (422, "bad_image".to_owned()));
    let body = answer.json();
    assert_eq!(body["phase"], "decode");
    assert!(
        body["panic"]
            .as_str()
            .unwrap()
            .contains("tripped over byte 7")
    );
    let answer = service.post("/image/blur/", b"panic in decode");
    assert_eq!(answer.verdict(), (415, "bad_image".to_owned()));

    let answer = service.post("/v1/process?op=blur", b"panic in operations");
    assert_eq!(answer.verdict(), (502, "worker_crashed".to_owned()));
    assert_eq!(answer.json()["phase"], "operations");
    serves(&service);
    assert_eq!(service.idle_pids(), before, "the same worker");
    baseline.returns(&mut service);
}
