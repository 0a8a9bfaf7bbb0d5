//! HTTP/2 without TLS, for clients and proxies that know that it is there: everything is as in HTTP/1,
//! limits and leaving included, and what is known as attacks costs nobody else anything.

use std::io::Write;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::frames::{
    CONTINUATION, DATA, END_HEADERS, Frames, GOAWAY, HEADERS, INITIAL_WINDOW, PING, RST_STREAM,
    SETTINGS, field, frame, head,
};
use crate::made;
use crate::postlude::Baseline;
use crate::programs::skip;
use crate::raw::Connection;
use crate::service::{Service, holds_within};

const CANCEL: u32 = 8;
const REFUSED_STREAM: u32 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

/// What curl says of a request: version, status, bytes of the answer.
fn curl(service: &Service, path: &str, arguments: &[&str]) -> Option<(String, Vec<u8>)> {
    let known = Command::new("curl").arg("--version").output();
    if !known.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains("HTTP2")) {
        skip("curl with HTTP/2 not installed");
        return None;
    }
    let file = service.folder().join("answer");
    let output = Command::new("curl")
        .args(["--silent", "--http2-prior-knowledge", "--max-time", "60"])
        .args(["--write-out", "%{http_version} %{http_code}"])
        .arg("--output")
        .arg(&file)
        .args(arguments)
        .arg(service.url(path))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    Some((said, std::fs::read(file).unwrap_or_default()))
}

#[test]
fn curl_gets_and_posts_over_http2_what_it_gets_over_http1() {
    let service = Service::start();
    let picture = made::png(&made::opaque_still(700, 500));
    let file = service.folder().join("picture.png");
    std::fs::write(&file, &picture).unwrap();
    let (raw, part) = (
        format!("@{}", file.display()),
        format!("image=@{}", file.display()),
    );
    let Some((said, body)) = curl(&service, "/v1/effects", &[]) else {
        return;
    };
    assert_eq!(
        (said.as_str(), body),
        ("2 200", service.get("/v1/effects").body)
    );
    let made = service.post("/blur/", &picture).body;
    for arguments in [["--data-binary", &raw], ["--form", &part]] {
        let (said, body) = curl(&service, "/blur/", &arguments).unwrap();
        assert_eq!(
            (said.as_str(), body == made),
            ("2 200", true),
            "{arguments:?}"
        );
    }
    let (said, body) = curl(&service, "/nothing/at/all", &[]).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (said.as_str(), &body["code"]),
        ("2 404", &"not_found".into())
    );
    let (said, body) = curl(&service, "/livez", &["--head"]).unwrap();
    assert!(
        said == "2 200"
            && String::from_utf8(body)
                .unwrap()
                .contains("content-length: 18")
    );
    // Both on one port.
    assert_eq!(Connection::to(&service).get("/livez").0, 200);
}

