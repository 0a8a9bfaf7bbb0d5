//! The gateway as process 1 of a PID namespace, as in a container: whatever loses its parent there
//! becomes its child.

use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use crate::postlude::{Baseline, children_of, serves};
use crate::service::{Service, send_signal};

/// A service in a PID namespace of its own; `None` where that is not allowed.
fn service() -> Option<Service> {
    let unshare = |user: bool| {
        let mut command = Command::new("unshare");
        if user {
            command.args(["--user", "--map-root-user"]);
        }
        command.args(["--pid", "--fork", "--kill-child", "--mount-proc"]);
        command
    };
    let allowed = |user: &bool| {
        let mut trial = unshare(*user);
        trial.arg("true").stderr(Stdio::null());
        trial.status().is_ok_and(|status| status.success())
    };
    let Some(user) = [false, true].into_iter().find(allowed) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "unshare (util-linux) must be there and be allowed to make a PID namespace"
        );
        println!("skipped: no unshare, or no right to make a PID namespace");
        return None;
    };
    let mut program = unshare(user);
    program.arg(env!("CARGO_BIN_EXE_framefarm"));
    let service = Service::launch(tempfile::tempdir().unwrap(), program, &[]);
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    assert_eq!(service.serving_pid(), 1);
    Some(service)
}

/// Runs a script in the namespace of the gateway.
fn inside(service: &Service, script: &str) {
    let user = |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/user")).unwrap();
    let pid = service.pid().to_string();
    let mut nsenter = Command::new("nsenter");
    // Entering where one is already is refused.
    if user("self") != user(&pid) {
        nsenter.args(["--user", "--preserve-credentials"]);
    }
    let status = nsenter
        .args(["--target", &pid, "--pid", "--mount"])
        .args(["sh", "-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

/// The number that a process has in its own namespace.
fn inner(pid: i32) -> Option<i32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("NSpid:"))?;
    line.split_whitespace().last()?.parse().ok()
}

/// The children of the gateway that are not its workers.
fn strangers(service: &Service) -> usize {
    let workers: Vec<_> = service.workers().iter().map(|worker| worker.pid).collect();
    let children = children_of(service.pid());
    let stranger = |pid| inner(pid).is_some_and(|pid| !workers.contains(&Some(pid)));
    children.iter().filter(|child| stranger(child.pid)).count()
}

#[test]
fn strangers_are_buried_and_not_taken_for_workers() {
    let Some(mut service) = service() else { return };
    let baseline = Baseline::of(&service);
    let workers = service.idle_pids();
    // Each of them loses its parent at once, and ends when it is told to.
    let mark = service.folder().join("end");
    let script = format!(
        "for i in 1 2 3 4 5; do (sh -c 'while [ ! -e {0} ]; do sleep 0.01; done; exit 3' &); done",
        mark.display()
    );
    inside(&service, &script);
    service.wait_until("they are its children", || strangers(&service) == 5);
    serves(&service);
    std::fs::write(&mark, "").unwrap();
    service.wait_until("they are buried", || strangers(&service) == 0);
    serves(&service);
    assert_eq!(service.idle_pids(), workers);
    assert_eq!(service.metric("framefarm_worker_deaths_total"), 0.0);
    baseline.returns(&mut service);
}

#[test]
fn the_ends_of_workers_are_known_exactly_while_strangers_come_and_go() {
    let Some(mut service) = service() else { return };
    let baseline = Baseline::of(&service);
    let script = "i=0; while [ $i -lt 100 ]; do (true &); i=$((i+1)); done";
    std::thread::scope(|scope| {
        let comings = scope.spawn(|| inside(&service, script));
        for round in 1..=10 {
            let worker = service.idle_pids()[0];
            let children = children_of(service.pid());
            let child = children
                .iter()
                .find(|child| inner(child.pid) == Some(worker));
            send_signal(child.unwrap().pid, Signal::SIGKILL);
            service.wait_until("its end is known for what it was", || {
                service.metric("framefarm_worker_deaths_total{reason=\"killed\"}")
                    >= f64::from(round)
            });
        }
        comings.join().unwrap();
    });
    assert!(
        !service.log().contains("cannot be reaped"),
        "{}",
        service.log()
    );
    assert_eq!(service.metric("framefarm_worker_deaths_total"), 10.0);
    baseline.returns(&mut service);
}

#[test]
fn it_cannot_make_way_for_a_successor_and_says_so() {
    let Some(mut service) = service() else { return };
    let baseline = Baseline::of(&service);
    service.signal(Signal::SIGUSR2);
    service.wait_until("it says so", || {
        service.log().contains("replace the container")
    });
    serves(&service);
    baseline.returns(&mut service);
}
