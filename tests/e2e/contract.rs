//! The HTTP contract as clients rely on it: routes, headers, error bodies, statuses.

use serde_json::json;

use crate::examples::ask;
use crate::made;
use crate::raw::Connection;
use crate::service::{Answer, Service};

fn picture() -> Vec<u8> {
    made::png(&made::still(12, 8))
}

/// What every answer has, errors too.
fn has_the_usual_headers(answer: &Answer) {
    let time = answer.header("x-process-time").expect("x-process-time");
    assert!(time.len() >= 7 && time.parse::<f64>().is_ok(), "{time}");
    assert!(
        answer
            .header("x-request-id")
            .is_some_and(|id| id.len() >= 8)
    );
    assert!(
        answer
            .header("server-timing")
            .is_some_and(|timing| timing.contains("total;dur="))
    );
    let length = answer.header("content-length").expect("content-length");
    assert_eq!(length.parse(), Ok(answer.body.len()));
    assert!(answer.header("transfer-encoding").is_none());
}

#[test]
fn an_effect_is_found_with_and_without_image_and_the_last_slash() {
    let service = Service::start();
    for path in ["/invert/", "/invert", "/image/invert/", "/image/invert"] {
        let answer = service.post(path, &picture());
        assert_eq!(answer.verdict(), (200, String::new()), "{path}");
        assert_eq!(answer.header("content-type"), Some("image/png"), "{path}");
        has_the_usual_headers(&answer);
        let timing = answer.header("server-timing").unwrap();
        for phase in ["queue", "decode", "ops", "encode"] {
            assert!(timing.contains(&format!("{phase};dur=")), "{timing}");
        }
    }
}

#[test]
fn the_ping_of_the_effect_clients_is_answered() {
    let service = Service::start();
    for path in ["/image/", "/image"] {
        let answer = service.get(path);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        answer.json();
    }
}

#[test]
fn every_error_has_one_body() {
    let service = Service::start();
    let picture = picture();
    let sent = Some(&picture[..]);
    let cases: [(&str, Option<&[u8]>, u16, &str); 20] = [
        ("/no/such/thing", None, 404, "not_found"),
        ("/blurr/?url=http://x.test/", None, 404, "unknown_operation"),
        ("/v1/effects", Some(b""), 405, "method_not_allowed"),
        ("/livez", Some(b""), 405, "method_not_allowed"),
        ("/blur/", None, 422, "bad_parameter"),
        ("/blur/?url=nonsense", None, 422, "bad_parameter"),
        ("/blur/?url=file:///etc/passwd", None, 422, "bad_parameter"),
        ("/v1/process?op=blur", None, 422, "bad_parameter"),
        ("/blur/?sigma=0", sent, 422, "bad_parameter"),
        ("/blur/?sigma=red", sent, 422, "bad_parameter"),
        ("/resize/", sent, 422, "bad_parameter"),
        ("/v1/process?op=blur:999", sent, 422, "bad_parameter"),
        ("/v1/process?op=blur:1:2", sent, 400, "bad_request"),
        ("/v1/process?op=blurr", sent, 404, "unknown_operation"),
        ("/v1/process?op=blur:sigmo=2", sent, 422, "bad_parameter"),
        (
            "/v1/process?op=invert&quality=9",
            sent,
            422,
            "bad_parameter",
        ),
        ("/v1/process?format=bmp", sent, 422, "bad_parameter"),
        ("/v1/process", Some(b""), 415, "not_an_image"),
        ("/invert/", Some(b"hello"), 415, "not_an_image"),
        ("/invert/", Some(b"8BPS\x00\x01"), 415, "unsupported_format"),
    ];
    for (path, body, status, code) in cases {
        let answer = match body {
            None => service.get(path),
            Some(body) => service.post(path, body),
        };
        assert_eq!(
            answer.verdict(),
            (status, code.to_owned()),
            "{}",
            answer.json()
        );
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let body = answer.json();
        let message = body["message"].as_str().unwrap();
        assert!(
            message.len() > 10 && message.ends_with(['.', '?']),
            "{message}"
        );
        assert_eq!(body["request_id"].as_str(), answer.header("x-request-id"));
        has_the_usual_headers(&answer);
    }
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let service = Service::start();
    for path in ["/livez", "/v1/effects", "/image/"] {
        let answer = service.post(path, b"");
        assert_eq!(answer.verdict(), (405, "method_not_allowed".to_owned()));
        assert_eq!(answer.header("allow"), Some("GET, HEAD"), "{path}");
    }
}

#[test]
fn a_wrong_parameter_is_named_with_what_is_allowed_and_the_nearest_name() {
    let service = Service::start();
    let body = service.post("/blur/?sigma=1000", &picture()).json();
    assert_eq!(body["detail"][0]["loc"], json!(["query", "sigma"]));
    assert_eq!(body["detail"][0]["type"], "value_error");
    assert_eq!(body["expected"], "a number from 0.1 to 250 px");
    assert_eq!(body["value"], "1000");
    let body = service.get("/blur/").json();
    assert_eq!(body["detail"][0]["loc"], json!(["query", "url"]));
    assert_eq!(body["detail"][0]["type"], "missing");
    let body = service.post("/v1/process?op=grayscael", &picture()).json();
    assert_eq!(body["did_you_mean"], "grayscale");
    let body = service
        .post("/v1/process?op=rotate:dergees=9", &picture())
        .json();
    assert_eq!(body["did_you_mean"], "degrees");
}

