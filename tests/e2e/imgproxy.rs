//! URLs of imgproxy's form, from outside: signatures by their rules, options that are served by what
//! comes out, and those that are not by their names. docs/imgproxy.md tells of them.

mod libraries;
mod options;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use crate::key_file::Keys;
use crate::made;
use crate::origin::{LOOPBACK, Origin};
use crate::picture::Picture;
use crate::png_reader;
use crate::service::{Answer, Service};
use crate::token_file::{Tokens, token};

const PREFIX: &str = "/imgproxy";

/// A pair of key and salt, both in hexadecimal.
fn pair(id: &str) -> [String; 2] {
    let hex = |text: String| text.bytes().map(|byte| format!("{byte:02x}")).collect();
    [hex(format!("key of {id}")), hex(format!("salt of {id}"))]
}

fn entry(id: &str) -> String {
    let [key, salt] = pair(id);
    format!("[[imgproxy]]\nid = \"{id}\"\nkey = \"{key}\"\nsalt = \"{salt}\"\n")
}

fn signed(id: &str, path: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, format!("key of {id}").as_bytes());
    let tag = hmac::sign(&key, format!("salt of {id}{path}").as_bytes());
    format!("{PREFIX}/{}{path}", URL_SAFE_NO_PAD.encode(tag))
}

/// A picture of four coloured quarters: red, green; blue, white.
fn quarters(width: usize, height: usize) -> Picture {
    Picture::painted(width, height, |x, y| {
        match (x < width / 2, y < height / 2) {
            (true, true) => [255, 0, 0, 255],
            (false, true) => [0, 255, 0, 255],
            (true, false) => [0, 0, 255, 255],
            (false, false) => [255; 4],
        }
    })
}

fn origin() -> Origin {
    Origin::serving([
        ("/wide.png", made::png(&quarters(80, 40))),
        ("/framed.png", made::png(&framed())),
        ("/animation.gif", made::animation()),
    ])
}

/// 10 × 12 pixels in red with a white frame.
fn framed() -> Picture {
    Picture::painted(20, 20, |x, y| {
        match (5..15).contains(&x) && (4..16).contains(&y) {
            true => [255, 0, 0, 255],
            false => [255; 4],
        }
    })
}

fn unsigned(origin: &Origin, options: &str, extension: &str) -> String {
    let slash = if options.is_empty() { "" } else { "/" };
    format!(
        "{PREFIX}/unsafe{slash}{options}/plain/{}{extension}",
        origin.url("/wide.png")
    )
}

fn picture(answer: &Answer) -> Picture {
    assert_eq!(answer.verdict(), (200, String::new()));
    png_reader::read(&answer.body).unwrap()
}

fn is_forged(answer: &Answer, why: &str) {
    assert_eq!(answer.verdict(), (403, "forbidden".to_owned()));
    assert_eq!(answer.json()["signature"], why);
}

#[test]
fn a_url_is_good_if_any_pair_signed_it_and_with_pairs_nothing_else_is() {
    let origin = origin();
    let tokens = Tokens::new(&[("bot", "")]);
    let keys = Keys::new(&[entry("old"), entry("new")].concat());
    let file = tokens.setting().1;
    let service = keys.service(&[("tokens_file", &file)]);
    let path = format!("/w:20/plain/{}@png", origin.url("/wide.png"));
    let encoded = URL_SAFE_NO_PAD.encode(origin.url("/wide.png"));
    let encoded = format!("/w:20/{}/{}.png", &encoded[..9], &encoded[9..]);
    for path in [&path, &encoded] {
        for id in ["old", "new"] {
            assert_eq!(picture(&service.get(&signed(id, path))).size(), (20, 10));
        }
        let bot = token("bot");
        for wrong in [
            signed("nobody", path),
            signed("old", path).replace("w:20", "w:30"),
            signed("old", path).replace("png", "gif"),
            format!("{PREFIX}/unsafe{path}"),
            format!("{PREFIX}/insecure{path}"),
            format!("{PREFIX}//x{path}"),
        ] {
            is_forged(&service.get(&wrong), "wrong");
            is_forged(
                &service.get_with(&wrong, &[("authorization", &bot)]),
                "wrong",
            );
        }
    }
    let log = service.log();
    assert!(log.contains("token=\"imgproxy:old\""), "{log}");
    assert!(!log.contains("wide.png"), "addresses are not logged");

    keys.write(&entry("new"));
    service.reload("in force now: signing_keys_file");
    is_forged(&service.get(&signed("old", &path)), "wrong");
    assert_eq!(service.get(&signed("new", &path)).status, 200);
}

