//! Every status that those libraries can get, and what their users get of it. A case is a row; what
//! becomes of its status stands in docs/dagpi.md.

use serde_json::{Value, json};

use super::guide::{Status, statuses};
use super::{Call, LIBRARIES, Library, Outcome, SENDER};
use crate::made;
use crate::manifest::say;
use crate::origin::{LOOPBACK, Origin};
use crate::picture::Picture;
use crate::service::{Answer, Service};
use crate::token_file::Tokens;

/// A request, and the code that it is answered with.
struct Case {
    call: Call,
    code: &'static str,
}

fn case(code: &'static str, url: impl Into<String>) -> Case {
    let call = Call::new("spin", url);
    Case { call, code }
}

/// A picture that no encoder makes small.
fn noise() -> Vec<u8> {
    let mixed = |number: u32| (number ^ (number >> 13)).wrapping_mul(0x5bd1_e995);
    made::png(&Picture::painted(60, 60, |x, y| {
        mixed(mixed((60 * y + x) as u32 + 1)).to_be_bytes()
    }))
}

/// Limits that are easily exceeded, and a worker that dies when a source says so.
fn strict_service() -> Service {
    Service::with_caged(
        "filtered",
        &[
            LOOPBACK,
            ("source_bytes_max", "1 MiB"),
            ("pixels_max", "10000"),
            ("frames_max", "10"),
            ("output_bytes_max", "8 KiB"),
            ("fetch_timeout_ms", "1000"),
            ("worker_memory_bytes", "128 MiB"),
        ],
    )
}

/// What the service refuses, or fails at.
fn strict_cases(origin: &Origin, library: Library) -> Vec<Case> {
    let at = |path: &str| origin.url(path);
    let mut out_of_range = case("bad_parameter", at("/picture.png"));
    out_of_range.call = Call::new("blur", at("/picture.png"));
    out_of_range.call.parameters = json!({"sigma": 9999});
    let mut unknown = case("unknown_operation", at("/picture.png"));
    unknown.call.effect = "angel".to_owned();
    let crash = format!("/crash-{}", library.name());
    let mut cases = vec![
        case("source_timeout", at("/slow")),
        case("source_forbidden", "http://10.0.0.1/picture.png"),
        case("source_forbidden", at("/to-metadata")),
        unknown,
        case("too_large", at("/large")),
        case("too_large", at("/wide.png")),
        case("too_many_frames", at("/long.gif")),
        case("output_too_large", at("/noise.png")),
        case("source_unreachable", at("/missing")),
        case("source_unreachable", at("/loop")),
        case("not_an_image", at("/text")),
        case("unsupported_format", at("/drawing.psd")),
        case("bad_image", at("/cut.png")),
        case(
            "bad_parameter",
            "http://somebody:secret@example.org/picture.png",
        ),
        case("memory_limit", at("/greedy")),
        case("quarantined", at("/deadly")),
        case("worker_crashed", at(&crash)),
        out_of_range,
    ];
    // It has no way to give any parameter but those that it knows.
    cases.retain(|case| library != Library::Dagpirs || case.call.parameters == json!({}));
    cases
}

fn strict_origin() -> Origin {
    let cut = made::png(&made::still(40, 40));
    Origin::serving([
        ("/wide.png", made::png(&made::opaque_still(200, 100))),
        ("/long.gif", made::long_animation(8, 8, 12)),
        ("/noise.png", noise()),
        ("/drawing.psd", b"8BPS\x00\x01".to_vec()),
        ("/cut.png", cut[..cut.len() / 2].to_vec()),
        ("/greedy", b"die: allocate 200000000".to_vec()),
        ("/deadly", DEADLY.to_vec()),
        // A source each, or the third would be quarantined.
        ("/crash-asyncdagpi", b"die: fault 1".to_vec()),
        ("/crash-dagpijs", b"die: fault 2".to_vec()),
        ("/crash-dagpirs", b"die: fault 3".to_vec()),
    ])
}

/// One request, and the next after a minute.
const ONE: &str = "requests_per_minute = 1\nburst = 1";

const DEADLY: &[u8] = b"die: fault again";

