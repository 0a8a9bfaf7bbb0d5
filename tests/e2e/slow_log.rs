//! Jobs that take long are logged, once, with what is needed to try them again.

use crate::made;
use crate::service::Service;

#[test]
fn a_slow_job_is_logged_once_with_its_picture_and_operations() {
    let service = Service::with(&[("slow_job_ms", "1"), ("log_format", "json")]);
    let picture = made::png(&made::still(600, 400));
    let path = "/v1/process?op=blur:5&op=resize:width=100";
    assert_eq!(service.post(path, &picture).status, 200);
    let mut lines = Vec::new();
    service.wait_until("it is logged", || {
        lines = slow(&service);
        !lines.is_empty()
    });
    let digest = ring::digest::digest(&ring::digest::SHA256, &picture);
    let digest: String = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let [line] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["end"], "done");
    assert_eq!(line["sha256"], digest);
    assert_eq!(line["bytes"], picture.len());
    let operations = line["operations"].as_str().unwrap();
    assert!(
        operations.starts_with("blur:sigma=5 resize:width=100"),
        "{operations}"
    );
}

#[test]
fn a_job_that_was_stopped_is_logged_with_the_place_where_it_was() {
    let service = Service::with(&[
        ("slow_job_ms", "500"),
        ("job_deadline_ms", "1500"),
        ("log_format", "json"),
    ]);
    assert_eq!(crate::heavy::post(&service).status, 504);
    let quick = made::png(&made::still(4, 4));
    assert_eq!(service.post("/invert/", &quick).status, 200);
    service.wait_until("it is logged", || !slow(&service).is_empty());
    let lines = slow(&service);
    let [line] = &lines[..] else {
        panic!("the quick one is not slow: {lines:?}");
    };
    assert_eq!(line["end"], "deadline_exceeded");
    assert_eq!(line["phase"], "operations");
    assert!(line["operation"].is_u64(), "{line}");
}

fn slow(service: &Service) -> Vec<serde_json::Value> {
    let log = service.log();
    let lines = log.lines().filter(|line| line.contains("slow job"));
    // The last line may be half written; one without operations is of the gateway's own probe.
    lines
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|line| line["operations"] != "")
        .collect()
}
