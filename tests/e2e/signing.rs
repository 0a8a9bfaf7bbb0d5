//! Signed URLs: what is signed here by other means than the service's own is taken, and what was
//! changed, has expired or lost its key is refused and told apart.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use crate::key_file::Keys;
use crate::made;
use crate::origin::{LOOPBACK, Origin};
use crate::png_reader;
use crate::programs::{framefarm, skip};
use crate::service::{Answer, Service};
use crate::token_file::{Tokens, token};

fn secret(id: &str) -> Vec<u8> {
    format!("{id:x<32}").into_bytes()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn entry(id: &str, more: &str) -> String {
    let secret = hex(&secret(id));
    format!("[[key]]\nid = \"{id}\"\nsecret = \"{secret}\"\n{more}\n")
}

fn in_seconds(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs() as i64 + seconds
}

/// As docs/api.md says it is done; the pairs must be sorted by name and escaped already.
fn signed(path: &str, pairs: &[&str], id: &str, expires: i64) -> String {
    let (expires, key) = (format!("expires={expires}"), format!("key={id}"));
    let mut all = pairs.to_vec();
    all.extend([expires.as_str(), key.as_str()]);
    all.sort_by_key(|pair| pair.split('=').next());
    let message = format!("{path}?{}", all.join("&"));
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, &secret(id)),
        message.as_bytes(),
    );
    format!("{message}&signature={}", URL_SAFE_NO_PAD.encode(tag))
}

fn at(origin: &Origin) -> String {
    let url = origin.url("/picture.png");
    format!("url={}", url.replace(':', "%3A").replace('/', "%2F"))
}

fn reason(answer: &Answer) -> String {
    assert_eq!(answer.verdict(), (403, "forbidden".to_owned()));
    answer.json()["signature"].as_str().unwrap().to_owned()
}

#[test]
fn a_signed_url_needs_no_token_in_any_dialect() {
    let (origin, keys) = (Origin::start(), Keys::new(&entry("web", "")));
    let tokens = Tokens::new(&[("bot", "")]);
    let path = tokens.setting().1;
    let service = keys.service(&[("tokens_file", &path)]);
    let url = at(&origin);
    for (path, operation) in [("/v1/process", "op=resize%3A6"), ("/image/invert/", "x=1")] {
        let pairs = [operation, url.as_str()];
        let answer = service.get(&signed(path, &pairs, "web", in_seconds(60)));
        assert_eq!(answer.verdict(), (200, String::new()), "{path}");
        let width = png_reader::read(&answer.body).unwrap().width;
        assert_eq!(width, if path == "/v1/process" { 6 } else { 12 });
        let unsigned = service.get(&format!("{path}?{operation}&{url}"));
        assert_eq!(unsigned.code(), "unauthorized");
        assert!(
            unsigned.json()["message"]
                .as_str()
                .unwrap()
                .contains("signed URL")
        );
        let with_token = [("authorization", token("bot"))];
        let with_token = with_token
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let by_token = service.get_with(&format!("{path}?{operation}&{url}"), &with_token);
        assert_eq!(by_token.status, 200);
        // A signature that is there must be right.
        let wrong = format!("{path}?{operation}&{url}&key=web&expires=9999999999&signature=AAAA");
        assert_eq!(reason(&service.get_with(&wrong, &with_token)), "wrong");
    }
    let log = service.log();
    assert!(log.contains("token=\"key:web\""), "{log}");
    assert!(!log.contains(&hex(&secret("web"))), "no secret is logged");
    let named = service.status()["tokens"].to_string();
    assert!(named.contains("key:web"), "{named}");
}

#[test]
fn the_order_of_different_parameters_and_their_escapes_do_not_matter() {
    let (origin, keys) = (Origin::start(), Keys::new(&entry("web", "")));
    let service = keys.service(&[]);
    let pairs = ["format=png", "op=resize%3A6", "op=resize%3A4", &at(&origin)];
    let good = signed("/v1/process", &pairs, "web", in_seconds(60));
    let (path, query) = good.split_once('?').unwrap();
    let mut pairs: Vec<_> = query.split('&').collect();
    for turn in 0..pairs.len() {
        pairs.rotate_left(1);
        let operations: Vec<_> = pairs
            .iter()
            .filter(|pair| pair.starts_with("op="))
            .collect();
        let kept = operations[0].ends_with('6');
        let answer = service.get(&format!("{path}?{}", pairs.join("&")));
        if kept {
            assert_eq!(
                png_reader::read(&answer.body).unwrap().width,
                4,
                "turn {turn}"
            );
        } else {
            // A pipeline in another order is another pipeline.
            assert_eq!(reason(&answer), "wrong", "turn {turn}");
        }
    }
    let escaped = good
        .replace("format=png", "f%6frmat=%70ng")
        .replace("%3A", ":");
    assert_eq!(service.get(&escaped).status, 200);
}

