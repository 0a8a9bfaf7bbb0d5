//! Pictures by URL: through a real origin on the loopback address, which only an allow-list
//! opens.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::made;
use crate::service::Service;

pub(crate) const LOOPBACK: (&str, &str) = ("allow_source_networks", "127.0.0.0/8");

/// An origin that answers by path until the test ends.
pub(crate) struct Origin {
    port: u16,
}

impl Origin {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || answer(stream, port));
            }
        });
        Self { port }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

fn answer(mut stream: TcpStream, port: u16) {
    let mut line = String::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    // A client that only connects is no request.
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or_default();
    let redirect = |to: &str| (302, format!("location: {to}\r\n"), Vec::new());
    let (status, headers, body) = match path {
        "/a%20picture.png?x=1&y=2" | "/picture.png" => {
            (200, String::new(), made::png(&made::still(12, 8)))
        }
        "/moved" => redirect("/picture.png"),
        "/loop" => redirect("/loop"),
        "/to-metadata" => redirect("http://169.254.169.254/latest/"),
        "/to-ipv6" => redirect(&format!("http://[::1]:{port}/picture.png")),
        "/text" => (200, String::new(), b"hello".to_vec()),
        "/large" => (200, String::new(), vec![0; 2 << 20]),
        "/slow" => {
            thread::park_timeout(crate::service::PATIENCE);
            return;
        }
        _ => (404, String::new(), b"no".to_vec()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
    );
    // The service may have hung up on purpose.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(&body));
}

#[test]
fn a_picture_is_fetched_and_worked_on() {
    let origin = Origin::start();
    let service = Service::with(&[LOOPBACK]);
    let uploaded = service.post("/blur/", &made::png(&made::still(12, 8)));
    for path in ["/picture.png", "/moved"] {
        let answer = service.get(&format!("/blur/?url={}", origin.url(path)));
        assert_eq!(answer.verdict(), (200, String::new()), "{path}");
        assert_eq!(answer.body, uploaded.body);
        assert!(
            answer
                .header("server-timing")
                .unwrap()
                .contains("fetch;dur=")
        );
    }
    let pipeline = format!("/v1/process?op=blur&url={}", origin.url("/picture.png"));
    assert_eq!(service.get(&pipeline).body, uploaded.body);
}

#[test]
fn a_url_is_decoded_exactly_once() {
    let origin = Origin::start();
    let service = Service::with(&[LOOPBACK]);
    // What the picture's own URL escapes stays escaped: %20, and the & of its query.
    let url = origin.url("/a%2520picture.png?x=1%26y=2");
    assert_eq!(service.get(&format!("/invert/?url={url}")).status, 200);
}

#[test]
fn what_goes_wrong_at_the_origin_is_told_apart() {
    let origin = Origin::start();
    let service = Service::with(&[
        LOOPBACK,
        ("source_bytes_max", "1 MiB"),
        ("fetch_timeout_ms", "1000"),
    ]);
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    };
    for (url, code, effects, v1) in [
        (origin.url("/missing"), "source_unreachable", 415, 502),
        (closed, "source_unreachable", 415, 502),
        (origin.url("/loop"), "source_unreachable", 415, 502),
        (origin.url("/slow"), "source_timeout", 400, 504),
        (origin.url("/text"), "not_an_image", 415, 415),
        (origin.url("/large"), "too_large", 413, 413),
        (origin.url("/to-metadata"), "source_forbidden", 403, 403),
        (origin.url("/to-ipv6"), "source_forbidden", 403, 403),
        ("http://10.0.0.1/".to_owned(), "source_forbidden", 403, 403),
    ] {
        let effect = service.get(&format!("/blur/?url={url}"));
        assert_eq!(effect.verdict(), (effects, code.to_owned()), "{url}");
        let pipeline = service.get(&format!("/v1/process?op=blur&url={url}"));
        assert_eq!(pipeline.verdict(), (v1, code.to_owned()), "{url}");
    }
}

#[test]
fn without_an_allow_list_only_public_addresses_are_fetched_from() {
    let origin = Origin::start();
    let service = Service::start();
    for host in [
        "127.0.0.1",
        "localhost",
        "0x7f.1",
        "2130706433",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ] {
        let path = format!("/blur/?url=http://{host}:{}/picture.png", origin.port);
        let answer = service.get(&path);
        assert_eq!(
            answer.verdict(),
            (403, "source_forbidden".to_owned()),
            "{host}"
        );
    }
}
