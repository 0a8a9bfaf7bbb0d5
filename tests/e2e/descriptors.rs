//! What a worker does to the descriptors that it shares with the gateway: flags turned,
//! descriptors sent along, standard error flooded. None of it reaches further than its process.

use crate::postlude::Baseline;
use crate::service::Service;

#[test]
fn descriptors_that_a_worker_sends_are_not_taken() {
    let mut service = Service::with_fake("greets", &[("job_deadline_ms", "2000")]);
    let baseline = Baseline::of(&service);
    for count in [1, 50, 250, 250, 250] {
        let script = format!("pass descriptors:{count}");
        let answer = service.post("/v1/process", script.as_bytes());
        // The bytes that come with them are a reply, and yet it may stay unread: the kernel stops
        // a read where descriptors were sent. That costs the job that did it, and only that.
        match answer.status {
            200 => assert_eq!(answer.body, script.as_bytes()),
            _ => assert_eq!(answer.verdict(), (504, "deadline_exceeded".to_owned())),
        }
        assert_eq!(service.post("/v1/process", b"echo").body, b"echo");
    }
    baseline.returns(&mut service);
}

#[test]
fn flags_that_a_worker_turns_on_its_descriptors_are_its_own() {
    let mut service = Service::with_fake("greets", &[("workers", "1")]);
    let baseline = Baseline::of(&service);
    let before = service.idle_pids();
    // Larger than the socket's buffer, so that both sides have to wait for each other.
    let large = [b"flip\n".as_slice(), &vec![7; 4 << 20]].concat();
    for _ in 0..3 {
        let answer = service.post("/v1/process", &large);
        assert_eq!((answer.status, answer.body == large), (200, true));
    }
    assert_eq!(service.idle_pids(), before, "the same worker");
    let answer = service.post("/v1/process", b"exit:5");
    assert_eq!(answer.json()["exit_code"], 5);
    let large = vec![7; 4 << 20];
    let answer = service.post("/v1/process", &large);
    assert_eq!(
        (answer.status, answer.body == large),
        (200, true),
        "the next worker"
    );
    baseline.returns(&mut service);
}

/// Lines of 4000 bytes; a gigabyte in the gate.
fn lines_of_a_flood() -> usize {
    match std::env::var_os("CI") {
        Some(_) => 250_000,
        None => 5_000,
    }
}

#[test]
fn a_flood_on_stderr_is_read_cut_and_stops_nothing() {
    let settings = [("log", "debug"), ("job_deadline_ms", "600000")];
    let mut service = Service::with_fake("greets", &settings);
    let baseline = Baseline::of(&service);
    let lines = lines_of_a_flood();
    let begun = std::time::Instant::now();
    std::thread::scope(|scope| {
        let script = format!("write to stderr:{lines}");
        let service = &service;
        let flood = scope.spawn(move || service.post("/v1/process", script.as_bytes()));
        let flooding = service.busy_pid();
        while !flood.is_finished() {
            // The gateway and the other worker have time for others.
            let echo = service.post("/v1/process", b"echo");
            assert_eq!((echo.status, echo.body), (200, b"echo".to_vec()));
        }
        assert_eq!(flood.join().unwrap().status, 200);
        let log = service.log();
        let said = log.lines().filter(|line| line.contains("xxxxxxxx"));
        let said: Vec<_> = said.collect();
        assert!(!said.is_empty(), "some of it is shown");
        let windows = begun.elapsed().as_secs() as usize + 2;
        assert!(said.len() <= 10 * windows, "{} lines", said.len());
        for line in said {
            assert!(line.contains(&format!("pid={flooding}")), "{line}");
            assert!(line.len() < 2000, "cut: {line}");
        }
    });
    service.wait_until("what was left out is counted", || {
        // With the next line that is shown.
        service.post("/v1/process", b"write to stderr:1");
        service.log().contains("lines not logged")
    });
    baseline.returns(&mut service);
}
