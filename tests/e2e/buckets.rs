//! Files in buckets that the operator has named, through the protocols of S3 and Google Cloud Storage. Real
//! servers of other people's are in `buckets/servers.rs`.

mod cloud;
mod environment;
mod servers;

use self::cloud::{Cloud, KEY_ID, Object, SECRET, TOKEN};
use crate::forbidden::escaped;
use crate::made;
use crate::origin::{LOOPBACK, Origin};
use crate::programs::gateway_behind;
use crate::service::{Answer, Service};

const TAG: &str = "etag: \"one\"\r\n";

fn picture() -> Vec<u8> {
    made::png(&made::still(12, 8))
}

/// A service in that environment, and in no other's.
fn service_in(environment: &[(&str, &str)], settings: &[(&str, &str)]) -> Service {
    let mut words = vec!["env".to_owned()];
    let others = std::env::vars().map(|(name, _)| name);
    let clouds = ["AWS_", "GOOGLE_", "AZURE_", "GCE_", "SERVICE_ACCOUNT"];
    let others = others.filter(|name| clouds.iter().any(|cloud| name.starts_with(cloud)));
    words.extend(others.map(|name| format!("--unset={name}")));
    words.extend(
        environment
            .iter()
            .map(|(name, value)| format!("{name}={value}")),
    );
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let folder = tempfile::tempdir().unwrap();
    let service = Service::launch(folder, gateway_behind(&words), settings);
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    service
}

fn with_s3(cloud: &Cloud, settings: &[(&str, &str)]) -> Service {
    let settings = [&[("source_roots", "s3://box/public")], settings].concat();
    let endpoint = cloud.endpoint();
    let environment = [
        ("AWS_ENDPOINT", endpoint.as_str()),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_REGION", "eu-test-1"),
    ];
    service_in(&environment, &settings)
}

fn ask(service: &Service, url: &str) -> Answer {
    service.get(&format!("/v1/process?op=invert&url={}", escaped(url)))
}

