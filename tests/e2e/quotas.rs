//! How much of the service each may have: requests per minute, at once, by token or by address.

use std::time::{SystemTime, UNIX_EPOCH};

use nix::sys::signal::Signal;

use crate::made;
use crate::raw::Connection;
use crate::service::{Answer, Service};
use crate::token_file::{Tokens, token};

const PATHS: [&str; 2] = ["/v1/process?op=invert", "/image/invert/"];
/// One request, and the next after a minute: longer than any of these tests takes.
const ONE: &str = "requests_per_minute = 1\nburst = 1";

fn post(service: &Service, path: &str, headers: &[(&str, &str)]) -> Answer {
    service.post_with(path, headers, &made::png(&made::still(8, 8)))
}

fn number(answer: &Answer, header: &str) -> u64 {
    let value = answer.header(header);
    let value = value.unwrap_or_else(|| panic!("no {header}: {answer:?}"));
    value.parse().unwrap()
}

fn remaining(answer: &Answer) -> u64 {
    let remaining = number(answer, "x-ratelimit-remaining");
    assert_eq!(number(answer, "x-ratelimit-left"), remaining);
    remaining
}

fn unix_seconds() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}

#[test]
fn every_counted_answer_says_what_is_left_and_too_many_are_429_with_when() {
    for path in PATHS {
        let tokens = Tokens::new(&[("bot", "requests_per_minute = 1\nburst = 4"), ("other", "")]);
        let service = tokens.service(&[]);
        let bot = token("bot");
        let authorization = [("authorization", bot.as_str())];
        let before = unix_seconds();
        let first = post(&service, path, &authorization);
        assert_eq!((first.status, remaining(&first)), (200, 3));
        assert_eq!(number(&first, "x-ratelimit-limit"), 4);
        let reset = number(&first, "x-ratelimit-reset");
        assert!((before + 59..=before + 120).contains(&reset), "{reset}");
        // Errors count too, whatever they are about.
        let bad = service.post_with(path, &authorization, b"no picture");
        assert_eq!((bad.code().as_str(), remaining(&bad)), ("not_an_image", 2));
        let missing = service.get_with(path, &authorization);
        assert_eq!(
            (missing.code().as_str(), remaining(&missing)),
            ("bad_parameter", 1)
        );
        assert_eq!(remaining(&post(&service, path, &authorization)), 0);

        let refused = post(&service, path, &authorization);
        assert_eq!(refused.verdict(), (429, "rate_limited".to_owned()));
        assert_eq!(
            (remaining(&refused), number(&refused, "x-ratelimit-limit")),
            (0, 4)
        );
        assert!(number(&refused, "x-ratelimit-reset") > before + 120);
        let retry = number(&refused, "retry-after");
        assert!((1..=60).contains(&retry), "{retry}");
        let body = refused.json();
        assert_eq!(body["limit"], "requests_per_minute");
        assert_eq!((&body["max"], &body["burst"]), (&1.into(), &4.into()));
        // It is this token's, and of no other route.
        let other = post(&service, path, &[("authorization", &token("other"))]);
        assert_eq!((other.status, remaining(&other)), (200, 59));
        let health = service.get("/readyz");
        assert_eq!(
            (health.status, health.header("x-ratelimit-limit")),
            (200, None)
        );
    }
}

#[test]
fn requests_come_back_with_time() {
    let tokens = Tokens::new(&[("bot", "requests_per_minute = 600\nburst = 1")]);
    let service = tokens.service(&[]);
    let bot = token("bot");
    // One in a tenth of a second: a request that is refused is served after its pause.
    let mut refused = 0;
    let mut served = 0;
    service.wait_until("both were seen", || {
        match post(&service, PATHS[0], &[("authorization", &bot)]).status {
            200 => served += 1,
            429 => refused += 1,
            other => panic!("{other}"),
        }
        served > 2 && refused > 0
    });
}

