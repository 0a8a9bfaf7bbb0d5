//! What browsers are told: what they may not make of an answer, and which pages of others may call.

use crate::made;
use crate::picture::Picture;
use crate::service::{Answer, Service};

const PAGE: &str = "https://gallery.example";
const STRANGER: &str = "https://elsewhere.example";

fn picture() -> Vec<u8> {
    made::png(&Picture::painted(8, 8, |x, y| {
        [x as u8 * 30, y as u8 * 30, 0, 255]
    }))
}

fn origin(answer: &Answer) -> Option<&str> {
    answer.header("access-control-allow-origin")
}

#[test]
fn a_picture_is_shown_by_other_sites_and_run_by_nobody() {
    let service = Service::start();
    for path in ["/v1/process?op=flip", "/invert/"] {
        let answer = service.post(path, &picture());
        assert_eq!(answer.status, 200);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'"),
            ("cross-origin-resource-policy", "cross-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}: {name}");
        }
    }
    for path in [
        "/",
        "/v1/effects",
        "/livez",
        "/nothing/here",
        "/playground/main.js",
    ] {
        let answer = service.get(path);
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        let policy = answer.header("cross-origin-resource-policy");
        assert_eq!(policy, Some("same-origin"), "{path}");
    }
    let status = service.admin("/status.json");
    assert_eq!(status.header("x-content-type-options"), Some("nosniff"));
}

#[test]
fn unless_told_so_no_page_of_others_may_call() {
    let service = Service::start();
    let answer = service.post_with("/invert/", &[("origin", PAGE)], &picture());
    assert_eq!((answer.status, origin(&answer)), (200, None));
    assert_eq!(answer.header("vary"), None);
    let asked = [("origin", PAGE), ("access-control-request-method", "POST")];
    let answer = service.options("/v1/process", &asked);
    assert_eq!(answer.verdict(), (405, "method_not_allowed".to_owned()));
}

#[test]
fn pages_of_the_origins_that_are_listed_may_call_and_read_the_headers() {
    let service = Service::with(&[("cors_origins", PAGE)]);
    let asked = [("origin", PAGE), ("access-control-request-method", "POST")];
    let answer = service.options("/v1/process", &asked);
    assert_eq!((answer.status, origin(&answer)), (204, Some(PAGE)));
    assert_eq!(
        answer.header("access-control-allow-methods"),
        Some("GET, HEAD, POST")
    );
    let headers = answer.header("access-control-allow-headers").unwrap();
    assert!(headers.contains("Authorization"), "{headers}");
    assert_eq!(answer.header("access-control-allow-credentials"), None);

    // An error is to be read as well.
    for (path, status) in [("/invert/", 200), ("/v1/process?op=blur:999", 422)] {
        let answer = service.post_with(path, &[("origin", PAGE)], &picture());
        assert_eq!(
            (answer.status, origin(&answer)),
            (status, Some(PAGE)),
            "{path}"
        );
        let exposed = answer.header("access-control-expose-headers").unwrap();
        for name in [
            "X-Request-Id",
            "X-Ratelimit-Remaining",
            "Server-Timing",
            "Retry-After",
        ] {
            assert!(exposed.contains(name), "{exposed}");
        }
        assert_eq!(answer.header("vary"), Some("Origin"), "{path}");
    }
}

#[test]
fn other_pages_get_no_permission_and_the_operators_listener_gives_none() {
    let service = Service::with(&[("cors_origins", PAGE)]);
    let asked = [
        ("origin", STRANGER),
        ("access-control-request-method", "POST"),
    ];
    let answer = service.options("/v1/process", &asked);
    assert_eq!(origin(&answer), None);
    let answer = service.get_with("/v1/effects", &[("origin", STRANGER)]);
    assert_eq!((answer.status, origin(&answer)), (200, None));
    // A cache must not show this answer to a page that may read it.
    assert_eq!(answer.header("vary"), Some("Origin"));
    let answer = service.admin_with("/status.json", &[("origin", PAGE)]);
    assert_eq!((answer.status, origin(&answer)), (200, None));
}

#[test]
fn a_star_lets_every_page_call() {
    let service = Service::with(&[("cors_origins", "*")]);
    let answer = service.get_with("/v1/effects", &[("origin", STRANGER)]);
    assert_eq!((answer.status, origin(&answer)), (200, Some("*")));
    let mut headers = answer.headers.iter();
    let origin = ("vary".to_owned(), "Origin".to_owned());
    assert!(!headers.any(|header| *header == origin), "{answer:?}");
}