fn verdict(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// Neither the log nor an answer tells what nobody may be told.
fn assert_silent(service: &Service, answers: &[Answer]) {
    let told = answers
        .iter()
        .map(|answer| format!("{answer:?} {}", String::from_utf8_lossy(&answer.body)));
    for told in told.chain([service.log()]) {
        assert!(!told.contains(SECRET) && !told.contains(TOKEN), "{told}");
        assert!(!told.contains("Signature="), "{told}");
    }
}

#[test]
fn an_object_is_worked_on_and_every_request_is_signed() {
    let cloud = Cloud::start();
    cloud.put("/box/public/a.png", Object::new(TAG, picture()));
    cloud.put(
        "/box/public/b%20c%2Bd%25/%C3%BC.png",
        Object::new(TAG, picture()),
    );
    let service = with_s3(&cloud, &[("log", "debug,hyper=info")]);
    let uploaded = service.post("/v1/process?op=invert", &picture());
    for url in ["s3://box/public/a.png", "s3://box/public/b c+d%25/ü.png"] {
        let answer = ask(&service, url);
        assert_eq!(answer.verdict(), verdict(200, ""), "{url}");
        assert_eq!(answer.body, uploaded.body);
        assert!(cloud.last_request().contains("eu-test-1/s3/aws4_request"));
    }
    let theirs = service.get("/imgproxy/unsafe/w:6/plain/s3://box/public/a.png@png");
    assert_eq!(theirs.status, 200);
    assert_silent(&service, &[theirs]);
}

#[test]
fn what_is_below_no_root_is_refused_and_not_asked_for() {
    let cloud = Cloud::start();
    let service = with_s3(&cloud, &[]);
    for url in [
        "s3://box/private/a.png",
        "s3://box/publicly/a.png",
        "s3://box/public",
        "s3://box/public/../private/a.png",
        "s3://box/public/%2e%2e/private/a.png",
        "s3://box",
        "s3://other/public/a.png",
    ] {
        assert_eq!(
            ask(&service, url).verdict(),
            verdict(403, "source_forbidden"),
            "{url}"
        );
    }
    for url in [
        "s3://box/public/..%2fprivate/a.png",
        "s3://box/public//a.png",
        "s3://box/public/a.png?versionId=1",
        "s3://box/public/a%00.png",
        "s3://box/public/a%0a.png",
        "s3://key:secret@box/public/a.png",
        "s3://box:80/public/a.png",
        "gs://box/public/a.png",
        "az://box/public/a.png",
        "file:///etc/passwd",
        "local:///a.png",
    ] {
        assert_eq!(
            ask(&service, url).verdict(),
            verdict(422, "bad_parameter"),
            "{url}"
        );
    }
    let origin = Origin::redirecting("s3://box/public/a.png");
    let service = with_s3(&cloud, &[LOOPBACK]);
    let sent_there = ask(&service, &origin.url("/away"));
    assert_eq!(sent_there.verdict(), verdict(502, "source_unreachable"));
    assert_eq!(cloud.requests(), 0);
}

#[test]
fn an_object_is_kept_as_it_says_and_asked_about_by_its_tag() {
    let cloud = Cloud::start();
    let url = "s3://box/public/a.png";
    let service = with_s3(&cloud, &[]);
    cloud.put("/box/public/a.png", Object::new(TAG, picture()));
    let first = ask(&service, url);
    let again = ask(&service, url);
    assert!(cloud.last_request().contains("if-none-match: \"one\"\r\n"));
    assert_eq!((cloud.requests(), &again.body), (2, &first.body));

    let other = made::png(&made::still(30, 8));
    let headers = "etag: \"two\"\r\ncache-control: max-age=3600\r\n";
    cloud.put("/box/public/a.png", Object::new(headers, other));
    let changed = ask(&service, url);
    assert_ne!(changed.body, first.body);
    let control = changed.header("cache-control").unwrap();
    assert!(control.starts_with("public, max-age=3"), "{control}");
    assert_eq!(ask(&service, url).body, changed.body);
    assert_eq!(cloud.requests(), 3, "it is fresh");
    assert_eq!(service.status()["cache"]["sources"]["entries"], 1);
}

#[test]
fn limits_and_compression_are_those_of_every_source() {
    let cloud = Cloud::start();
    let gzip = "content-encoding: gzip\r\netag: \"g\"\r\n";
    let endless = Object {
        length: Some(1 << 30),
        ..Object::new(TAG, vec![0; 1000])
    };
    for (name, object) in [
        ("gzip", Object::new(gzip, made::gzip(&picture()))),
        ("bomb", Object::new(gzip, made::gzip(&vec![0; 64 << 20]))),
        ("broken", Object::new(gzip, picture())),
        ("long", endless),
    ] {
        cloud.put(&format!("/box/public/{name}"), object);
    }
    let service = with_s3(&cloud, &[("source_bytes_max", "1 MiB")]);
    for (name, status, code) in [
        ("gzip", 200, ""),
        ("bomb", 413, "too_large"),
        ("broken", 502, "source_unreachable"),
        ("long", 413, "too_large"),
    ] {
        let answer = ask(&service, &format!("s3://box/public/{name}"));
        assert_eq!(answer.verdict(), verdict(status, code), "{name}");
    }
    assert_eq!(service.status()["source_bytes"], 0);
}

#[test]
fn what_goes_wrong_at_a_bucket_is_told_apart_and_tells_no_secret() {
    let cloud = Cloud::start();
    let cut = |headers: &str| Object {
        length: Some(1000),
        ..Object::new(&format!("{TAG}{headers}"), vec![0; 10])
    };
    let elsewhere = format!("location: {}/box/public/a\r\n", cloud.endpoint());
    for (name, object) in [
        ("denied", Object::failing(403, "")),
        ("failing", Object::failing(500, "")),
        ("moved", Object::failing(301, "")),
        ("away", Object::failing(302, &elsewhere)),
        ("cut", cut("")),
        ("slow", cut("x-waits: 1\r\n")),
        ("text", Object::new(TAG, b"hello".to_vec())),
        ("a", Object::new(TAG, picture())),
    ] {
        cloud.put(&format!("/box/public/{name}"), object);
    }
    let service = with_s3(
        &cloud,
        &[("fetch_timeout_ms", "4000"), ("log", "debug,hyper=info")],
    );
    let mut answers = Vec::new();
    for (name, status, code) in [
        ("missing", 502, "source_unreachable"),
        ("denied", 502, "source_unreachable"),
        ("failing", 502, "source_unreachable"),
        ("moved", 502, "source_unreachable"),
        ("away", 502, "source_unreachable"),
        ("cut", 502, "source_unreachable"),
        ("slow", 504, "source_timeout"),
        ("text", 415, "not_an_image"),
        ("a", 200, ""),
    ] {
        let answer = ask(&service, &format!("s3://box/public/{name}"));
        assert_eq!(answer.verdict(), verdict(status, code), "{name}");
        answers.push(answer);
    }
    assert_eq!(answers[0].json()["status"], 404);
    assert_eq!(answers[0].json()["host"], "s3://box");
    assert_eq!(answers[1].json()["status"], 403);
    let log = service.log();
    let told = log
        .lines()
        .filter(|line| line.contains("reading from a bucket failed"));
    let told: Vec<_> = told.collect();
    assert!(told.len() >= 5 && told[0].contains("Oops"), "{told:?}");
    assert!(told.iter().all(|line| !line.contains("public")), "{told:?}");
    assert_silent(&service, &answers);
    assert_eq!(service.status()["source_bytes"], 0);
}

#[test]
fn google_is_asked_with_the_token_of_the_machine() {
    let cloud = Cloud::start();
    let gzip = format!("{TAG}content-encoding: gzip\r\n");
    cloud.put(
        "/box/folder%2Fa%2Epng",
        Object::new(&gzip, made::gzip(&picture())),
    );
    let host = format!("127.0.0.1:{}", cloud.port);
    let environment = [
        ("GOOGLE_BASE_URL", cloud.endpoint()),
        ("GOOGLE_ALLOW_HTTP", "true".to_owned()),
        ("GCE_METADATA_HOST", host.clone()),
        ("GCE_METADATA_ROOT", host),
        // Otherwise credentials of whoever runs the tests are found there.
        ("HOME", "/nonexistent".to_owned()),
    ];
    let environment = environment
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let service = service_in(&environment, &[("source_roots", "gs://box")]);
    let answer = ask(&service, "gs://box/folder/a.png");
    assert_eq!(
        answer.verdict(),
        verdict(200, ""),
        "{answer:?} {}",
        service.log()
    );
    let request = cloud.last_request().to_lowercase();
    assert!(request.contains("accept-encoding: gzip\r\n"), "{request}");
    assert_silent(&service, &[answer]);
}
