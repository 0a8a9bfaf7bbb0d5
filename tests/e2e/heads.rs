//! HEAD: everything that can be got can be asked for without its body, as link previews and caches do.

use crate::origin::{LOOPBACK, Origin};
use crate::raw::Connection;
use crate::service::Service;

/// Headers whose values are of the moment.
const PASSING: [&str; 4] = ["date", "x-request-id", "x-process-time", "server-timing"];

/// The head of an answer, line by line; there may be no body behind it.
fn head(service: &Service, method: &str, path: &str) -> Vec<String> {
    let mut connection = Connection::to(service);
    connection.send(format!("{method} {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes());
    let head = connection.read_until_body();
    if method == "HEAD" {
        // With a body before it, this would not begin like an answer.
        assert_eq!(connection.get("/livez").0, 200, "{path}");
    }
    let mut lines: Vec<_> = head
        .lines()
        .filter(|line| {
            !PASSING
                .iter()
                .any(|name| line.starts_with(&format!("{name}:")))
        })
        .map(ToOwned::to_owned)
        .collect();
    lines.sort();
    lines
}

#[test]
fn a_head_is_the_head_of_what_a_get_gives() {
    let origin = Origin::start();
    let url = origin.url("/picture.png");
    let settings = [LOOPBACK, ("cache_bytes", "1 MiB")];
    let service = Service::with(&settings);
    let prefix = format!("/imgproxy/insecure/resize:fit:8:8/plain/{url}");
    for path in [
        "/livez",
        "/v1/effects",
        "/openapi.json",
        "/",
        "/docs",
        "/playground/main.js",
        "/image/",
        "/nothing/at/all",
        "/invert/",
        &format!("/invert/?url={url}"),
        &format!("/image/invert/?url={url}"),
        &format!("/v1/process?op=invert&op=blur:2&url={url}"),
        &prefix,
    ] {
        // The first one makes it, the others get it from the cache.
        head(&service, "GET", path);
        let (got, asked) = (head(&service, "GET", path), head(&service, "HEAD", path));
        assert_eq!(asked, got, "{path}");
        assert!(
            asked
                .iter()
                .any(|line| line.starts_with("content-length: ")),
            "{asked:?}"
        );
    }
}

#[test]
fn a_head_alone_does_the_job_and_a_get_then_has_it() {
    let origin = Origin::start();
    let url = origin.url("/picture.png");
    let settings = [LOOPBACK, ("cache_bytes", "1 MiB")];
    let service = Service::with(&settings);
    let path = format!("/blur/?url={url}");
    let asked = head(&service, "HEAD", &path);
    assert!(asked.contains(&"http/1.1 200 ok".to_owned()), "{asked:?}");
    let answer = service.get(&path);
    assert_eq!(answer.header("cache-status"), Some("framefarm; hit"));
    let length = format!("content-length: {}", answer.body.len());
    assert!(asked.contains(&length), "{asked:?}");
    let tag = answer.header("etag").unwrap();
    assert!(asked.contains(&format!("etag: {tag}")), "{asked:?}");
}
