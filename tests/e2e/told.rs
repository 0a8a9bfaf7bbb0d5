//! What operators are told: every worker's state as it is, one log line for an event, at the
//! level that it deserves, and nobody's text as anything but text.

use std::time::Instant;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::postlude::{Baseline, is_alive, rss_bytes};
use crate::raw::Connection;
use crate::service::{Service, send_signal};

fn slot(service: &Service, index: usize) -> Value {
    service.status()["workers"][index].clone()
}

/// Whether the object has these fields with these values.
fn has(object: &Value, expected: &Value) -> bool {
    let expected = expected.as_object().unwrap();
    expected.iter().all(|(name, value)| object[name] == *value)
}

#[track_caller]
fn assert_has(object: &Value, expected: &Value) {
    assert!(has(object, expected), "{object} has not all of {expected}");
}

#[test]
fn the_status_is_exact() {
    let begun = Instant::now();
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    let [first, second] = [slot(&service, 0), slot(&service, 1)];
    let jobs = |worker: &Value| worker["jobs"].as_u64().unwrap();
    assert_ne!(first["generation"], second["generation"]);
    for worker in [&first, &second] {
        assert_has(
            worker,
            &json!({"state": "idle", "job": null, "failures": 0, "last_exit": null}),
        );
        let pid = worker["pid"].as_i64().unwrap() as i32;
        let rss = worker["rss_bytes"].as_u64().unwrap();
        assert!(rss.abs_diff(rss_bytes(pid)) < 4 << 20, "{rss}");
        let age = worker["age_s"].as_f64().unwrap();
        assert!(
            (0.0..=begun.elapsed().as_secs_f64()).contains(&age),
            "{age}"
        );
        assert!(worker["cpu_s"].as_f64().unwrap() >= 0.0);
    }

    // One after another, they go to the first that is idle.
    for _ in 0..3 {
        assert_eq!(service.post("/v1/process", b"echo").status, 200);
    }
    assert_has(
        &slot(&service, 0),
        &json!({"jobs": jobs(&first) + 3, "pid": first["pid"]}),
    );
    assert_has(
        &slot(&service, 1),
        &json!({"jobs": jobs(&second), "pid": second["pid"]}),
    );

    service.post("/v1/process", b"exit:9");
    service.idle_pids();
    let after = slot(&service, 0);
    assert_has(
        &after,
        &json!({"jobs": 0, "failures": 0, "last_exit": "exit code 9"}),
    );
    assert!(after["generation"].as_u64() > second["generation"].as_u64());
    assert_ne!(after["pid"], first["pid"]);

    let pid = second["pid"].as_i64().unwrap() as i32;
    send_signal(pid, Signal::SIGKILL);
    service.wait_until("it is gone", || {
        !is_alive(pid) && slot(&service, 1)["pid"] != pid
    });
    service.idle_pids();
    assert_has(
        &slot(&service, 1),
        &json!({"jobs": 0, "last_exit": "signal 9 (SIGKILL)"}),
    );

    service.admin_post("/workers/1/recycle");
    service.wait_until("it is recycled", || {
        let exit = json!({"last_exit": "killed by the gateway: recycled", "state": "idle"});
        has(&slot(&service, 1), &exit)
    });
    work_in_hand_is_shown(&service);
    baseline.returns(&mut service);
}

fn work_in_hand_is_shown(service: &Service) {
    let mut connections = Vec::new();
    for job in 0..3_usize {
        // The first line is the script, the rest only has a length.
        let body = [b"hang:\n".as_slice(), &vec![0; 1000 * job]].concat();
        let mut connection = Connection::to(service);
        connection.post("/v1/process", &body);
        connections.push(connection);
        service.wait_until("it is in its place", || {
            let status = service.status();
            let workers = status["workers"].as_array().unwrap();
            let busy = workers.iter().filter(|worker| worker["state"] == "busy");
            let waiting = status["queue"]["jobs"].as_u64().unwrap() as usize;
            busy.count() + waiting == job + 1
        });
    }
    let status = service.status();
    assert_eq!(status["queue"], json!({"jobs": 1, "bytes": 2006}));
    assert_eq!(status["source_bytes"], 3 * 6 + 1000 + 2000);
    assert_eq!(status["requests"], 3 + 1, "the question counts too");
    let (mut ids, workers) = (Vec::new(), status["workers"].as_array().unwrap());
    for (worker, bytes) in workers.iter().zip([6, 1006]) {
        assert_has(worker, &json!({"state": "busy"}));
        assert_eq!(worker["job"]["source_bytes"], bytes);
        assert!(worker["job"]["age_s"].as_f64().unwrap() >= 0.0);
        ids.push(worker["job"]["id"].as_u64().unwrap());
    }
    assert_eq!(ids[1], ids[0] + 1, "numbered as they came");
}

