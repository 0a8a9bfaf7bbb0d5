//! Results that are kept: what is a hit and what is not, who gets one, what caches elsewhere are told.

use nix::sys::signal::Signal;

use crate::made;
use crate::origin::{LOOPBACK, Origin};
use crate::service::{Answer, Service};
use crate::token_file::{Tokens, token};

const ON: (&str, &str) = ("cache_bytes", "1 MiB");
const MISS: &str = "framefarm; fwd=miss; stored";
const HIT: &str = "framefarm; hit";

/// Jobs that workers have answered with a picture.
fn jobs(service: &Service) -> f64 {
    service.idle_pids();
    service.metric("framefarm_jobs_total{reason=\"done\"}")
}

fn way(answer: &Answer) -> &str {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.header("cache-status").unwrap_or_default()
}

#[test]
fn a_result_is_made_once_and_is_the_same_for_all_who_bring_the_picture() {
    let service = Service::with(&[ON]);
    let picture = made::png(&made::still(20, 10));
    let before = jobs(&service);
    let first = service.post("/v1/process?op=invert&format=png", &picture);
    let again = service.post("/v1/process?format=png&op=invert", &picture);
    assert_eq!((way(&first), way(&again)), (MISS, HIT));
    assert_eq!(first.body, again.body);
    for name in ["content-type", "content-length"] {
        assert_eq!(first.header(name), again.header(name));
    }
    for name in ["x-process-time", "x-request-id", "server-timing"] {
        assert!(again.header(name).is_some(), "{name}");
    }
    let timing = again.header("server-timing").unwrap();
    assert!(
        timing.contains("decode;dur=0.000"),
        "nothing was decoded: {timing}"
    );
    assert_eq!(jobs(&service) - before, 1.0);
    for (path, picture) in [
        ("/v1/process?op=invert&format=webp", &picture),
        ("/v1/process?op=invert&op=invert&format=png", &picture),
        (
            "/v1/process?op=invert&format=png",
            &made::png(&made::still(20, 11)),
        ),
    ] {
        assert_eq!(way(&service.post(path, picture)), MISS, "{path}");
    }
    assert_eq!(service.metric("framefarm_cache_hits_total"), 1.0);
    assert_eq!(service.metric("framefarm_cache_misses_total"), 4.0);
    assert_eq!(service.status()["cache"]["entries"], 4);
}

#[test]
fn both_dialects_have_one_cache_and_their_own_content_types() {
    let service = Service::with(&[ON]);
    let picture = made::png(&made::still(20, 10));
    let effect = service.post("/invert/", &picture);
    assert_eq!(way(&effect), MISS);
    let effect = service.post("/image/invert", &picture);
    assert_eq!(
        (way(&effect), effect.header("content-type")),
        (HIT, Some("image/png"))
    );
}

#[test]
fn without_a_cache_every_request_is_a_job() {
    let service = Service::with(&[("cache_bytes", "0")]);
    let picture = made::png(&made::still(20, 10));
    let before = jobs(&service);
    for _ in 0..2 {
        let answer = service.post("/v1/process?op=invert", &picture);
        assert_eq!((answer.status, answer.header("cache-status")), (200, None));
    }
    assert_eq!(jobs(&service) - before, 2.0);
    assert_eq!(service.metric("framefarm_cache_misses_total"), 0.0);
}

