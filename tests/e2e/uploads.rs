//! Pictures by upload: raw bodies and forms, and where both end.

use crate::forms::form;
use crate::made;
use crate::raw::Connection;
use crate::service::Service;

fn picture() -> Vec<u8> {
    made::png(&made::still(12, 8))
}

#[test]
fn the_three_spellings_of_a_pipeline_give_the_same_picture() {
    let service = Service::start();
    let picture = picture();
    let by_position = service.post("/v1/process?op=resize:6&op=blur:2&op=invert", &picture);
    assert_eq!(by_position.verdict(), (200, String::new()));
    let by_name = service.post(
        "/v1/process?op=resize:width=6&op=blur:sigma=2&op=invert",
        &picture,
    );
    assert_eq!(by_name.body, by_position.body);
    let job = br#"{"ops":[{"op":"resize","width":6},{"op":"blur","sigma":2},{"op":"invert"}]}"#;
    let by_form = form(
        &service,
        "/v1/process",
        &[("image", &picture), ("job", job)],
    );
    assert_eq!(by_form.body, by_position.body);
}

#[test]
fn a_form_may_ask_for_a_format_and_is_refused_what_it_cannot_have() {
    let service = Service::start();
    let picture = picture();
    let job = br#"{"ops":[],"output":{"format":"gif"}}"#;
    let answer = form(
        &service,
        "/v1/process",
        &[("job", job), ("image", &picture)],
    );
    assert_eq!(answer.header("content-type"), Some("image/gif"));
    let job = br#"{"ops":[],"output":{"quality":9}}"#;
    let parts: [(&str, &[u8]); 2] = [("job", job), ("image", &picture)];
    let answer = form(&service, "/v1/process", &parts);
    assert_eq!(answer.verdict(), (422, "bad_parameter".to_owned()));
    for job in [br#"{"ops":["blur"]}"#.as_slice(), b"{"] {
        let answer = form(
            &service,
            "/v1/process",
            &[("job", job), ("image", &picture)],
        );
        assert_eq!(answer.verdict(), (400, "bad_request".to_owned()));
    }
    let answer = form(&service, "/image/invert/", &[("image", &picture)]);
    assert_eq!(answer.status, 200, "effects take forms too");
}

#[test]
fn an_upload_over_the_limit_is_refused_whether_its_length_is_known_or_not() {
    let service = Service::with(&[("source_bytes_max", "1 MiB")]);
    let answer = service.post("/invert/", &vec![0; (1 << 20) + 1]);
    assert_eq!(answer.verdict(), (413, "too_large".to_owned()));
    assert_eq!(answer.json()["max"], 1 << 20);
    assert_eq!(answer.json()["value"], (1 << 20) + 1);

    let mut chunked = Connection::to(&service);
    chunked.send(b"POST /invert/ HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
    let chunk = [b"40000\r\n".as_slice(), &vec![0; 0x40000], b"\r\n"].concat();
    (0..5).for_each(|_| chunked.send(&chunk));
    assert_eq!(chunked.answer().0, 413);

    let answer = form(&service, "/invert/", &[("image", &vec![0; 2 << 20])]);
    assert_eq!(answer.verdict(), (413, "too_large".to_owned()));
}

#[test]
fn a_form_is_bounded_as_a_whole() {
    let service = Service::start();
    let picture = picture();
    let unknown = vec![0; 70_000];
    let answer = form(
        &service,
        "/invert/",
        &[("other", &unknown), ("image", &picture)],
    );
    assert_eq!(answer.verdict(), (400, "bad_request".to_owned()));
    let many = vec![("other", b"x".as_slice()); 100];
    let answer = form(&service, "/invert/", &many);
    assert_eq!(answer.verdict(), (400, "bad_request".to_owned()));
    let few = [
        ("csrf", b"token".as_slice()),
        ("image", &picture),
        ("image", b"second"),
    ];
    assert_eq!(
        form(&service, "/invert/", &few).status,
        200,
        "the first picture counts"
    );
    let answer = form(&service, "/invert/", &[("csrf", b"token")]);
    assert_eq!(answer.verdict(), (422, "bad_parameter".to_owned()));
}