#[test]
fn an_upload_over_the_limit_and_one_that_drips_in_are_refused() {
    let settings = [
        ("source_bytes_max", "1 MiB"),
        ("slow_client_ms", "1000"),
        ("job_deadline_ms", "60000"),
    ];
    let mut service = Service::with(&settings);
    let baseline = Baseline::of(&service);
    let mut frames = Frames::to(&service, &[]);
    let large = [head("POST", "/invert/"), field("content-length", "2000000")].concat();
    assert!(frames.send(HEADERS, END_HEADERS, 1, &large));
    let error: Value = serde_json::from_slice(&frames.body(1)).unwrap();
    assert_eq!(
        (&error["code"], &error["value"]),
        (&"too_large".into(), &2_000_000.into())
    );

    assert!(frames.send(HEADERS, END_HEADERS, 3, &head("POST", "/invert/")));
    assert!(frames.send(DATA, 0, 3, b"only this"));
    let error: Value = serde_json::from_slice(&frames.body(3)).unwrap();
    assert_eq!(error["code"], "request_timeout");
    // The connection is as good as before.
    frames.get(5, "/livez");
    assert_eq!(frames.body(5), br#"{"status":"alive"}"#);
    drop(frames);
    baseline.returns(&mut service);
}

#[test]
fn a_stream_that_is_reset_or_whose_connection_ends_stops_its_job() {
    let mut service = Service::with_fake("greets", &[("workers", "1")]);
    let baseline = Baseline::of(&service);
    let mut frames = Frames::to(&service, &[]);
    frames.post(1, "/v1/process", b"hang");
    let pid = service.busy_pid();
    assert!(frames.send(RST_STREAM, 0, 1, &CANCEL.to_be_bytes()));
    service.wait_until("it has a new worker", || {
        service.workers()[0].pid != Some(pid)
    });
    frames.post(3, "/v1/process", b"echo");
    assert_eq!(frames.body(3), b"echo");

    frames.post(5, "/v1/process", b"hang");
    let pid = service.busy_pid();
    drop(frames);
    service.wait_until("it has a new worker again", || {
        service.workers()[0].pid != Some(pid)
    });
    assert_eq!(service.metric("framefarm_cancelled_total"), 2.0);
    baseline.returns(&mut service);
}

#[test]
fn a_client_that_makes_no_room_for_its_answer_loses_it_and_only_that() {
    let settings = [("slow_client_ms", "1000"), ("job_deadline_ms", "20000")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let mut frames = Frames::to(&service, &[(INITIAL_WINDOW, 1000)]);
    let large = [b"echo\n".as_slice(), &vec![7; 10_000]].concat();
    frames.post(1, "/v1/process", &large);
    let reset = frames.next_of(RST_STREAM).expect("the stream's end");
    assert_eq!((reset.stream, reset.reason()), (1, CANCEL));
    frames.post(3, "/v1/process", b"echo");
    assert_eq!(frames.body(3), b"echo");
    let slow = "framefarm_slow_clients_total{part=\"answer\"}";
    assert_eq!(service.metric(slow), 1.0);
    drop(frames);
    baseline.returns(&mut service);
}

#[test]
fn more_streams_at_once_than_may_be_are_refused_and_the_others_served() {
    let settings = [("workers", "1"), ("http2_streams_max", "2")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let mut frames = Frames::to(&service, &[]);
    frames.post(1, "/v1/process", b"answer late:300");
    frames.post(3, "/v1/process", b"answer late:300");
    frames.post(5, "/v1/process", b"echo");
    let reset = frames.next_of(RST_STREAM).expect("a refusal");
    assert_eq!((reset.stream, reset.reason()), (5, REFUSED_STREAM));
    assert_eq!(frames.body(1), b"answer late:300");
    drop(frames);
    baseline.returns(&mut service);
}

#[test]
fn floods_of_resets_of_heads_without_end_and_of_words_nobody_reads_end_their_connection_only() {
    let settings = [("slow_client_ms", "1500"), ("queue_jobs", "50")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);

    // Streams that are reset as soon as they are begun (CVE-2023-44487).
    let mut frames = Frames::to(&service, &[]);
    for at in 0..20_000 {
        let stream = 2 * at + 1;
        let begun = frames.send(HEADERS, END_HEADERS, stream, &head("POST", "/v1/process"));
        if !begun || !frames.send(RST_STREAM, 0, stream, &CANCEL.to_be_bytes()) {
            break;
        }
    }
    drop(frames);

    // A head that never ends (CVE-2024-27316).
    let mut frames = Frames::to(&service, &[]);
    assert!(frames.send(HEADERS, 0, 1, &head("GET", "/livez")));
    let more = field("a", &"b".repeat(100)).repeat(100);
    let sent = (0..1000).take_while(|_| frames.send(CONTINUATION, 0, 1, &more));
    assert!(sent.count() < 1000, "10 MB of a head were read");

    // Questions whose answers are not read (CVE-2019-9512, -9515).
    for (kind, payload) in [(PING, vec![0; 8]), (SETTINGS, vec![0, 3, 0, 0, 0, 100])] {
        let mut frames = Frames::to(&service, &[]);
        frames
            .0
            .set_write_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        let flood = frame(kind, 0, 0, &payload).repeat(1000);
        let cut = holds_within(Duration::from_secs(60), || {
            match frames.0.write_all(&flood) {
                Ok(()) => false,
                Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
            }
        });
        assert!(cut, "a flood of frames of kind {kind} goes on");
    }
    let log = service.log();
    assert!(!log.contains("ERROR"), "{log}");
    baseline.returns(&mut service);
}

#[test]
fn a_connection_without_requests_ends_and_one_that_stops_says_so() {
    let settings = [("head_timeout_ms", "500"), ("keep_alive_ms", "1500")];
    let mut service = Service::with(&settings);
    let mut silent = Frames::to(&service, &[]);
    assert!(silent.next_of(GOAWAY).is_some());
    let mut served = Frames::to(&service, &[]);
    served.get(1, "/livez");
    assert_eq!(served.body(1), br#"{"status":"alive"}"#);
    assert!(served.next_of(GOAWAY).is_some());

    let mut last = Frames::to(&service, &[]);
    last.get(1, "/livez");
    last.body(1);
    service.signal(nix::sys::signal::Signal::SIGTERM);
    assert!(last.next_of(GOAWAY).is_some());
    assert!(service.wait_for_end().success());
}

#[test]
fn a_flood_of_streams_is_calmed() {
    // What says so is the connection's last word, which not every client gets to read.
    let service = Service::with_fake("greets", &[]);
    let mut frames = Frames::to(&service, &[]);
    let mut flood = Vec::new();
    for at in 0..200 {
        let stream = 2 * at + 1;
        flood.extend(frame(
            HEADERS,
            END_HEADERS,
            stream,
            &head("POST", "/v1/process"),
        ));
        flood.extend(frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes()));
    }
    frames.0.write_all(&flood).unwrap();
    let goodbye = frames.next_of(GOAWAY).expect("a last word");
    assert_eq!(goodbye.reason(), ENHANCE_YOUR_CALM);
}