#[test]
fn a_client_that_has_the_result_is_told_so_without_a_job() {
    for cache in [ON, ("cache_bytes", "0")] {
        let (service, origin) = (Service::with(&[LOOPBACK, cache]), Origin::start());
        let path = format!(
            "/v1/process?op=invert&format=auto&url={}",
            origin.url("/picture.png")
        );
        let first = service.get(&path);
        let tag = first.header("etag").expect("a tag").to_owned();
        assert!(
            tag.starts_with('"') && tag.ends_with('"'),
            "a strong one: {tag}"
        );
        assert_eq!(first.header("cache-control"), Some("public, max-age=300"));
        let before = jobs(&service);
        for known in [tag.clone(), format!("\"x\", {tag}"), format!("W/{tag}")] {
            let answer = service.get_with(&path, &[("if-none-match", &known)]);
            assert_eq!((answer.status, answer.body.len()), (304, 0), "{known}");
            for (name, value) in [
                ("etag", tag.as_str()),
                ("cache-control", "public, max-age=300"),
                ("vary", "Accept"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{name}");
            }
            assert!(answer.header("x-process-time").is_some());
        }
        assert_eq!(jobs(&service), before);
        assert_eq!(service.metric("framefarm_cache_not_modified_total"), 3.0);
        for known in ["\"x\"", "*", ""] {
            let answer = service.get_with(&path, &[("if-none-match", known)]);
            assert_eq!(answer.body, first.body, "{known}");
        }
        let other = service.get(&path.replace("invert", "flip"));
        assert_ne!(other.header("etag"), Some(tag.as_str()));
    }
}

#[test]
fn an_upload_gets_no_tag_and_is_never_304() {
    let service = Service::with(&[ON, LOOPBACK]);
    let picture = made::png(&made::still(12, 8));
    let origin = Origin::serving([("/same", picture.clone())]);
    let by_url = service.get(&format!(
        "/v1/process?op=invert&url={}",
        origin.url("/same")
    ));
    let tag = by_url.header("etag").unwrap();
    let upload = service.post_with("/v1/process?op=invert", &[("if-none-match", tag)], &picture);
    assert_eq!(way(&upload), HIT, "the same bytes are the same picture");
    assert_eq!(upload.body, by_url.body);
    assert_eq!(
        (upload.header("etag"), upload.header("cache-control")),
        (None, None)
    );
}

#[test]
fn what_the_origin_says_about_keeping_is_passed_on() {
    let (service, origin) = (Service::with(&[ON, LOOPBACK]), Origin::start());
    let get = |path: &str| service.get(&format!("/v1/process?op=invert&url={}", origin.url(path)));
    for (says, control) in [
        ("max-age=77", "public, max-age=77"),
        ("private,max-age=9", "private, max-age=9"),
        ("no-cache", "public, no-cache"),
    ] {
        let answer = get(&format!("/says/{says}"));
        assert_eq!(answer.header("cache-control"), Some(control), "{says}");
    }
    let (service, origin) = (
        Service::with(&[ON, LOOPBACK, ("max_age_ms", "5000")]),
        Origin::start(),
    );
    let get = |path: &str| service.get(&format!("/v1/process?op=invert&url={}", origin.url(path)));
    for _ in 0..2 {
        let answer = get("/says/no-store");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(
            way(&answer),
            "framefarm; fwd=miss",
            "it is not kept here either"
        );
    }
    assert_eq!(
        get("/picture.png").header("cache-control"),
        Some("public, max-age=5")
    );
}

#[test]
fn a_kept_result_is_for_those_who_may_have_it_made_and_counts() {
    let tokens = Tokens::new(&[
        ("bot", "requests_per_minute = 1\nburst = 3"),
        ("blurrer", "operations = [\"blur\"]"),
    ]);
    let service = tokens.service(&[ON, LOOPBACK]);
    let picture = made::png(&made::still(12, 8));
    let post = |name: &str| {
        let token = token(name);
        service.post_with(
            "/v1/process?op=invert",
            &[("authorization", &token)],
            &picture,
        )
    };
    let (first, second) = (post("bot"), post("bot"));
    assert_eq!((way(&first), way(&second)), (MISS, HIT));
    assert_eq!(
        second.header("x-ratelimit-remaining"),
        Some("1"),
        "a hit counts"
    );
    assert_eq!(service.post("/v1/process?op=invert", &picture).status, 401);
    assert_eq!(post("nobody").status, 401);
    assert_eq!(post("blurrer").verdict(), (403, "forbidden".to_owned()));

    let origin = Origin::serving([("/same", picture.clone())]);
    let path = format!("/v1/process?op=invert&url={}", origin.url("/same"));
    let bot = token("bot");
    let by_url = service.get_with(&path, &[("authorization", &bot)]);
    assert_eq!(way(&by_url), HIT);
    let control = by_url.header("cache-control");
    assert_eq!(
        control,
        Some("private, max-age=300"),
        "or others would get it without a token"
    );
    let tag = by_url.header("etag").unwrap();
    let stranger = service.get_with(&path, &[("if-none-match", tag)]);
    assert_eq!(stranger.status, 401);
    assert_eq!(post("bot").status, 429, "hits were counted");
}

#[test]
fn the_memory_of_results_is_bounded() {
    let service = Service::with_fake("greets", &[ON]);
    let most = 1 << 20;
    let mut kept = 0;
    for number in 0..100 {
        let mut body = format!("echo\n{number}").into_bytes();
        body.resize(100_000, b'x');
        let answer = service.post("/v1/process", &body);
        assert_eq!(answer.body, body);
        let bytes = service.status()["cache"]["bytes"].as_u64().unwrap();
        assert!(bytes <= most, "{bytes}");
        kept = kept.max(bytes);
    }
    assert!(kept > most / 2, "it is made use of: {kept}");
    let mut large = b"echo\n".to_vec();
    large.resize(2 << 20, b'x');
    assert_eq!(
        way(&service.post("/v1/process", &large)),
        "framefarm; fwd=miss"
    );
}

#[test]
fn a_reload_changes_the_size_and_keeps_what_fits() {
    let service = Service::with_file(&[ON]);
    let reload = |bytes: &str| {
        service.write_settings(&[("cache_bytes", bytes)]);
        let text = "in force now: cache_bytes";
        let count = || service.log().matches(text).count();
        let before = count();
        service.signal(Signal::SIGHUP);
        service.wait_until(text, || count() > before);
    };
    let picture = made::png(&made::still(12, 8));
    let post = || service.post("/v1/process?op=invert", &picture);
    assert_eq!(way(&post()), MISS);
    reload("2 MiB");
    assert_eq!(way(&post()), HIT);
    assert_eq!(service.status()["cache"]["bytes_max"], 2 << 20);
    reload("0");
    assert_eq!(way(&post()), "");
    assert_eq!(service.status()["cache"]["entries"], 0);
    reload("1 MiB");
    assert_eq!(way(&post()), MISS);
}