#[test]
fn what_was_changed_has_expired_or_is_of_another_key_is_refused_and_told_apart() {
    let (origin, keys) = (Origin::start(), Keys::new(&entry("web", "")));
    let service = keys.service(&[]);
    let url = at(&origin);
    let pairs = ["op=resize%3A6", url.as_str()];
    let good = signed("/v1/process", &pairs, "web", in_seconds(600));
    assert_eq!(service.get(&good).status, 200);
    let expired = signed("/v1/process", &pairs, "web", in_seconds(-5));
    let of_another = signed("/v1/process", &pairs, "other", in_seconds(600));
    let (unsigned, _) = good.split_once("&signature=").unwrap();
    for (changed, why) in [
        (expired.clone(), "expired"),
        (expired.replace("expires=1", "expires=2"), "wrong"),
        (of_another.clone(), "unknown_key"),
        (of_another.replace("key=other", "key=web"), "wrong"),
        (good.replace("%3A6", "%3A600"), "wrong"),
        (good.replace("picture.png", "other.png"), "wrong"),
        (good.replace("/v1/process", "/blur/"), "wrong"),
        (format!("{good}&format=gif"), "wrong"),
        (format!("{good}&expires=9999999999"), "malformed"),
        (format!("{good}A"), "wrong"),
        (format!("{unsigned}&signature="), "wrong"),
        ("/v1/process?signature=AAAA".to_owned(), "malformed"),
    ] {
        assert_ne!(changed, good);
        assert_eq!(reason(&service.get(&changed)), why, "{changed}");
    }
    assert_eq!(
        service.get(unsigned).verdict(),
        (401, "unauthorized".to_owned())
    );
    let picture = made::png(&made::still(8, 8));
    assert_eq!(reason(&service.post(&good, &picture)), "method");
}

#[test]
fn keys_are_exchanged_by_sighup_while_old_urls_stay_good_as_long_as_theirs_is_there() {
    let (origin, keys) = (Origin::start(), Keys::new(&entry("old", "")));
    let service = keys.service(&[]);
    let url = at(&origin);
    let of = |id| signed("/blur/", &["sigma=2", &url], id, in_seconds(600));
    assert_eq!(service.get(&of("old")).status, 200);
    assert_eq!(reason(&service.get(&of("new"))), "unknown_key");
    keys.write(&format!("{}{}", entry("new", ""), entry("old", "")));
    service.reload("in force now: signing_keys_file");
    assert_eq!(service.get(&of("old")).status, 200);
    assert_eq!(service.get(&of("new")).status, 200);
    keys.write("[[key]]\nid = \"new\"\nsecret = \"short\"\n");
    service.reload("the settings stay as they are");
    assert!(service.log().contains("secret must be"));
    keys.write(&entry("new", ""));
    service.reload("in force now: signing_keys_file");
    assert_eq!(reason(&service.get(&of("old"))), "unknown_key");
    assert_eq!(service.get(&of("new")).status, 200);
}

#[test]
fn a_key_has_an_account_like_a_token_and_may_be_for_some_operations_only() {
    let origin = Origin::start();
    let limited = "requests_per_minute = 1\nburst = 2\noperations = [\"blur\"]";
    let keys = Keys::new(&entry("web", limited));
    let service = keys.service(&[]);
    let url = at(&origin);
    let of = |path| signed(path, &["sigma=2", &url], "web", in_seconds(600));
    let answer = service.get(&of("/blur/"));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-ratelimit-limit"), Some("2"));
    let other = service.get(&of("/invert/"));
    assert_eq!(other.verdict(), (403, "forbidden".to_owned()));
    assert_eq!(other.json()["op"], "invert");
    assert_eq!(service.get(&of("/blur/")).code(), "rate_limited");
}

#[test]
fn without_keys_whatever_a_url_has_as_a_signature_is_ignored() {
    let origin = Origin::start();
    let service = Service::with(&[LOOPBACK]);
    let path = format!("/v1/process?signature=x&key=y&expires=1&{}", at(&origin));
    assert_eq!(service.get(&path).status, 200);
}

