//! More work than can be done: refused at once and clearly, and never kept for a client that
//! has left.

use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use crate::origin::LOOPBACK;
use crate::postlude::Baseline;
use crate::raw::Connection;
use crate::service::Service;

/// How long an upload takes: far longer than the probe of readiness, which says nothing of clients' jobs.
const UPLOAD: Duration = Duration::from_millis(100);

/// The clients of a job that keeps the only worker, and of one that waits for it.
fn at_work_and_waiting(service: &Service) -> (Connection, Connection) {
    let begun = || {
        let mut slow = Connection::to(service);
        slow.send(b"POST /v1/process HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nha");
        slow
    };
    let (mut busy, mut waiting) = (begun(), begun());
    thread::sleep(UPLOAD);
    busy.send(b"ng");
    service.busy_pid();
    waiting.send(b"ng");
    service.wait_until("it waits", || service.status()["queue"]["jobs"] == 1);
    (busy, waiting)
}

#[test]
fn a_full_queue_is_refused_at_once() {
    let settings = [("workers", "1"), ("queue_jobs", "2")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let mut kept: Vec<_> = (0..3)
        .map(|waiting| {
            let mut connection = Connection::to(&service);
            connection.post("/v1/process", b"hang");
            if waiting == 0 {
                service.busy_pid();
            }
            connection
        })
        .collect();
    service.wait_until("the queue is full", || {
        service.status()["queue"]["jobs"] == 2
    });
    for path in ["/v1/process", "/invert/"] {
        let answer = service.post(path, b"echo");
        assert_eq!(answer.verdict(), (503, "overloaded".to_owned()));
        assert_eq!(answer.json()["limit"], "queue_jobs");
        assert_eq!(answer.json()["max"], 2);
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    kept.clear();
    baseline.returns(&mut service);
}

#[test]
fn what_there_is_no_room_for_is_neither_fetched_nor_read() {
    let settings = [("workers", "1"), ("queue_jobs", "1"), LOOPBACK];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let (busy, waiting) = at_work_and_waiting(&service);
    let refused = "framefarm_jobs_total{reason=\"overloaded\"}";
    let refused_before = service.metric(refused);

    let origin = TcpListener::bind("127.0.0.1:0").unwrap();
    origin.set_nonblocking(true).unwrap();
    let port = origin.local_addr().unwrap().port();
    for path in ["/v1/process?", "/invert/?"] {
        let answer = service.get(&format!("{path}url=http://127.0.0.1:{port}/x"));
        assert_eq!(answer.verdict(), (503, "overloaded".to_owned()));
        assert_eq!(answer.json()["limit"], "queue_jobs");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    let error = origin.accept().map(|(_, from)| from).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock, "nobody came");

    for path in ["/v1/process", "/invert/"] {
        let mut connection = Connection::to(&service);
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n");
        connection.send(head.as_bytes());
        let (status, _) = connection.answer();
        assert_eq!(status, 503, "before a byte of the picture was sent");
    }
    assert_eq!(service.metric(refused) - refused_before, 4.0);
    drop((busy, waiting));
    baseline.returns(&mut service);
}

#[test]
fn a_refused_upload_leaves_its_connection_open_unless_it_is_long() {
    let settings = [("workers", "1"), ("queue_jobs", "1")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let (busy, waiting) = at_work_and_waiting(&service);
    let mut connection = Connection::to(&service);
    for path in ["/v1/process", "/invert/", "/v1/process?op=blurr", "/livez"] {
        connection.post(path, &vec![0; 300_000]);
        let status = connection.answer().0;
        assert!(matches!(status, 503 | 404 | 405), "{path}: {status}");
    }
    connection.post("/v1/process", &vec![0; 1_100_000]);
    let said = connection.everything();
    assert!(said.starts_with("HTTP/1.1 503 "), "{said}");
    assert!(said.contains("connection: close"), "{said}");
    drop((busy, waiting));
    baseline.returns(&mut service);
}

#[test]
fn only_as_many_pictures_are_fetched_as_there_are_places() {
    let settings = [("workers", "1"), ("queue_jobs", "2"), LOOPBACK];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let (busy, waiting) = at_work_and_waiting(&service);
    // Takes the connection and answers nothing.
    let origin = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = origin.local_addr().unwrap().port();
    let target = format!("/v1/process?url=http://127.0.0.1:{port}/x");
    let mut fetching = Connection::to(&service);
    fetching.send(format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes());
    let (fetch, _) = origin.accept().unwrap();
    for answer in [
        service.get(&target),
        service.get(&target),
        service.post("/v1/process", b"echo"),
    ] {
        assert_eq!(answer.verdict(), (503, "overloaded".to_owned()));
        assert_eq!(answer.json()["limit"], "queue_jobs");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    origin.set_nonblocking(true).unwrap();
    let error = origin.accept().map(|(_, from)| from).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock, "nobody came");
    // The fetch fails, and its place is free again.
    drop(fetch);
    assert_eq!(fetching.answer().0, 502);
    let mut next = Connection::to(&service);
    next.post("/v1/process", b"echo");
    service.wait_until("it waits", || service.status()["queue"]["jobs"] == 2);
    drop((busy, waiting, next));
    baseline.returns(&mut service);
}

#[test]
fn the_bytes_that_wait_are_bounded_too() {
    let settings = [
        ("workers", "1"),
        ("queue_jobs", "100"),
        ("queue_bytes", "1 MiB"),
        ("source_bytes_max", "1 MiB"),
    ];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let mut busy = Connection::to(&service);
    busy.post("/v1/process", b"hang");
    service.busy_pid();
    let mut large = Connection::to(&service);
    large.post("/v1/process", &vec![0; 1_000_000]);
    service.wait_until("it waits", || {
        service.status()["queue"]["bytes"] == 1_000_000
    });
    let answer = service.post("/v1/process", &vec![0; 100_000]);
    assert_eq!(answer.verdict(), (503, "overloaded".to_owned()));
    assert_eq!(answer.json()["limit"], "queue_bytes");
    assert_eq!(answer.json()["value"], 1_100_000);
    let mut small = Connection::to(&service);
    small.post("/v1/process", b"echo");
    service.wait_until("a small one still fits", || {
        service.status()["queue"]["jobs"] == 2
    });
    drop((busy, large, small));
    baseline.returns(&mut service);
}

#[test]
fn what_slow_clients_have_sent_so_far_is_bounded_as_a_whole() {
    let settings = [
        ("workers", "1"),
        ("queue_bytes", "1 MiB"),
        ("source_bytes_max", "1 MiB"),
    ];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let begin = || {
        let mut connection = Connection::to(&service);
        connection
            .send(b"POST /v1/process HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\necho\n");
        connection.send(&[0; 899_995]);
        connection
    };
    // Room for 2 MiB in all: one queue, and one source in the worker.
    let mut slow = [begin(), begin()];
    service.wait_until("both are held", || {
        service.status()["source_bytes"] == 1_800_000
    });
    assert_eq!(begin().answer().0, 503, "no third one fits");
    for connection in &mut slow {
        connection.send(&[0; 100_000]);
        assert_eq!(connection.answer().0, 200);
    }
    drop(slow);
    baseline.returns(&mut service);
}

#[test]
fn a_client_that_leaves_the_queue_is_forgotten() {
    let mut service = Service::with_fake("greets", &[("workers", "1")]);
    let baseline = Baseline::of(&service);
    let mark = service.folder().join("reached");
    let script = format!("die before starting, once:{}", mark.display());
    let mut busy = Connection::to(&service);
    busy.post("/v1/process", b"hang");
    service.busy_pid();
    let mut waiting = Connection::to(&service);
    waiting.post("/v1/process", script.as_bytes());
    service.wait_until("it waits", || service.status()["queue"]["jobs"] == 1);
    drop(waiting);
    service.wait_until("it is forgotten", || service.status()["queue"]["jobs"] == 0);
    drop(busy);
    baseline.returns(&mut service);
    assert!(!mark.exists(), "no worker ever saw it");
    assert_eq!(service.metric("framefarm_cancelled_total"), 2.0);
}

#[test]
fn a_client_that_leaves_a_running_job_frees_its_worker() {
    let mut service = Service::with_fake("greets", &[("workers", "1")]);
    let baseline = Baseline::of(&service);
    let mut leaving = Connection::to(&service);
    leaving.post("/v1/process", b"hang");
    let pid = service.busy_pid();
    drop(leaving);
    service.wait_until("it has a new worker", || {
        service.workers()[0].pid != Some(pid)
    });
    assert_eq!(service.metric("framefarm_cancelled_total"), 1.0);
    assert_eq!(service.post("/v1/process", b"echo").body, b"echo");
    baseline.returns(&mut service);
    let log = service.log();
    let alarms = log
        .lines()
        .filter(|line| line.contains("WARN") || line.contains("ERROR"));
    assert_eq!(
        alarms.collect::<Vec<_>>(),
        [""; 0],
        "a client that leaves is no alarm"
    );
}

#[test]
fn clients_that_come_and_go_at_random_leave_nothing_behind() {
    let mut service = Service::with_fake("greets", &[("queue_jobs", "1000")]);
    let baseline = Baseline::of(&service);
    thread::scope(|scope| {
        for client in 0..4_usize {
            let service = &service;
            scope.spawn(move || {
                for round in 0..250 {
                    let mut connection = Connection::to(service);
                    let body = if round % 2 == 0 { "answer late:5" } else { "echo" };
                    match (client + round) % 5 {
                        0 => {}
                        1 => connection.send(b"POST /v1/process HTTP/1.1\r\n"),
                        2 => connection.send(b"POST /v1/process HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\nabc"),
                        3 => connection.post("/v1/process", body.as_bytes()),
                        _ => {
                            connection.post("/v1/process", body.as_bytes());
                            assert_eq!(connection.answer().0, 200);
                        }
                    }
                }
            });
        }
    });
    baseline.returns(&mut service);
    assert_eq!(service.status()["requests"], 1, "only this one");
}

#[test]
fn a_connection_survives_a_failed_request() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    let mut connection = Connection::to(&service);
    connection.post("/v1/process", b"exit:1");
    assert_eq!(connection.answer().0, 502);
    connection.post("/v1/process", b"echo");
    assert_eq!(connection.answer().0, 200);
    // Without waiting for the first answer.
    connection.post("/v1/process", b"exit:2");
    connection.post("/v1/process", b"echo");
    assert_eq!(connection.answer().0, 502);
    assert_eq!(connection.answer().0, 200);
    drop(connection);
    baseline.returns(&mut service);
}
