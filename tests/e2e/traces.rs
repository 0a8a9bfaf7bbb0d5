//! Traces: the caller's is named in the log, and with the feature `otel` a collector is told of each request
//! as a part of it. The collector is `traces/collector.rs`.

#[cfg(feature = "otel")]
mod collector;

use crate::made;
use crate::service::Service;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

fn traceparent() -> String {
    format!("00-{TRACE}-{PARENT}-01")
}

fn ask(service: &Service, path: &str, traceparent: &str) -> u16 {
    let answer = service.get_with(path, &[("traceparent", traceparent)]);
    answer.status
}

#[test]
fn the_callers_trace_stands_in_the_log_and_an_unsound_one_does_not() {
    let service = Service::with(&[("log_format", "json")]);
    assert_eq!(ask(&service, "/v1/effects", &traceparent()), 200);
    assert_eq!(
        ask(&service, "/v1/effects", &traceparent().to_uppercase()),
        200
    );
    assert_eq!(service.get("/v1/effects").status, 200);
    let lines = || -> Vec<serde_json::Value> {
        let log = service.log();
        let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &serde_json::Value| line["path"] == "/v1/effects")
            .collect()
    };
    service.wait_until("all are logged", || lines().len() == 3);
    let traces: Vec<_> = lines()
        .iter()
        .map(|line| line["trace_id"].clone())
        .collect();
    assert_eq!(
        traces,
        [
            TRACE.into(),
            serde_json::Value::Null,
            serde_json::Value::Null
        ]
    );
}

#[test]
fn origins_learn_nothing_of_the_callers_trace() {
    use std::io::{Read, Write};
    let origin = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/x.png", origin.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = origin.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let picture = made::png(&made::still(4, 4));
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            picture.len()
        );
        stream
            .write_all(&[answer.as_bytes(), &picture].concat())
            .unwrap();
        String::from_utf8(head).unwrap().to_ascii_lowercase()
    });
    let service = Service::with(&[crate::origin::LOOPBACK]);
    assert_eq!(
        ask(&service, &format!("/invert/?url={url}"), &traceparent()),
        200
    );
    let heard = heard.join().unwrap();
    assert!(
        !heard.contains("trace") && !heard.contains(TRACE),
        "{heard}"
    );
}

#[cfg(feature = "otel")]
mod exported {
    use std::net::TcpListener;

    use nix::sys::signal::Signal;

    use super::collector::{Span, collector};
    use super::{PARENT, TRACE, ask, traceparent};
    use crate::made;
    use crate::origin::{LOOPBACK, Origin};
    use crate::programs::gateway_behind;
    use crate::service::Service;

    fn service(collector: &str) -> Service {
        let endpoint = format!("OTEL_EXPORTER_OTLP_ENDPOINT={collector}");
        let gateway = gateway_behind(&["env", &endpoint, "OTEL_BSP_SCHEDULE_DELAY=200"]);
        let folder = tempfile::tempdir().unwrap();
        let service = Service::launch(folder, gateway, &[LOOPBACK]);
        service.wait_until("it is ready", || service.get("/readyz").status == 200);
        service
    }

    #[test]
    fn a_request_is_told_with_its_parts_as_a_part_of_the_callers_trace() {
        let (address, spans) = collector();
        let (service, origin) = (service(&address), Origin::start());
        let path = format!("/blur/?url={}", origin.url("/picture.png"));
        assert_eq!(ask(&service, &path, &traceparent()), 200);
        let of_trace = || -> Vec<Span> {
            let spans = spans.lock().unwrap();
            spans
                .iter()
                .filter(|span| span.trace == TRACE)
                .cloned()
                .collect()
        };
        service.wait_until("it is told", || of_trace().len() >= 4);
        let told = of_trace();
        let mut names: Vec<_> = told.iter().map(|span| span.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["GET effects", "fetch", "queue", "work"]);
        let whole = told.iter().find(|span| span.name == "GET effects").unwrap();
        assert_eq!(whole.parent, PARENT);
        for part in told.iter().filter(|span| span.id != whole.id) {
            assert_eq!(part.parent, whole.id, "{part:?}");
            assert!(
                part.begun >= whole.begun && part.ended <= whole.ended,
                "{part:?} {whole:?}"
            );
            assert!(part.begun <= part.ended, "{part:?}");
        }
        // What the caller does not keep is not told.
        let dropped = "5bf92f3577b34da6a3ce929d0e0e4736";
        let unsampled = format!("00-{dropped}-{PARENT}-00");
        assert_eq!(ask(&service, &path, &unsampled), 200);
        let picture = made::png(&made::still(8, 8));
        assert_eq!(service.post("/v1/process?op=invert", &picture).status, 200);
        let has = |name: &str| spans.lock().unwrap().iter().any(|span| span.name == name);
        service.wait_until("the next is told", || has("POST v1"));
        assert!(
            !spans
                .lock()
                .unwrap()
                .iter()
                .any(|span| span.trace == dropped)
        );
    }

    #[test]
    fn what_was_not_told_yet_is_told_at_the_end() {
        let (address, spans) = collector();
        let mut service = service(&address);
        let before = spans.lock().unwrap().len();
        for _ in 0..50 {
            assert_eq!(ask(&service, "/image/", &traceparent()), 200);
        }
        service.signal(Signal::SIGTERM);
        assert!(service.wait_for_end().success());
        let spans = spans.lock().unwrap();
        let told = spans[before..].iter().filter(|span| span.trace == TRACE);
        assert_eq!(told.count(), 50);
    }

    #[test]
    fn a_collector_that_is_not_there_costs_a_line_in_the_log() {
        let nobody = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let mut service = service(&format!("http://{nobody}"));
        let picture = made::png(&made::still(8, 8));
        let said = || service.log().matches("does not answer").count();
        service.wait_until("it is noticed", || {
            assert_eq!(service.post("/invert/", &picture).status, 200);
            said() > 0
        });
        for _ in 0..200 {
            assert_eq!(service.post("/invert/", &picture).status, 200);
        }
        assert_eq!(said(), 1);
        service.signal(Signal::SIGTERM);
        assert!(service.wait_for_end().success());
        let log = service.log();
        assert!(!log.contains("ERROR"), "{log}");
    }
}
