//! What cannot be read as HTTP never becomes a request, and is answered like any error all the same: JSON
//! with a code, and the end of the connection. It is no alarm.

use crate::postlude::Baseline;
use crate::raw::Connection;
use crate::service::Service;

fn refused(service: &Service, request: &[u8]) -> (u16, serde_json::Value) {
    let mut connection = Connection::to(service);
    connection.send(request);
    let said = connection.everything();
    let (head, body) = said
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("{said:?}"));
    assert!(head.contains("content-type: application/json"), "{said}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{said}"));
    assert!(
        body["message"].is_string() && body["request_id"].is_string(),
        "{said}"
    );
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body)
}

#[test]
fn what_is_no_request_is_refused_as_any_error_and_costs_nothing() {
    let mut service = Service::start();
    let baseline = Baseline::of(&service);
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(66_000));
    let many = format!(
        "GET / HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "a: b\r\n".repeat(200)
    );
    for (what, request, status) in [
        ("noise", "\u{1}\u{2}\u{3}\r\n\r\n", 400),
        ("no method", " / HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        (
            "an unknown version",
            "GET / HTTP/3.0\r\nhost: x\r\n\r\n",
            400,
        ),
        ("TLS", "\u{16}\u{3}\u{1}\u{0}\u{5}hello\r\n\r\n", 400),
        ("no host", "GET /livez HTTP/1.1\r\n\r\n", 400),
        (
            "two hosts",
            "GET /livez HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n",
            400,
        ),
        (
            "two lengths",
            "POST /invert/ HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n",
            400,
        ),
        (
            "a bad length",
            "POST /invert/ HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
            400,
        ),
        (
            "an unknown coding",
            "POST /invert/ HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xyz\r\n\r\n",
            400,
        ),
        (
            "a folded header",
            "GET / HTTP/1.1\r\nhost: x\r\na: b\r\n c\r\n\r\n",
            400,
        ),
        ("a long target", long.as_str(), 400),
        ("many headers", many.as_str(), 431),
    ] {
        let (given, body) = refused(&service, request.as_bytes());
        assert_eq!(
            (given, &body["code"]),
            (status, &"bad_request".into()),
            "{what}"
        );
        // The next on a connection that was served is refused the same way.
        let mut connection = Connection::to(&service);
        assert_eq!(connection.get("/livez").0, 200);
        connection.send(request.as_bytes());
        let said = connection.everything();
        assert!(
            said.starts_with(&format!("HTTP/1.1 {status} ")),
            "{what}: {said}"
        );
        assert!(said.contains("\"code\":\"bad_request\""), "{what}: {said}");
    }
    baseline.returns(&mut service);
    let log = service.log();
    assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
}

#[test]
fn a_head_without_end_is_refused_when_it_is_too_large() {
    let service = Service::start();
    let head = format!("GET / HTTP/1.1\r\nhost: x\r\na: {}", "b".repeat(127 * 1024));
    let mut connection = Connection::to(&service);
    connection.send(head.as_bytes());
    connection.send(&[b'b'; 4 * 1024]);
    assert_eq!(connection.read_until_body().split(' ').nth(1), Some("431"));
}

#[test]
fn a_body_whose_coding_breaks_off_is_refused_once() {
    let service = Service::start();
    let mut connection = Connection::to(&service);
    connection
        .send(b"POST /invert/ HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n");
    let said = connection.everything();
    assert!(said.starts_with("HTTP/1.1 400 "), "{said}");
    assert_eq!(said.matches("HTTP/1.1 ").count(), 1, "{said}");
    assert!(said.contains("\"code\":\"bad_request\""), "{said}");
}
