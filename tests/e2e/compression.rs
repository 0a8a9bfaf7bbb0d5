//! Texts leave compressed for clients that take it, and are the same texts; pictures are left alone.

use std::io::Read;

use crate::service::{Answer, Service};

const GZIP: (&str, &str) = ("accept-encoding", "br, gzip;q=0.8");

fn text_of(answer: &Answer) -> Vec<u8> {
    let mut text = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(answer.body.as_slice());
    decoder.read_to_end(&mut text).unwrap();
    text
}

fn says_that_it_varies(answer: &Answer) -> bool {
    let vary = answer.headers.iter().filter(|(name, _)| name == "vary");
    vary.clone().any(|(_, value)| value == "Accept-Encoding")
}

#[test]
fn texts_are_compressed_for_those_who_take_it_and_are_the_same() {
    let service = Service::start();
    for path in [
        "/v1/effects",
        "/openapi.json",
        "/",
        "/docs",
        "/playground/main.js",
        "/playground/style.css",
    ] {
        let plain = service.get_with(path, &[("accept-encoding", "identity")]);
        assert_eq!(plain.header("content-encoding"), None, "{path}");
        // Once made, once kept.
        for _ in 0..2 {
            let coded = service.get_with(path, &[GZIP]);
            assert_eq!(coded.header("content-encoding"), Some("gzip"), "{path}");
            assert_eq!(coded.header("content-type"), plain.header("content-type"));
            assert!(coded.body.len() < plain.body.len() * 2 / 3, "{path}");
            assert_eq!(text_of(&coded), plain.body, "{path}");
            assert!(
                says_that_it_varies(&coded) && says_that_it_varies(&plain),
                "{path}"
            );
        }
    }
    let status = service.admin_with("/status.json", &[GZIP]);
    assert!(serde_json::from_slice::<serde_json::Value>(&text_of(&status)).is_ok());
}

#[test]
fn a_tag_of_a_compressed_file_is_weak_and_known_again() {
    let service = Service::start();
    let plain = service.get("/playground/main.js");
    let coded = service.get_with("/playground/main.js", &[GZIP]);
    let tag = coded.header("etag").unwrap();
    assert_eq!(
        Some(tag),
        plain
            .header("etag")
            .map(|tag| format!("W/{tag}"))
            .as_deref()
    );
    let known = service.get_with("/playground/main.js", &[GZIP, ("if-none-match", tag)]);
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert!(says_that_it_varies(&known));
}

#[test]
fn pictures_and_short_texts_are_left_as_they_are() {
    let service = Service::start();
    for path in [
        "/livez",
        "/nothing/at/all",
        "/playground/cat.jpg",
        "/playground/rosette.png",
    ] {
        let answer = service.get_with(path, &[GZIP]);
        assert_eq!(answer.header("content-encoding"), None, "{path}");
        assert!(!says_that_it_varies(&answer), "{path}");
    }
}