#[test]
fn requests_at_once_are_bounded_too_and_the_limit_is_named() {
    let tokens = Tokens::new(&[("bot", "jobs_max = 2"), ("other", "")]);
    let service = tokens.service(&[]);
    let bot = token("bot");
    let mut slow: Vec<_> = (0..2)
        .map(|_| {
            let mut connection = Connection::to(&service);
            connection.send(
                format!("POST {} HTTP/1.1\r\nhost: x\r\nauthorization: {bot}\r\ncontent-length: 9\r\n\r\n", PATHS[0])
                    .as_bytes(),
            );
            connection
        })
        .collect();
    let in_progress = || {
        let status = service.status();
        let tokens = status["tokens"].as_array().unwrap();
        let found = tokens.iter().find(|token| token["name"] == "bot");
        found.unwrap()["in_progress"].as_u64().unwrap()
    };
    service.wait_until("both are here", || in_progress() == 2);
    for path in PATHS {
        let refused = post(&service, path, &[("authorization", &bot)]);
        assert_eq!(refused.verdict(), (429, "rate_limited".to_owned()));
        assert_eq!(refused.json()["limit"], "jobs_max");
        assert_eq!(refused.json()["max"], 2);
        assert_eq!(number(&refused, "retry-after"), 1);
        assert_eq!(number(&refused, "x-ratelimit-limit"), 60);
        remaining(&refused);
    }
    assert_eq!(
        post(&service, PATHS[0], &[("authorization", &token("other"))]).status,
        200
    );
    // One that is answered makes room, and so does one that leaves.
    slow[0].send(b"no image!");
    assert_eq!(slow[0].answer().0, 415);
    slow.pop();
    service.wait_until("both are gone", || in_progress() == 0);
    assert_eq!(
        post(&service, PATHS[0], &[("authorization", &bot)]).status,
        200
    );
}

#[test]
fn what_was_used_up_outlives_a_reload_unless_the_rate_changes() {
    let tokens = Tokens::new(&[("bot", ONE)]);
    let service = tokens.service(&[]);
    let bot = token("bot");
    let status = || post(&service, PATHS[0], &[("authorization", &bot)]).status;
    let reload = || {
        let text = "in force now: tokens_file";
        let before = service.log().matches(text).count();
        service.signal(Signal::SIGHUP);
        service.wait_until(text, || service.log().matches(text).count() > before);
    };
    assert_eq!((status(), status()), (200, 429));
    tokens.write(&[("bot", &format!("{ONE}\npriority = \"low\""))]);
    reload();
    assert_eq!(status(), 429);
    tokens.write(&[("bot", "requests_per_minute = 1\nburst = 2")]);
    reload();
    assert_eq!((status(), status(), status()), (200, 200, 429));
}

const ANONYMOUS: [(&str, &str); 3] = [
    ("allow_anonymous", "true"),
    ("anonymous_requests_per_minute", "1"),
    ("anonymous_burst", "1"),
];

fn forwarded(service: &Service, path: &str, headers: &[(&str, &str)]) -> u16 {
    let answer = post(service, path, headers);
    assert_eq!(number(&answer, "x-ratelimit-limit"), 1);
    answer.status
}

#[test]
fn without_a_token_addresses_are_counted_if_they_may_come_at_all() {
    let tokens = Tokens::new(&[("bot", "")]);
    for path in PATHS {
        let service = tokens.service(&ANONYMOUS);
        assert_eq!(forwarded(&service, path, &[]), 200);
        assert_eq!(forwarded(&service, path, &[]), 429);
        // Nobody is believed: all this comes from one address.
        for (name, value) in [
            ("x-forwarded-for", "198.51.100.1"),
            ("forwarded", "for=1.2.3.4"),
        ] {
            assert_eq!(forwarded(&service, path, &[(name, value)]), 429);
        }
        assert_eq!(
            post(&service, path, &[("authorization", &token("bot"))]).status,
            200
        );
        // A wrong token is not taken for none.
        let wrong = post(&service, path, &[("authorization", &token("wrong"))]);
        assert_eq!(wrong.code(), "unauthorized");
        assert_eq!(service.status()["anonymous_addresses"], 1);
    }
}