#[test]
fn the_program_makes_keys_and_signs_urls_that_the_service_takes() {
    let origin = Origin::start();
    let made = framefarm(&["key", "new", "web"]);
    assert!(made.status.success());
    let pair = framefarm(&["key", "new", "shop", "--imgproxy"]);
    let text = [made.stdout, pair.stdout].concat();
    let keys = Keys::new(&String::from_utf8(text).unwrap());
    let service = keys.service(&[]);
    let file = format!("--signing-keys-file={}", keys.setting());
    let url = service.url(&format!("/v1/process?op=resize:6&{}", at(&origin)));
    let sign = |more: &[&str]| {
        let output = framefarm(&[&[file.as_str(), "sign", &url], more].concat());
        (
            output.status.code(),
            String::from_utf8([output.stdout, output.stderr].concat()).unwrap(),
        )
    };
    let (status, printed) = sign(&["--expires-in", "60", "--key", "web"]);
    assert_eq!(status, Some(0), "{printed}");
    let path = printed.trim().strip_prefix(&service.url("")).unwrap();
    let answer = service.get(path);
    assert_eq!(answer.verdict(), (200, String::new()));
    assert_eq!(png_reader::read(&answer.body).unwrap().width, 6);
    let (status, printed) = sign(&["--key", "nobody"]);
    assert_eq!(status, Some(2));
    assert!(printed.contains("nobody"), "{printed}");
    let without = framefarm(&["sign", "/blur/"]);
    assert_eq!(without.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&without.stderr).contains("signing_keys_file"));
}

#[test]
fn keys_are_enough_for_an_address_that_others_reach() {
    let keys = Keys::new("");
    let file = format!("--signing-keys-file={}", keys.setting());
    let judged = |more: &[&str]| {
        let listen = ["check-config", "--listen=0.0.0.0:1"];
        framefarm(&[&listen[..], more].concat()).status.code()
    };
    assert_eq!(judged(&[&file]), Some(0));
    assert_eq!(judged(&[]), Some(2));
}

#[test]
fn what_the_documentation_signs_in_python_is_taken() {
    let (origin, keys) = (Origin::start(), Keys::new(&entry("web", "")));
    let service = keys.service(&[]);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api.md"));
    let page = page.unwrap();
    let program = page
        .split("```python\n")
        .find(|part| part.contains("def signed("));
    let program = program.unwrap().split("```").next().unwrap();
    let query = format!(
        "op=blur:1&op=resize:6&url={}&format=png",
        origin.url("/picture.png")
    );
    let call = format!(
        "{program}\nprint(signed('/v1/process', {query:?}, 'web', '{}'))",
        hex(&secret("web"))
    );
    let Ok(output) = Command::new("python3").args(["-c", &call]).output() else {
        return skip("python3 not installed");
    };
    let path = String::from_utf8(output.stdout).unwrap();
    let answer = service.get(path.trim());
    assert_eq!(answer.verdict(), (200, String::new()), "{path}");
    assert_eq!(png_reader::read(&answer.body).unwrap().width, 6);
}

#[test]
fn shared_caches_may_keep_what_is_signed_and_not_longer_than_its_url_is_good() {
    let (origin, keys) = (Origin::start(), Keys::new(&entry("web", "")));
    let tokens = Tokens::new(&[("bot", "")]);
    let path = tokens.setting().1;
    let service = keys.service(&[("tokens_file", &path), ("max_age_ms", "3600000")]);
    let url = at(&origin);
    let control = |answer: Answer| answer.header("cache-control").unwrap().to_owned();
    let of = |seconds| signed("/blur/", &["sigma=2", &url], "web", in_seconds(seconds));
    assert_eq!(control(service.get(&of(100_000))), "public, max-age=3600");
    let soon = control(service.get(&of(60)));
    let seconds = soon.strip_prefix("public, max-age=").unwrap();
    assert!(seconds.parse::<u64>().unwrap() <= 60, "{soon}");
    let bot = [("authorization", token("bot"))];
    let bot = bot.each_ref().map(|(name, value)| (*name, value.as_str()));
    let by_token = service.get_with(&format!("/blur/?sigma=2&{url}"), &bot);
    assert_eq!(control(by_token), "private, max-age=3600");
}
