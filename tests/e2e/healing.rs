//! Workers that cannot start: the gateway says so, waits longer and longer, and recovers by
//! itself.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::made;
use crate::postlude::Baseline;
use crate::programs::program;
use crate::service::{Service, holds_within, send_signal};

#[test]
fn a_worker_that_exits_at_once_is_retried_with_pauses_until_it_is_repaired() {
    let service = Service::with_fake("exits-until-repaired", &[]);
    assert_eq!(service.get("/livez").status, 200);
    service.wait_until("no worker is expected any more", || {
        service.status()["broken"] == true
    });
    assert_eq!(service.get("/readyz").status, 503);
    let answer = service.post("/v1/process", b"echo");
    assert_eq!(answer.verdict(), (503, "no_workers".to_owned()));
    assert!(answer.header("retry-after").is_some());

    let spawns = || service.metric("framefarm_worker_spawns_total");
    let (before, cpu) = (spawns(), cpu_ticks(service.pid()));
    // 400 ms of pause and more for each of two slots: a handful of starts a second at most.
    holds_within(Duration::from_secs(1), || false);
    assert!(
        spawns() - before <= 8.0,
        "{} starts in a second",
        spawns() - before
    );
    // Of a hundred in a second: looking after them takes next to none.
    let cpu = cpu_ticks(service.pid()) - cpu;
    assert!(cpu < 20, "{cpu} hundredths of a second");

    std::fs::write(service.folder().join("repaired"), "").unwrap();
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    assert_eq!(service.post("/v1/process", b"echo").body, b"echo");
}

#[test]
fn a_job_that_waits_is_sent_away_when_the_last_worker_is_given_up() {
    let service = Service::with_fake("exits-until-repaired", &[("job_deadline_ms", "600000")]);
    let answer = service.post("/v1/process", b"echo");
    assert_eq!(answer.verdict(), (503, "no_workers".to_owned()));
    assert!(answer.header("retry-after").is_some());
}

/// CPU time that the process has used, in the kernel's hundredths of a second.
fn cpu_ticks(pid: i32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
    let used = fields.skip(11).take(2);
    used.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

#[test]
fn a_worker_that_never_greets_is_killed_and_the_others_serve() {
    let settings = [("worker_start_timeout_ms", "1000")];
    let mut service = Service::with_fake("first-is-silent", &settings);
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    let silent = service
        .workers()
        .into_iter()
        .find(|worker| worker.state == "starting");
    assert_eq!(service.post("/v1/process", b"echo").body, b"echo");
    let silent = silent.expect("one worker is still starting");
    service.wait_until("it is replaced", || {
        service.workers()[silent.slot].pid != silent.pid
    });
    Baseline::of(&service).returns(&mut service);
    assert!(service.log().contains("start_timeout"));
}

#[test]
fn a_worker_program_that_does_not_exist_is_a_clear_error_at_the_start() {
    let output = std::process::Command::new(program("framefarm"))
        .args([
            "--worker=/no/such/worker",
            "--listen=127.0.0.1:0",
            "--admin-listen=127.0.0.1:0",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("/no/such/worker") && said.contains("set worker"),
        "{said}"
    );
}

#[test]
fn a_program_replaced_on_disk_is_not_mixed_in() {
    let mut service = Service::with_fake("greets", &[]);
    let baseline = Baseline::of(&service);
    let path = service.folder().join("worker@greets");
    for replacement in [Some("/bin/false"), None] {
        match replacement {
            // A new file under the old name, as installers do it.
            Some(other) => {
                let new = path.with_extension("new");
                std::fs::copy(other, &new).unwrap();
                std::fs::rename(&new, &path).unwrap();
            }
            None => std::fs::remove_file(&path).unwrap(),
        }
        let before = service.idle_pids();
        for pid in &before {
            send_signal(*pid, Signal::SIGKILL);
        }
        service.wait_until("both are replaced", || {
            let workers = service.workers();
            workers.iter().all(|worker| {
                let new = worker.pid.is_some_and(|pid| !before.contains(&pid));
                worker.state == "idle" && new
            })
        });
        assert_eq!(service.post("/v1/process", b"echo").body, b"echo");
    }
    assert!(
        !service.log().contains("of build"),
        "and nobody was refused"
    );
    baseline.returns(&mut service);
}

/// The pauses begin with the second failure in a row, at 100 ms.
#[test]
fn a_crash_after_good_jobs_costs_no_pause() {
    let mut service = Service::with_fake("greets", &[("workers", "1")]);
    let baseline = Baseline::of(&service);
    let mut fastest = Duration::MAX;
    for _ in 0..10 {
        assert_eq!(service.post("/v1/process", b"echo").status, 200);
        let pid = service.idle_pids()[0];
        let killed = Instant::now();
        // Between jobs, and by a signal that speaks against the program.
        send_signal(pid, Signal::SIGABRT);
        service.wait_until("it has another worker", || {
            let worker = &service.workers()[0];
            worker.state == "idle" && worker.pid != Some(pid)
        });
        fastest = fastest.min(killed.elapsed());
        assert_eq!(service.status()["workers"][0]["failures"], 1);
    }
    // Were there a pause, then there would be one each time, of 80 ms at least.
    assert!(fastest < Duration::from_millis(80), "{fastest:?} at best");
    baseline.returns(&mut service);
}

#[test]
fn workers_that_are_stuck_in_their_start_do_not_count_as_ready() {
    let settings = [("workers", "3"), ("worker_start_timeout_ms", "600000")];
    let service = Service::with_fake("only-the-first-greets", &settings);
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    let states = || -> Vec<_> {
        let workers = service.workers();
        workers.into_iter().map(|worker| worker.state).collect()
    };
    let count = |state: &str| states().iter().filter(|of| *of == state).count();
    assert_eq!((count("idle"), count("starting")), (1, 2));
    assert_eq!(service.metric("framefarm_workers{state=\"idle\"}"), 1.0);
    assert_eq!(service.metric("framefarm_workers{state=\"starting\"}"), 2.0);
    let picture = made::png(&made::still(4, 4));
    assert_eq!(service.post("/v1/process", &picture).status, 200);
}