/// The lines of the log, which are JSON, that are about this process.
fn lines_about(service: &Service, pid: i32) -> Vec<Value> {
    let log = service.log();
    // Escape sequences and the like in a line would keep it from being read.
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.filter(|line: &Value| line["pid"] == pid).collect()
}

#[track_caller]
fn assert_one_line(service: &Service, pid: i32, expected: &Value) {
    service.wait_until("it is logged", || !lines_about(service, pid).is_empty());
    let lines = lines_about(service, pid);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_has(&lines[0], expected);
}

#[test]
fn an_end_is_one_line_at_the_level_that_it_deserves() {
    let settings = [
        ("workers", "1"),
        ("log_format", "json"),
        ("job_deadline_ms", "3000"),
    ];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let pid = || service.idle_pids()[0];

    let crashed = pid();
    service.post("/v1/process", b"abort:tripped");
    let expected = json!({"level": "ERROR", "ending": "signal 6 (SIGABRT)", "stderr": "tripped"});
    assert_one_line(&service, crashed, &expected);

    let left = pid();
    service.post("/v1/process", b"exit:42");
    assert_one_line(
        &service,
        left,
        &json!({"level": "ERROR", "ending": "exit code 42"}),
    );

    let killed = pid();
    send_signal(killed, Signal::SIGKILL);
    let expected = json!({"level": "ERROR", "ending": "signal 9 (SIGKILL)"});
    assert_one_line(&service, killed, &expected);

    service.wait_until("it is replaced", || !is_alive(killed));
    let worn = pid();
    service.admin_post("/workers/0/recycle");
    assert_one_line(&service, worn, &json!({"level": "INFO", "why": "recycled"}));

    service.wait_until("it is replaced", || !is_alive(worn));
    let late = pid();
    service.post("/v1/process", b"hang");
    assert_one_line(&service, late, &json!({"level": "INFO", "why": "deadline"}));

    let freed = pid();
    let mut leaving = Connection::to(&service);
    leaving.post("/v1/process", b"hang");
    service.busy_pid();
    drop(leaving);
    assert_one_line(
        &service,
        freed,
        &json!({"level": "INFO", "why": "client_gone"}),
    );

    let capped = pid();
    service.post("/v1/process", b"exit:160");
    assert_one_line(
        &service,
        capped,
        &json!({"level": "WARN", "ending": "exit code 160"}),
    );
    baseline.returns(&mut service);
}

#[test]
fn what_a_worker_says_is_text_wherever_it_is_shown() {
    let settings = [("log_format", "json"), ("log", "debug")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let hostile = "\"}],<script>alert(1)</script>\\\u{1b}[31m\r\u{7f}\t{\"code\":\"ok\"} \u{202e}";
    let answer = service.post("/v1/process", format!("abort:{hostile}").as_bytes());
    assert_eq!(answer.verdict(), (502, "worker_crashed".to_owned()));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let said = answer.json()["stderr"].as_str().unwrap().to_owned();
    assert!(said.contains("<script>"), "as it was: {said}");
    assert!(!said.contains(char::is_control), "printable: {said:?}");
    // Both can be read as what they are.
    service.status();
    let log = service.log();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let shown = lines
        .iter()
        .filter(|line| line.to_string().contains("<script>"));
    assert!(shown.count() >= 1);
    // And so is a client's.
    let answer = service.post("/v1/process?op=%22%7D%3Cscript%3E", b"echo");
    assert_eq!(answer.code(), "unknown_operation");
    assert!(
        answer.json()["message"]
            .as_str()
            .unwrap()
            .contains("\"}<script>")
    );
    baseline.returns(&mut service);
}
