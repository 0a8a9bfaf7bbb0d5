//! Byte budgets: what is given up for them, and what is said of it.

use crate::made;
use crate::outputs::{bytes, made as asked, photo};
use crate::pillow_reader;
use crate::service::Service;

#[test]
fn a_byte_budget_is_kept_and_what_it_cost_is_told() {
    let service = Service::start();
    let source = made::png(&photo());
    for format in ["jpeg", "webp", "avif"] {
        let full = bytes(&service, &format!("format={format}&quality=90"), &source).len();
        let budget = full / 2;
        let query = format!("format={format}&quality=90&max_bytes={budget}");
        let answer = asked(&service, &query, &source);
        assert!(
            answer.body.len() <= budget,
            "{format}: {}",
            answer.body.len()
        );
        let traded = answer.header("x-framefarm-traded").unwrap();
        let quality: u8 = traded.strip_prefix("quality=").unwrap().parse().unwrap();
        assert!((1..90).contains(&quality), "{format}: {traded}");
        let query = format!("format={format}&quality=90&max_bytes={full}");
        let answer = asked(&service, &query, &source);
        assert_eq!(answer.header("x-framefarm-traded"), None, "{format}");
    }
}

#[test]
fn an_animation_gives_up_what_it_must_and_keeps_its_total_time() {
    if !pillow_reader::is_installed() {
        return;
    }
    let service = Service::start();
    for format in ["gif", "webp", "apng"] {
        let full = bytes(&service, &format!("format={format}"), &made::animation()).len();
        let query = format!("format={format}&max_bytes={}", full * 2 / 3);
        let answer = asked(&service, &query, &made::animation());
        assert!(answer.body.len() <= full * 2 / 3, "{format}");
        assert!(answer.header("x-framefarm-traded").is_some(), "{format}");
        let read = pillow_reader::read(&answer.body);
        let total: f64 = read.delays_ms.iter().sum();
        assert_eq!(total, 651_300.0, "{format}");
        assert_eq!(
            read.loops,
            Some(if format == "gif" { 3 } else { 4 }),
            "{format}"
        );
    }
}

#[test]
fn a_budget_that_nothing_meets_is_refused_with_what_was_tried() {
    let service = Service::start();
    let still = made::png(&photo());
    for (query, source, tried) in [
        ("format=jpeg&max_bytes=100", &still, "quality down to 1"),
        ("format=png&max_bytes=100", &still, "nothing"),
        (
            "format=gif&max_bytes=30",
            &made::animation(),
            "down to colors=2",
        ),
    ] {
        let answer = service.post(&format!("/v1/process?{query}"), source);
        assert_eq!(
            answer.verdict(),
            (413, "output_too_large".to_owned()),
            "{query}"
        );
        let body = answer.json();
        assert_eq!(body["limit"], "max_bytes");
        assert!(body["value"].as_u64() > body["max"].as_u64(), "{body}");
        assert!(body["tried"].as_str().unwrap().starts_with(tried), "{body}");
    }
}
