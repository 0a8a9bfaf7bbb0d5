//! URLs of imgproxy's form, from outside: signatures by their rules, each option that is served by
//! what comes out, and those that are not by their names. docs/imgproxy.md tells of them.

mod libraries;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nix::sys::signal::Signal;
use ring::hmac;

use crate::made;
use crate::origin::{LOOPBACK, Origin};
use crate::picture::Picture;
use crate::png_reader;
use crate::service::{Answer, Service};
use crate::signing::Keys;
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

fn reload(service: &Service, text: &str) {
    let count = || service.log().matches(text).count();
    let before = count();
    service.signal(Signal::SIGHUP);
    service.wait_until(text, || count() > before);
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
    reload(&service, "in force now: signing_keys_file");
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
fn each_option_does_what_the_page_says() {
    let origin = origin();
    let presets = "small=w:8/h:8,default=bg:000";
    let service = Service::with(&[LOOPBACK, ("imgproxy_presets", presets)]);
    let get = |options: &str| picture(&service.get(&unsigned(&origin, options, "@png")));
    for (options, size) in [
        ("", (80, 40)),
        ("rs:fit:20:20", (20, 10)),
        ("resize:fill:20:20", (20, 20)),
        ("rs:fill:100:20", (80, 20)),
        ("rs:fill-down:100:100", (40, 40)),
        ("rs:force:20:30", (20, 30)),
        ("rs:auto:20:0", (20, 10)),
        ("size:160:0", (80, 40)),
        ("s:160:0:1", (160, 80)),
        ("width:40", (40, 20)),
        ("h:10", (20, 10)),
        ("w:160/enlarge:t", (160, 80)),
        ("w:10/zoom:2", (20, 10)),
        ("w:10/dpr:2/pd:1", (24, 14)),
        ("rs:fit:20:20:0:1", (20, 20)),
        ("w:100/h:100/ex:1:no", (100, 100)),
        ("w:20/h:20/exar:1", (20, 20)),
        ("c:30:20", (30, 20)),
        ("crop:30:0:we/w:15", (15, 20)),
        ("pd:1:2:3:4", (86, 44)),
        ("rot:90", (40, 80)),
        ("rot:90/w:20", (20, 40)),
        ("preset:small", (8, 4)),
        ("pr:small/h:2", (4, 2)),
        ("cb:abc/sm:1/kcr:0/scp:1/eth:0/ar:1/raw:0", (80, 40)),
    ] {
        assert_eq!(get(options).size(), size, "{options}");
    }
    let corner = |options: &str| get(options).pixel(0, 0);
    let (red, green, blue) = ([255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]);
    assert_eq!(corner("c:10:10:nowe"), red);
    assert_eq!(corner("c:10:10/g:noea"), green);
    assert_eq!(corner("rs:fill:20:40:0/g:ea"), green);
    assert_eq!(corner("fl:1"), green);
    assert_eq!(corner("fl:0:1"), blue);
    assert_eq!(corner("rot:90"), blue);
    assert_eq!(corner("pd:3"), [0, 0, 0, 255], "the preset's background");
    assert_eq!(corner("pd:3/bg:1:2:3"), [1, 2, 3, 255]);
    assert_eq!(corner("pd:3/bg:"), [0; 4]);
    let framed = format!("{PREFIX}/_/t:5/plain/{}@png", origin.url("/framed.png"));
    for (trim, size) in [
        ("t:5", (10, 12)),
        ("t:5:ffffff", (10, 12)),
        ("t:5:00f", (20, 20)),
    ] {
        let path = framed.replace("t:5", trim);
        assert_eq!(picture(&service.get(&path)).size(), size, "{trim}");
    }
    for blurred in ["bl:4", "pix:30", "sh:2/bl:1"] {
        assert_ne!(get(blurred).rgba, get("").rgba, "{blurred}");
    }
}

#[test]
fn formats_qualities_and_names_of_files_are_as_asked() {
    let origin = origin();
    let service = Service::with(&[LOOPBACK]);
    let get = |options: &str, extension: &str| service.get(&unsigned(&origin, options, extension));
    for (options, extension, expected) in [
        ("", "", "image/png"),
        ("", "@jpg", "image/jpeg"),
        ("f:webp", "", "image/webp"),
        ("f:webp", "@gif", "image/gif"),
        ("ext:avif", "", "image/avif"),
    ] {
        let answer = get(options, extension);
        assert_eq!(
            answer.header("content-type"),
            Some(expected),
            "{options}{extension}"
        );
        assert!(answer.header("content-disposition").is_none());
    }
    let length = |options: &str| get(options, "@jpg").body.len();
    assert!(length("q:10/bl:1") < length("q:95/bl:1"));
    assert_eq!(length("fq:jpg:10:webp:90"), length("q:10"));
    assert!(length("mb:900") <= 900);
    for (options, expected) in [
        ("fn:my%20cat", "inline; filename=\"my cat.jpg\""),
        ("fn:bXkgY2F0:1/att:1", "attachment; filename=\"my cat.jpg\""),
        ("att:t", "attachment"),
        (
            "fn:k%C3%A4tzchen",
            "inline; filename*=UTF-8''k%C3%A4tzchen.jpg",
        ),
    ] {
        let answer = get(options, "@jpg");
        assert_eq!(
            answer.header("content-disposition"),
            Some(expected),
            "{options}"
        );
    }
    let animation = format!("{PREFIX}/_/w:5/plain/{}", origin.url("/animation.gif"));
    let animation = service.get(&animation);
    assert_eq!(animation.header("content-type"), Some("image/gif"));
    is_forged(&get("exp:1000000000", ""), "expired");
    assert_eq!(get("exp:9999999999", "").status, 200);
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
