//! Pictures by URL: through a real origin on the loopback address, which only an allow-list
//! opens.

use std::net::TcpListener;

use crate::made;
use crate::origin::{LOOPBACK, Origin};
use crate::postlude::rss_peak_bytes;
use crate::service::Service;

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
fn a_picture_may_stand_in_the_url_itself() {
    let service = Service::with(&[("source_bytes_max", "1 KiB")]);
    // The smallest of GIFs: one pixel.
    let (gif, text) = (
        b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;",
        "R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=",
    );
    let uploaded = service.post("/invert/", gif);
    assert_eq!(uploaded.verdict(), (200, String::new()));
    for path in [
        "/invert/?url=data:image/gif;base64,",
        "/v1/process?op=invert&url=data:;base64,",
    ] {
        let answer = service.get(&format!("{path}{text}"));
        assert_eq!(answer.verdict(), (200, String::new()), "{path}");
        assert_eq!(answer.body, uploaded.body);
        let large = service.get(&format!("{path}{}", "A".repeat(1368)));
        assert_eq!(large.verdict(), (413, "too_large".to_owned()));
        let body = large.json();
        assert_eq!((&body["value"], &body["max"]), (&1026.into(), &1024.into()));
        let plain = service.get(&path.replace(";base64", ""));
        assert_eq!(plain.verdict(), (422, "bad_parameter".to_owned()));
    }
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

#[test]
fn a_picture_that_comes_compressed_is_inflated_within_the_limit() {
    let picture = made::png(&made::still(12, 8));
    let sent = made::gzip(&picture);
    let mut changed = sent.clone();
    changed[20] ^= 0xff;
    let origin = Origin::serving([
        (
            "/members.gz",
            [made::gzip(&picture[..50]), made::gzip(&picture[50..])].concat(),
        ),
        ("/cut.gz", sent[..sent.len() - 3].to_vec()),
        ("/followed.gz", [sent.as_slice(), b"more"].concat()),
        ("/changed.gz", changed),
        ("/none.gz", picture.clone()),
        // A gigabyte, in a megabyte.
        ("/bomb.gz", made::gzip(&vec![0; 64 << 20]).repeat(16)),
        ("/whole.gz", sent),
    ]);
    let service = Service::with(&[LOOPBACK, ("source_bytes_max", "4 MiB")]);
    let uploaded = service.post("/invert/", &picture);
    for path in ["/whole.gz", "/members.gz"] {
        let answer = service.get(&format!("/invert/?url={}", origin.url(path)));
        assert_eq!(answer.verdict(), (200, String::new()), "{path}");
        assert_eq!(answer.body, uploaded.body);
    }
    for path in ["/cut.gz", "/followed.gz", "/changed.gz", "/none.gz"] {
        let answer = service.get(&format!("/v1/process?op=invert&url={}", origin.url(path)));
        assert_eq!(
            answer.verdict(),
            (502, "source_unreachable".to_owned()),
            "{path}"
        );
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(
            message.contains("compressed (gzip), and that is broken"),
            "{message}"
        );
    }
    let before = rss_peak_bytes(service.pid());
    for _ in 0..3 {
        let answer = service.get(&format!(
            "/v1/process?op=invert&url={}",
            origin.url("/bomb.gz")
        ));
        assert_eq!(answer.verdict(), (413, "too_large".to_owned()));
        assert_eq!(answer.json()["max"], 4 << 20);
    }
    let peak = rss_peak_bytes(service.pid());
    assert!(peak < before + (40 << 20), "from {before} to {peak} bytes");
    assert_eq!(service.status()["source_bytes"], 0);
}
