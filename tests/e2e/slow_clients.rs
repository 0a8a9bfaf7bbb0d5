//! Clients that are slow, by nature or on purpose: with the head of a request, with its body, with reading
//! the answer. Each is cut off by its own limit, and nobody else waits for it meanwhile.

use std::io::{Read, Write};
use std::time::Duration;

use crate::made;
use crate::postlude::Baseline;
use crate::raw::Connection;
use crate::service::{Service, holds_within};

/// Limits that tests can wait for.
const SOON: [(&str, &str); 2] = [("head_timeout_ms", "1000"), ("slow_client_ms", "1000")];

fn slow(service: &Service, part: &str) -> f64 {
    service.metric(&format!("framefarm_slow_clients_total{{part=\"{part}\"}}"))
}

/// Status and code of the first answer.
fn verdict(said: &str) -> (u16, String) {
    let (head, body) = said
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("{said:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{said}"));
    let id = format!("x-request-id: {}", body["request_id"].as_str().unwrap());
    assert!(head.contains(&id), "{said}");
    (status, body["code"].as_str().unwrap().to_owned())
}

fn timed_out() -> (u16, String) {
    (408, "request_timeout".to_owned())
}

#[test]
fn a_head_that_drips_in_is_refused_whatever_number_of_requests_came_before() {
    let mut service = Service::with(&SOON);
    let baseline = Baseline::of(&service);
    let mut first = Connection::to(&service);
    first.send(b"GET /livez HTTP/1.1\r\nhost: x\r\nx: ");
    assert_eq!(verdict(&first.drip(b"y")), timed_out());

    let mut later = Connection::to(&service);
    for _ in 0..3 {
        assert_eq!(later.get("/livez").0, 200);
    }
    later.send(b"GET /livez HTTP/1.1\r\n");
    assert_eq!(verdict(&later.drip(b"x")), timed_out());
    // And one that breaks off.
    let mut broken = Connection::to(&service);
    assert_eq!(broken.get("/livez").0, 200);
    broken.send(b"GET /livez HTTP/1.1\r\n");
    assert_eq!(verdict(&broken.everything()), timed_out());
    assert_eq!(slow(&service, "head"), 3.0);
    baseline.returns(&mut service);
}

#[test]
fn a_connection_on_which_nothing_was_ever_said_is_closed_without_a_word() {
    let service = Service::with(&SOON);
    assert_eq!(Connection::to(&service).everything(), "");
    // The beginning of what HTTP/2 begins with.
    let mut undecided = Connection::to(&service);
    undecided.send(b"PRI * HT");
    assert_eq!(undecided.everything(), "");
}

#[test]
fn a_connection_is_kept_between_requests_for_longer_than_a_head_may_take() {
    let settings = [("head_timeout_ms", "300"), ("keep_alive_ms", "2500")];
    let service = Service::with(&settings);
    let mut connection = Connection::to(&service);
    assert_eq!(connection.get("/livez").0, 200);
    let mut other = Connection::to(&service);
    // Three times as long as a head may take, by the service's own clock.
    for _ in 0..3 {
        assert_eq!(other.everything(), "");
        other = Connection::to(&service);
    }
    assert_eq!(connection.get("/livez").0, 200);
    assert_eq!(connection.everything(), "", "and then it ends");
}

#[test]
fn an_upload_that_drips_in_is_refused_with_the_limit_that_it_misses() {
    let settings = [SOON[0], SOON[1], ("slow_client_bytes_per_s", "100000")];
    let mut service = Service::with(&settings);
    let baseline = Baseline::of(&service);
    let heads: [&[u8]; 3] = [
        b"content-length: 10000000\r\n\r\n",
        b"transfer-encoding: chunked\r\n\r\n",
        b"content-type: multipart/form-data; boundary=b\r\ncontent-length: 10000000\r\n\r\n--b\r\ncontent-disposition: form-data; name=\"image\"\r\n\r\n",
    ];
    for (path, head) in ["/invert/", "/v1/process?op=invert", "/v1/process?op=invert"]
        .iter()
        .zip(heads)
    {
        let mut connection = Connection::to(&service);
        connection.send(format!("POST {path} HTTP/1.1\r\nhost: x\r\n").as_bytes());
        connection.send(head);
        let said = connection.drip(b"1\r\nx\r\n");
        assert_eq!(verdict(&said), timed_out(), "{said}");
        assert!(
            said.contains("\"limit\":\"slow_client_bytes_per_s\""),
            "{said}"
        );
        assert!(said.contains("connection: close"), "{said}");
    }
    assert_eq!(slow(&service, "upload"), 3.0);
    baseline.returns(&mut service);
}