#[test]
fn an_effect_ignores_parameters_that_it_does_not_know() {
    let service = Service::start();
    let answer = service.post("/invert/?utm_source=x&expand=7", &picture());
    assert_eq!(answer.status, 200);
    let answer = service.post("/rotate/?degrees=90&expand=True", &picture());
    assert_eq!(answer.status, 200);
}

#[test]
fn a_pipeline_may_have_32_operations_and_no_more() {
    let service = Service::start();
    let path = |count: usize| format!("/v1/process?{}", ["op=flip"; 40][..count].join("&"));
    assert_eq!(service.post(&path(32), &picture()).status, 200);
    let answer = service.post(&path(33), &picture());
    assert_eq!(answer.verdict(), (400, "bad_request".to_owned()));
    assert_eq!(answer.json()["max"], 32);
}

#[test]
fn the_limits_of_pictures_are_named_with_their_values() {
    let service = Service::with(&[
        ("pixels_max", "10000"),
        ("total_pixels_max", "20000"),
        ("frames_max", "2"),
        ("output_pixels_max", "40000"),
    ]);
    let large = made::png(&made::still(101, 100));
    let answer = service.post("/v1/process?op=invert", &large);
    assert_eq!(answer.verdict(), (413, "too_large".to_owned()));
    let body = answer.json();
    assert_eq!(
        (&body["limit"], &body["value"], &body["max"]),
        (&json!("pixels_max"), &json!(10100), &json!(10000))
    );

    let answer = service.post("/v1/process?op=invert", &made::animation());
    assert_eq!(answer.verdict(), (413, "too_many_frames".to_owned()));
    assert_eq!(answer.json()["max"], 2);

    let answer = service.post("/v1/process?op=resize:300:300:stretch", &picture());
    assert_eq!(answer.verdict(), (413, "output_too_large".to_owned()));
    assert_eq!(answer.json()["value"], 90000);
    assert_eq!(answer.json()["op"], "resize");
}

#[test]
fn a_plain_request_id_is_kept_and_a_strange_one_replaced() {
    let service = Service::start();
    for (given, kept) in [("abc-123", true), ("a b", false), (&"x".repeat(65), false)] {
        let mut connection = Connection::to(&service);
        connection.send(
            format!("GET /livez HTTP/1.1\r\nhost: x\r\nx-request-id: {given}\r\n\r\n").as_bytes(),
        );
        let (status, head) = connection.answer();
        assert_eq!(status, 200);
        assert_eq!(
            head.contains(&format!("x-request-id: {given}\r\n")),
            kept,
            "{head}"
        );
    }
}

#[test]
fn the_log_has_one_line_per_request_with_its_id() {
    let service = Service::with(&[("log_format", "json")]);
    let answer = service.post("/invert/", &picture());
    let id = answer.header("x-request-id").unwrap().to_owned();
    let mut found = Vec::new();
    service.wait_until("it is logged", || {
        found = service
            .log()
            .lines()
            .filter(|line| line.contains(&id))
            .map(ToOwned::to_owned)
            .collect();
        !found.is_empty()
    });
    assert_eq!(found.len(), 1, "{found:?}");
    let line: serde_json::Value = serde_json::from_str(&found[0]).unwrap();
    assert_eq!(line["status"], 200);
    assert_eq!(line["path"], "/invert/");
}

#[test]
fn the_catalogue_lists_every_operation_with_its_parameters() {
    let service = Service::start();
    let catalogue = service.get("/v1/effects").json();
    let operations = catalogue["operations"].as_array().unwrap();
    assert!(operations.len() >= 8);
    for operation in operations {
        let example = operation["example"].as_str().unwrap();
        let answer = ask(&service, &[example], "", &picture());
        assert_eq!(answer.verdict(), (200, String::new()), "{example}");
    }
    let blur = operations
        .iter()
        .find(|operation| operation["name"] == "blur")
        .unwrap();
    let sigma = &blur["parameters"][0];
    assert_eq!(sigma["name"], "sigma");
    assert_eq!(sigma["type"], "number");
    assert_eq!(
        (&sigma["minimum"], &sigma["maximum"]),
        (&json!(0.1), &json!(250.0))
    );
    assert_eq!(sigma["unit"], "px");
}

#[test]
fn operators_see_the_farm_on_their_own_listener_only() {
    let service = Service::start();
    let status = service.status();
    assert_eq!(status["workers"].as_array().unwrap().len(), 2);
    for worker in status["workers"].as_array().unwrap() {
        assert!(worker["rss_bytes"].as_u64().unwrap() > 100_000);
        assert!(worker["age_s"].as_f64().unwrap() >= 0.0);
    }
    assert_eq!(status["queue"], json!({"jobs": 0, "bytes": 0}));
    service.post("/invert/", &picture());
    assert_eq!(service.metric("framefarm_workers"), 2.0);
    assert!(service.metric("framefarm_jobs_total") >= 1.0);
    for path in ["/metrics", "/status.json"] {
        assert_eq!(service.get(path).status, 404, "{path}");
    }
}
