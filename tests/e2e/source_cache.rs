//! Fetched files that are kept: as long as their origins say, and by asking them.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use nix::sys::signal::Signal;

use crate::made;
use crate::origin::LOOPBACK;
use crate::raw::Connection;
use crate::service::{Answer, Service};

/// What the origin answers, whatever is asked for.
struct File {
    headers: String,
    tag: String,
    body: Vec<u8>,
}

/// An origin with one file, which remembers the requests that it got.
struct Origin {
    port: u16,
    file: Arc<Mutex<File>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Origin {
    fn start(headers: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = Self {
            port: listener.local_addr().unwrap().port(),
            file: Arc::new(Mutex::new(File {
                headers: headers.to_owned(),
                tag: "\"one\"".to_owned(),
                body: made::png(&made::still(12, 8)),
            })),
            requests: Arc::default(),
        };
        let (file, requests) = (Arc::clone(&origin.file), Arc::clone(&origin.requests));
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut head = String::new();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap_or(0) > 0 {}
                let answer = file.lock().unwrap().answer(&head);
                requests.lock().unwrap().push(head);
                // The service may have hung up on purpose.
                let _ = stream.write_all(&answer);
            }
        });
        origin
    }

    fn requests(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    fn last_request(&self) -> String {
        self.requests.lock().unwrap().last().unwrap().clone()
    }

    fn ask(&self, service: &Service) -> Answer {
        let url = format!("http://127.0.0.1:{}/file", self.port);
        let answer = service.get(&format!("/v1/process?op=invert&url={url}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }
}

impl File {
    fn answer(&self, head: &str) -> Vec<u8> {
        let Self { headers, tag, body } = self;
        let tag_line = match headers.contains("etag") {
            true => format!("etag: {tag}\r\n"),
            false => String::new(),
        };
        let headers = headers.replace("etag\r\n", &tag_line);
        let known = head.contains(&format!("if-none-match: {tag}\r\n"));
        let (status, body) = match known {
            true => (304, [].as_slice()),
            false => (200, body.as_slice()),
        };
        let length = match known {
            true => String::new(),
            false => format!("content-length: {}\r\n", body.len()),
        };
        let head = format!("HTTP/1.1 {status} X\r\n{length}connection: close\r\n{headers}\r\n");
        [head.as_bytes(), body].concat()
    }
}

#[test]
fn a_file_is_fetched_once_while_it_is_fresh() {
    let service = Service::with(&[LOOPBACK]);
    let origin = Origin::start("cache-control: max-age=3600\r\nage: 600\r\n");
    let answers: Vec<_> = (0..3).map(|_| origin.ask(&service)).collect();
    assert_eq!(origin.requests(), 1);
    assert_eq!(answers[0].body, answers[2].body);
    let control = answers[2].header("cache-control").unwrap();
    let left: u64 = control
        .strip_prefix("public, max-age=")
        .unwrap()
        .parse()
        .unwrap();
    assert!((2000..=3000).contains(&left), "what is left of it: {left}");
    assert_eq!(service.status()["cache"]["sources"]["entries"], 1);
    assert_eq!(service.status()["source_bytes"], 0);
}

#[test]
fn a_file_with_a_tag_is_asked_about_and_not_sent_again() {
    let service = Service::with(&[LOOPBACK]);
    let origin = Origin::start("cache-control: no-cache\r\netag\r\n");
    let first = origin.ask(&service);
    assert!(!origin.last_request().contains("if-none-match"));
    let again = origin.ask(&service);
    assert!(origin.last_request().contains("if-none-match: \"one\""));
    assert_eq!((origin.requests(), &again.body), (2, &first.body));
    assert_eq!(again.header("etag"), first.header("etag"));

    *origin.file.lock().unwrap() = File {
        headers: "cache-control: no-cache\r\netag\r\n".to_owned(),
        tag: "\"two\"".to_owned(),
        body: made::png(&made::still(30, 8)),
    };
    let changed = origin.ask(&service);
    assert_ne!(changed.body, first.body, "the new file counts at once");
    assert_ne!(changed.header("etag"), first.header("etag"));
    assert_eq!(origin.ask(&service).body, changed.body);
    assert!(origin.last_request().contains("if-none-match: \"two\""));
}

#[test]
fn a_date_is_a_way_to_ask_too() {
    let service = Service::with(&[LOOPBACK]);
    let date = "Sun, 22 Nov 2026 10:00:00 GMT";
    let origin = Origin::start(&format!("last-modified: {date}\r\n"));
    origin.ask(&service);
    origin.ask(&service);
    let asked = format!("if-modified-since: {date}");
    assert!(origin.last_request().contains(&asked));
}

#[test]
fn what_may_not_be_kept_or_says_nothing_is_fetched_each_time() {
    let service = Service::with(&[LOOPBACK]);
    for headers in [
        "",
        "cache-control: no-store, max-age=3600\r\netag\r\n",
        "cache-control: private, max-age=3600\r\netag\r\n",
        "cache-control: max-age=3600\r\nvary: *\r\netag\r\n",
        "cache-control: max-age=3600\r\nage: 3600\r\n",
    ] {
        let origin = Origin::start(headers);
        origin.ask(&service);
        origin.ask(&service);
        assert_eq!(origin.requests(), 2, "{headers}");
        assert!(!origin.last_request().contains("if-"), "{headers}");
    }
    assert_eq!(service.status()["cache"]["sources"]["entries"], 0);
    let off = Service::with(&[LOOPBACK, ("source_cache_bytes", "0")]);
    let origin = Origin::start("cache-control: max-age=3600\r\netag\r\n");
    origin.ask(&off);
    origin.ask(&off);
    assert_eq!(origin.requests(), 2);
}

#[test]
fn rules_hold_for_a_file_that_is_kept() {
    let service = Service::with_file(&[LOOPBACK]);
    let origin = Origin::start("cache-control: max-age=3600\r\n");
    origin.ask(&service);
    let url = format!("http://127.0.0.1:{}/file", origin.port);
    let path = format!("/v1/process?op=invert&url={url}");
    for (settings, status) in [
        (
            [LOOPBACK, ("deny_source_hosts", "127.0.0.1")].as_slice(),
            403,
        ),
        (&[LOOPBACK, ("source_bytes_max", "20")], 413),
        // It would be let in again, but what came from there was forgotten.
        (&[], 403),
    ] {
        service.write_settings(settings);
        service.signal(Signal::SIGHUP);
        service.wait_until("the rule counts", || service.get(&path).status == status);
    }
    assert_eq!(origin.requests(), 1);
    service.write_settings(&[LOOPBACK]);
    service.signal(Signal::SIGHUP);
    service.wait_until("it may be fetched", || service.get(&path).status == 200);
    assert_eq!(origin.requests(), 2);
}

#[test]
fn the_memory_of_files_is_bounded() {
    let service = Service::with(&[LOOPBACK, ("source_cache_bytes", "10000")]);
    let origin = Origin::start("cache-control: max-age=3600\r\n");
    for number in 0..30 {
        let url = format!("http://127.0.0.1:{}/{number}", origin.port);
        let path = format!("/v1/process?op=invert&url={url}");
        assert_eq!(service.get(&path).status, 200);
        let bytes = service.status()["cache"]["sources"]["bytes"]
            .as_u64()
            .unwrap();
        assert!((1..=10_000).contains(&bytes), "{bytes}");
    }
    assert_eq!(origin.requests(), 30);
}

#[test]
fn what_is_kept_is_answered_when_the_queue_is_full() {
    let settings = [
        LOOPBACK,
        ("cache_bytes", "1 MiB"),
        ("workers", "1"),
        ("queue_jobs", "1"),
    ];
    let service = Service::with_fake("greets", &settings);
    let origin = Origin::start("cache-control: max-age=3600\r\n");
    origin.file.lock().unwrap().body = b"echo".to_vec();
    let url = format!("http://127.0.0.1:{}/file", origin.port);
    let kept = format!("/v1/process?op=invert&url={url}");
    assert_eq!(service.get(&kept).status, 200);
    let mut busy = Connection::to(&service);
    busy.post("/v1/process", b"hang");
    service.busy_pid();
    let mut waiting = Connection::to(&service);
    waiting.post("/v1/process", b"hang\n2");
    service.wait_until("the queue is full", || {
        service.status()["queue"]["jobs"] == 1
    });
    let answer = service.get(&kept);
    assert_eq!(answer.header("cache-status"), Some("framefarm; hit"));
    let other = service.get(&kept.replace("invert", "flip"));
    assert_eq!(other.verdict(), (503, "overloaded".to_owned()));
    let elsewhere = service.get(&format!("{kept}2"));
    assert_eq!(elsewhere.verdict(), (503, "overloaded".to_owned()));
    assert_eq!(origin.requests(), 1, "nothing was fetched for either");
    drop((busy, waiting));
}

#[test]
fn a_file_that_came_compressed_is_kept_inflated_and_asked_about_by_its_own_tag() {
    let service = Service::with(&[LOOPBACK]);
    let origin = Origin::start("cache-control: no-cache\r\netag\r\n");
    let plain = origin.ask(&service);
    {
        let mut file = origin.file.lock().unwrap();
        file.headers.push_str("content-encoding: gzip\r\n");
        file.tag = "\"one-gzip\"".to_owned();
        file.body = made::gzip(&file.body);
    }
    for _ in 0..2 {
        assert_eq!(origin.ask(&service).body, plain.body);
    }
    let asked = origin.last_request();
    assert!(asked.contains("if-none-match: \"one-gzip\""), "{asked}");
    assert_eq!(origin.requests(), 3);
}