#[test]
fn an_upload_that_is_slow_and_steady_enough_is_served() {
    let settings = [
        ("slow_client_ms", "1000"),
        ("slow_client_bytes_per_s", "100"),
    ];
    let service = Service::with(&settings);
    let picture = made::png(&made::still(300, 200));
    let mut connection = Connection::to(&service);
    let length = picture.len();
    connection.send(
        format!("POST /invert/ HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n").as_bytes(),
    );
    // Several windows long, and in each more than has to be.
    for piece in picture.chunks(length.div_ceil(25)) {
        connection.send(piece);
        std::thread::park_timeout(Duration::from_millis(100));
    }
    assert_eq!(connection.answer().0, 200);
}

#[test]
fn a_client_that_never_reads_its_answer_loses_it_and_its_memory_is_free_again() {
    let mut service = Service::with_fake("greets", &[SOON[1], ("job_deadline_ms", "20000")]);
    let baseline = Baseline::of(&service);
    // Far more than the kernel keeps for a connection.
    let large = [b"echo\n".as_slice(), &vec![7; 19 << 20]].concat();
    let mut stalled: Vec<_> = (0..4).map(|_| Connection::to(&service)).collect();
    for connection in &mut stalled {
        connection.post("/v1/process", &large);
    }
    service.wait_until("they are cut off", || slow(&service, "answer") == 4.0);
    service.wait_until("nothing is in progress", || {
        service.status()["requests"] == 1
    });
    for connection in &mut stalled {
        assert!(ends_early(connection, large.len()));
    }
    baseline.returns(&mut service);
    let log = service.log();
    assert!(!log.contains("ERROR"), "{log}");
}

#[test]
fn a_client_that_reads_its_answer_too_slowly_loses_the_rest() {
    let settings = [SOON[1], ("slow_client_bytes_per_s", "50000000")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let large = [b"echo\n".as_slice(), &vec![7; 19 << 20]].concat();
    let mut connection = Connection::to(&service);
    connection.post("/v1/process", &large);
    // It reads all the time, and far too little.
    service.wait_until("it is cut off", || {
        let _ = connection.stream().read(&mut [0; 1000]);
        slow(&service, "answer") == 1.0
    });
    assert!(ends_early(&mut connection, large.len()));
    drop(connection);
    baseline.returns(&mut service);
}

/// Whether the other side is gone before it has sent so many bytes.
fn ends_early(connection: &mut Connection, length: usize) -> bool {
    let copied = std::io::copy(connection.stream(), &mut std::io::sink());
    copied.map_or(true, |bytes| bytes < length as u64)
}

#[test]
fn a_thousand_silent_connections_and_a_hundred_that_drip_keep_nobody_waiting() {
    let service = Service::with(&[("head_timeout_ms", "60000")]);
    let silent: Vec<_> = (0..1000).map(|_| Connection::to(&service)).collect();
    let mut dripping: Vec<_> = (0..100).map(|_| Connection::to(&service)).collect();
    for connection in &mut dripping {
        connection.send(b"GET /livez HTTP/1.1\r\nhost: x\r\nx: ");
    }
    service.wait_until("all are there", || {
        service.metric("framefarm_connections") >= 1100.0
    });
    let picture = made::png(&made::still(32, 24));
    for _ in 0..20 {
        for connection in &mut dripping {
            let _ = connection.stream().write(b"y");
        }
        assert_eq!(service.post("/invert/", &picture).status, 200);
    }
    drop((silent, dripping));
    service.wait_until("they are gone", || {
        service.metric("framefarm_connections") < 10.0
    });
}

#[test]
fn connections_beyond_the_limit_wait_until_others_end() {
    let settings = [
        ("connections_max", "4"),
        ("http_threads", "1"),
        ("head_timeout_ms", "60000"),
    ];
    let service = Service::begin(&settings);
    let mut held: Vec<_> = (0..4).map(|_| Connection::to(&service)).collect();
    for connection in &mut held {
        assert_eq!(connection.get("/livez").0, 200);
    }
    let mut waiting = Connection::to(&service);
    waiting.send(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n");
    let quiet = Duration::from_millis(300);
    waiting.stream().set_read_timeout(Some(quiet)).unwrap();
    assert!(
        waiting.stream().peek(&mut [0]).is_err(),
        "it is not served yet"
    );
    drop(held.pop());
    assert!(holds_within(Duration::from_secs(20), || {
        waiting
            .stream()
            .peek(&mut [0])
            .is_ok_and(|length| length == 1)
    }));
    assert_eq!(waiting.answer().0, 200);
}

#[test]
fn a_limit_of_descriptors_that_is_too_low_is_said_at_the_start() {
    let service = Service::with(&[("connections_max", "1000000")]);
    let log = service.log();
    assert!(log.contains("descriptors may run out"), "{log}");
    assert!(log.contains("connections_max=1000000"), "{log}");
}