#[test]
fn without_a_pair_anything_may_stand_for_a_signature_where_no_token_is_needed() {
    let origin = origin();
    let path = unsigned(&origin, "", "@png");
    let open = Service::with(&[LOOPBACK]);
    assert_eq!(picture(&open.get(&path)).size(), (80, 40));
    assert_eq!(open.get(&path.replace("unsafe", "_")).status, 200);
    assert_eq!(open.post(&path, b"x").verdict().0, 405);

    let tokens = Tokens::new(&[("bot", ""), ("web", "dialects = [\"pipelines\"]")]);
    let closed = tokens.service(&[LOOPBACK]);
    assert_eq!(
        closed.get(&path).verdict(),
        (401, "unauthorized".to_owned())
    );
    let by = |name| closed.get_with(&path, &[("authorization", &token(name))]);
    assert_eq!(by("bot").status, 200);
    assert_eq!(by("web").verdict(), (403, "forbidden".to_owned()));
}

#[test]
fn the_prefix_may_be_another_the_root_or_none() {
    let origin = origin();
    let at = |prefix: &str| unsigned(&origin, "w:20", "@png").replacen(PREFIX, prefix, 1);
    for (prefix, good, none) in [
        ("/a/b", "/a/b", PREFIX),
        ("/", "", "/a/b"),
        ("", "?", PREFIX),
    ] {
        let service = Service::with_file(&[LOOPBACK, ("imgproxy_prefix", prefix)]);
        if !prefix.is_empty() {
            assert_eq!(service.get(&at(good)).status, 200, "{prefix}");
        }
        assert_ne!(service.get(&at(none)).status, 200, "{prefix}");
        assert_eq!(service.get("/livez").status, 200);
        assert_eq!(service.get("/nothing/here/at/all").status / 100, 4);
    }
}

#[test]
fn what_is_not_served_is_refused_by_its_name() {
    let origin = origin();
    let service = Service::with(&[LOOPBACK]);
    for (option, name, said) in [
        ("rs:auto:10:10", "resizing_type", "auto"),
        ("g:fp:0.1:0.1", "g", "fp"),
        ("watermark:0.5", "watermark", "overlay"),
        ("mw:100", "mw", "least size"),
        ("adjust:1:1:1", "adjust", "Pro"),
        ("mrd:5", "mrd", "operator"),
        ("msr:5", "msr", "operator"),
        ("bluur:5", "bluur", "did you mean blur"),
        ("bl:500", "blur", "250"),
        ("f:heic", "f", "jpg, png, webp, avif, gif"),
        ("pr:a", "pr", "\"a\""),
    ] {
        let answer = service.get(&unsigned(&origin, option, ""));
        assert_eq!(
            answer.verdict(),
            (422, "bad_parameter".to_owned()),
            "{option}"
        );
        let body = answer.json();
        assert_eq!(body["option"], name, "{body}");
        let message = body["message"].as_str().unwrap();
        assert!(
            message.contains(name) && message.contains(said),
            "{message}"
        );
    }
    for path in [
        "/a",
        "/a/b%",
        "/a/enc/b",
        "/a/w:1",
        "/a/plain/http://x@png@jpg",
    ] {
        let answer = service.get(&format!("{PREFIX}{path}"));
        assert_eq!(answer.verdict(), (400, "bad_request".to_owned()), "{path}");
    }
    // The rules for sources hold here too.
    let inside = format!("{PREFIX}/_/plain/http://169.254.169.254/x");
    assert_eq!(
        service.get(&inside).verdict(),
        (403, "source_forbidden".to_owned())
    );
}