#[test]
fn a_trusted_proxy_tells_addresses_apart_and_its_clients_cannot() {
    let tokens = Tokens::new(&[]);
    let mut settings = ANONYMOUS.to_vec();
    settings.push(("trusted_proxies", "127.0.0.1, 10.0.0.0/8"));
    let service = tokens.service(&settings);
    let from = |list: &str| forwarded(&service, PATHS[0], &[("x-forwarded-for", list)]);
    assert_eq!(from("198.51.100.1"), 200);
    assert_eq!(from("198.51.100.1"), 429);
    assert_eq!(from("198.51.100.2"), 200, "another address");
    // What a client writes stands before what the proxies add.
    assert_eq!(from("203.0.113.77, 198.51.100.1"), 429);
    assert_eq!(from("203.0.113.77, 198.51.100.2, 10.1.1.1"), 429);
    let two = [
        ("x-forwarded-for", "1.1.1.1"),
        ("x-forwarded-for", "198.51.100.1"),
    ];
    assert_eq!(forwarded(&service, PATHS[0], &two), 429);
    // A /64 of IPv6 is one address.
    assert_eq!(from("2001:db8::1"), 200);
    assert_eq!(from("2001:db8::ffff:2"), 429);
    assert_eq!(from("2001:db8:0:1::1"), 200);
    let pairs = |value: &str| forwarded(&service, PATHS[1], &[("forwarded", value)]);
    assert_eq!(
        pairs("for=198.51.100.1;proto=https"),
        429,
        "the same address"
    );
    assert_eq!(pairs("for=\"[2001:db8:7::1]:4711\""), 200);
    assert_eq!(
        pairs("for=\"[2001:db8:7::2]\";by=10.0.0.1, for=10.0.0.2"),
        429
    );
    // Of two headers that disagree neither is believed, and all who send such are one.
    let both = |one: &str, other: &str| {
        let other = format!("for={other}");
        let headers = [("x-forwarded-for", one), ("forwarded", other.as_str())];
        forwarded(&service, PATHS[0], &headers)
    };
    assert_eq!(both("198.51.100.8", "198.51.100.9"), 200);
    assert_eq!(both("198.51.100.10", "198.51.100.11"), 429);
}

#[test]
fn metrics_and_status_name_tokens_and_never_show_one() {
    let tokens = Tokens::new(&[("bot", ONE), ("quiet", ""), ("web", "priority = \"high\"")]);
    let service = tokens.service(&[("allow_anonymous", "true")]);
    let [bot, web] = ["bot", "web"].map(token);
    for (authorization, status) in [(&bot, 200), (&bot, 429), (&bot, 429), (&web, 200)] {
        let answer = post(&service, PATHS[0], &[("authorization", authorization)]);
        assert_eq!(answer.status, status);
    }
    service.post_with(PATHS[0], &[("authorization", &web)], b"no picture");
    post(&service, PATHS[0], &[]);
    let count = |token: &str, outcome: &str| {
        let labels = format!("{{token=\"{token}\",outcome=\"{outcome}\"}}");
        service.metric(&format!("framefarm_token_requests_total{labels}"))
    };
    assert_eq!(
        (count("bot", "done"), count("bot", "rate_limited")),
        (1.0, 2.0)
    );
    assert_eq!((count("web", "done"), count("web", "refused")), (1.0, 1.0));
    assert_eq!(count("anonymous", "done"), 1.0);
    let status = service.status();
    let shown = &status["tokens"];
    assert_eq!(shown[0]["name"], "bot");
    assert_eq!(
        (&shown[0]["requests"], &shown[0]["rate_limited"]),
        (&3.into(), &2.into())
    );
    assert_eq!(
        (&shown[1]["name"], &shown[1]["priority"]),
        (&"web".into(), &"high".into())
    );
    assert_eq!(shown[2]["requests"], 0);
    let metrics = String::from_utf8(service.admin("/metrics").body).unwrap();
    for text in [status.to_string(), metrics, service.log()] {
        assert!(!text.contains(&bot) && !text.contains(&web));
    }
}
