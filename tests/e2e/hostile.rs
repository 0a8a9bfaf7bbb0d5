//! A worker that has been taken over says whatever it likes: the gateway believes none of it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::postlude::Baseline;
use crate::service::{Answer, Service};

/// Names of byte strings that the fake worker knows, all of them out of protocol.
const LIES: [&str; 16] = [
    "garbage",
    "header length 0xFFFFFFFF",
    "header length 0",
    "body length 2^63",
    "body length over the cap",
    "body on a refusal",
    "a length shorter than the header",
    "trailing bytes",
    "unknown kind",
    "unknown flags",
    "unknown tag",
    "a text of 2^40 bytes",
    "bad UTF-8",
    "bad bool",
    "a job",
    "a second hello",
];

#[test]
fn bytes_that_are_no_message_end_the_worker_and_nothing_else() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    for lie in LIES {
        let before = service.idle_pids();
        let answer = service.post("/v1/process", format!("raw:{lie}").as_bytes());
        assert_eq!(
            answer.verdict(),
            (502, "protocol_error".to_owned()),
            "{lie}"
        );
        let after = service.idle_pids();
        assert!(before != after, "{lie}: the worker is replaced");
        // One good job in between keeps the deaths from counting as a crash loop.
        assert_eq!(service.post("/v1/process", b"echo").body, b"echo", "{lie}");
    }
    baseline.returns_without_leak(&mut service, 16 << 20);
}

#[test]
fn messages_that_answer_another_question_end_the_worker() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    for script in [
        "reply to another job",
        "start another job",
        "reply without starting",
    ] {
        let answer = service.post("/v1/process", script.as_bytes());
        assert_eq!(
            answer.verdict(),
            (502, "protocol_error".to_owned()),
            "{script}"
        );
        assert_eq!(
            service.post("/v1/process", b"echo").body,
            b"echo",
            "{script}"
        );
    }
    baseline.returns(&mut service);
}

#[test]
fn a_second_reply_ends_the_worker_and_reaches_nobody() {
    let mut service = Service::with_fake("greets", &[("workers", "1")]);
    let baseline = Baseline::of(&service);
    for _ in 0..20 {
        let before = service.idle_pids();
        let answer = service.post("/v1/process", b"reply twice");
        assert_eq!(answer.body, b"reply twice");
        let next = service.post("/v1/process", b"echo");
        assert_eq!(
            (next.status, next.body.as_slice()),
            (200, b"echo".as_slice())
        );
        assert_ne!(service.idle_pids(), before);
    }
    baseline.returns(&mut service);
}

#[test]
fn a_worker_that_closes_its_socket_and_lives_on_is_killed() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    let answer = service.post("/v1/process", b"close");
    assert_eq!(answer.verdict(), (502, "protocol_error".to_owned()));
    baseline.returns(&mut service);
}

#[test]
fn a_worker_of_another_build_is_not_used() {
    let service = Service::with_fake("is-of-another-build", &[]);
    service.wait_until("it is refused", || {
        service.log().contains("it is of build another build")
    });
    assert_eq!(service.get("/readyz").status, 503);
}

/// More than all frames of one seed together: a turned bit in the length of a reply's body makes
/// the frames that follow part of it.
const MOST_BYTES: usize = 64 << 10;

/// Breaches of the protocol in a row make a slot pause, and all of them may pause at once.
fn once_there_are_workers(service: &Service, script: &str) -> Answer {
    let mut answer = None;
    service.wait_until("there are workers", || {
        let given = service.post("/v1/process", script.as_bytes());
        let none = given.status == 503 && given.code() == "no_workers";
        answer = Some(given);
        !none
    });
    answer.unwrap()
}

/// A million frames in the gate, 250 for each seed; the gateway stops at the first bad one of
/// each, and starts another worker.
#[test]
fn random_frames_cost_their_worker_and_no_memory() {
    let seeds = match std::env::var_os("CI") {
        Some(_) => 4000,
        None => 100,
    };
    let settings = [("workers", "4"), ("job_deadline_ms", "10000")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let (next, unlucky) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    let answer = once_there_are_workers(&service, &format!("fuzz:{seed}"));
                    let verdict = answer.verdict();
                    // A few turned bits may still be a reply, or a refusal of some kind.
                    let sound = match verdict.0 {
                        200 => answer.body.len() <= MOST_BYTES,
                        502 => ["protocol_error", "worker_crashed"].contains(&verdict.1.as_str()),
                        400..500 => !verdict.1.is_empty(),
                        _ => false,
                    };
                    assert!(sound, "seed {seed}: {verdict:?}\n{}", service.log());
                    // Good jobs in between end what counts as a crash loop.
                    let echo = once_there_are_workers(&service, "echo");
                    // One that meets a worker about to speak out of turn, or to leave, is tried once
                    // more, and that may be another of these workers.
                    let met = ["protocol_error", "worker_crashed"];
                    if echo.status == 502 && met.contains(&echo.code().as_str()) {
                        unlucky.fetch_add(1, Ordering::Relaxed);
                        continue;
                    }
                    assert_eq!(
                        (echo.status, echo.body),
                        (200, b"echo".to_vec()),
                        "seed {seed}"
                    );
                }
            });
        }
    });
    let unlucky = unlucky.into_inner();
    assert!(
        unlucky <= seeds / 100,
        "{unlucky} of {seeds} good jobs were lost"
    );
    baseline.returns_without_leak(&mut service, 16 << 20);
}