/// Makes the calls, compares, and counts those of each status.
fn judge(library: Library, service: &Service, cases: Vec<Case>) -> Vec<u16> {
    let statuses = statuses();
    let (calls, codes): (Vec<_>, Vec<_>) =
        cases.into_iter().map(|case| (case.call, case.code)).unzip();
    let Some(run) = library.run(service, &calls) else {
        return Vec::new();
    };
    let judged = calls.iter().zip(codes).zip(&run.outcomes);
    let judged = judged.map(|((call, code), outcome)| {
        let answer = call.asked_directly(service);
        assert_eq!(answer.code(), code, "{}", answer.json());
        let has_detail = answer.json()["detail"] != Value::Null;
        let status = statuses
            .iter()
            .find(|one| (one.status, one.has_detail) == (answer.status, has_detail));
        let status = status.unwrap_or_else(|| panic!("docs/dagpi.md: no {}", answer.status));
        assert!(
            status.codes.iter().any(|listed| listed == code),
            "docs/dagpi.md: {} without {code}",
            answer.status
        );
        agrees(library, status, &answer, outcome);
        answer.status
    });
    judged.collect()
}

fn agrees(library: Library, status: &Status, answer: &Answer, outcome: &Outcome) {
    let (expected, body) = (status.error_of(library), answer.json());
    let told = outcome.message.as_deref().unwrap_or_default();
    let what = format!("{} got {outcome:?} of {body}", library.name());
    assert_eq!(outcome.result, expected.name, "{what}");
    let message = body["message"].as_str().unwrap();
    assert_eq!(told.contains(message), expected.has_message, "{what}");
    let first = &body["detail"][0];
    let detail = [&first["loc"][1], &first["type"]].map(|value| value.as_str().unwrap_or("?"));
    let detail = detail.join(" is ");
    assert_eq!(told.contains(&detail), expected.has_detail, "{what}");
}

fn gets_every_status(library: Library) {
    let origin = strict_origin();
    let service = strict_service();
    for _ in 0..2 {
        let answer = service.post("/spin/", DEADLY);
        assert_eq!(answer.code(), "worker_crashed", "{}", answer.json());
    }
    let mut seen = judge(library, &service, strict_cases(&origin, library));

    let sleepy = Service::with_fake("greets", &[LOOPBACK, ("job_deadline_ms", "1000")]);
    let hanging = Origin::serving([("/hang", b"hang".to_vec())]);
    let cases = vec![case("deadline_exceeded", hanging.url("/hang"))];
    seen.extend(judge(library, &sleepy, cases));

    let broken = Service::with_fake("exits", &[LOOPBACK]);
    broken.wait_until("it gives up", || broken.status()["broken"] == true);
    let cases = vec![case("no_workers", hanging.url("/hang"))];
    seen.extend(judge(library, &broken, cases));
    for (code, name, entry) in [
        ("unauthorized", "other", ""),
        ("forbidden", SENDER, "operations = [\"flip\"]"),
        ("rate_limited", SENDER, ONE),
    ] {
        let service = Tokens::new(&[(name, entry)]).service(&[LOOPBACK]);
        let case = case(code, hanging.url("/picture.png"));
        if entry == ONE {
            assert_eq!(case.call.asked_directly(&service).status, 200);
        }
        seen.extend(judge(library, &service, vec![case]));
    }
    if seen.is_empty() {
        return;
    }

    let mut distinct = seen.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let mut listed: Vec<_> = statuses().iter().map(|one| one.status).collect();
    listed.dedup();
    assert_eq!(
        distinct, listed,
        "not every status of docs/dagpi.md was seen"
    );
    say(&format!(
        "{}: {} errors of {} statuses, each as docs/dagpi.md says",
        library.name(),
        seen.len(),
        distinct.len()
    ));
}

#[test]
fn each_reads_its_limits_where_it_looks_for_them() {
    let origin = Origin::start();
    for library in LIBRARIES {
        let service = Tokens::new(&[(SENDER, ONE)]).service(&[LOOPBACK]);
        let call = || Call::new("flip", origin.url("/picture.png"));
        let Some(run) = library.run(&service, &[call(), call()]) else {
            continue;
        };
        let [first, second] = &run.outcomes[..] else {
            panic!("{:?}", run.outcomes);
        };
        assert_eq!(first.result, "png", "{first:?}");
        match library {
            // It looks only when it is too late.
            Library::Dagpirs => assert_eq!(second.message.as_deref(), Some("1, 0")),
            _ => assert_eq!(first.limits, Some([Some(1), Some(0)])),
        }
    }
}

#[test]
fn asyncdagpi_gets_every_status_as_what_its_users_know() {
    gets_every_status(Library::Asyncdagpi);
}

#[test]
fn dagpijs_gets_every_status_as_what_its_users_know() {
    gets_every_status(Library::Dagpijs);
}

#[test]
fn dagpirs_gets_every_status_as_what_its_users_know() {
    gets_every_status(Library::Dagpirs);
}
