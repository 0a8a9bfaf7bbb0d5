//! A gateway that is denied processes or descriptors: it lives, says so, and serves again when
//! it gets them.

use std::process::Command;
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};

use crate::postlude::Baseline;
use crate::programs::{example, open_folder, program};
use crate::raw::Connection;
use crate::service::Service;

/// A limit, as `prlimit` and `/proc` call it.
struct Limit {
    option: &'static str,
    title: &'static str,
}

const DESCRIPTORS: Limit = Limit {
    option: "nofile",
    title: "Max open files",
};
const PROCESSES: Limit = Limit {
    option: "nproc",
    title: "Max processes",
};

/// A folder with a file that everybody may read and that is no picture.
const ROOT: (&str, &str) = ("source_roots", "file:///etc");
const FILE: &str = "file:///etc/passwd";

/// A command of the given user; of ours without one.
fn command_of(user: Option<&str>, program: &str) -> Command {
    let Some(user) = user else {
        return Command::new(program);
    };
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={user}"), format!("--regid={user}")]);
    command.args(["--clear-groups", program]);
    command
}

/// Sets the soft limit of the gateway, which belongs to the user.
fn set(service: &Service, user: Option<&str>, limit: &Limit, soft: &str) {
    let mut command = command_of(user, "prlimit");
    command.arg(format!("--pid={}", service.pid()));
    let status = command.arg(format!("--{}={soft}:", limit.option)).status();
    assert!(status.unwrap().success());
}

fn hard(service: &Service, limit: &Limit) -> String {
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", service.pid())).unwrap();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix(limit.title));
    line.unwrap().split_whitespace().nth(1).unwrap().to_owned()
}

fn threads(service: &Service) -> usize {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", service.pid()));
    tasks.unwrap().count()
}

/// Starves the gateway, kills its workers, and feeds it again.
fn starves_and_recovers(mut service: Service, user: Option<&str>, limit: &Limit) {
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    let at_first = threads(&service);
    // From here on jobs are compared with those that kill workers, which is work that other
    // servers start a thread for.
    assert_eq!(service.post("/v1/process", b"exit:42").status, 502);
    let baseline = Baseline::of(&service);
    // Taken before: there will be no descriptor for another connection.
    let mut connection = Connection::to(&service);
    let mut ask = |body: &[u8]| {
        connection.post("/v1/process", body);
        connection.answer().0
    };
    assert_eq!(ask(b"echo"), 200);
    service.wait_until("threads that it may have had for a moment are gone", || {
        threads(&service) <= at_first
    });
    let victims = service.idle_pids();
    set(&service, user, limit, "1");
    assert_eq!(ask(b"echo"), 200, "with the workers that it has");
    assert_eq!(ask(b"burn:5"), 200, "a slow one");
    assert_eq!(ask(b"exit:43"), 502);
    // Reading a file takes a descriptor and a thread.
    let answer = connection.get(&format!("/v1/process?op=invert&url={FILE}"));
    assert_eq!(answer, (502, "source_unreachable".to_owned()));
    let log = service.log();
    let why = [
        "a file cannot be opened",
        "there is no thread to read a file with",
    ];
    assert!(why.iter().any(|why| log.contains(why)), "{log}");
    service.signal(Signal::SIGHUP);
    for pid in victims {
        // One of them is gone already.
        let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
    }
    service.wait_until("it says so", || {
        service.log().contains("a worker cannot be started")
    });
    // It waits in the queue for a worker, or is told that there is none.
    let waiting = thread::spawn(move || {
        connection.post("/v1/process", b"echo");
        connection.answer().0
    });
    set(&service, user, limit, &hard(&service, limit));
    let status = waiting.join().unwrap();
    assert!(status == 200 || status == 503, "{status}");
    baseline.returns(&mut service);
    let read = service.get(&format!("/v1/process?op=invert&url={FILE}"));
    assert_ne!(read.status, 502, "{read:?}");
    assert!(service.metric("framefarm_worker_spawn_failures_total") >= 1.0);
}

#[test]
fn without_descriptors_no_worker_starts_and_the_gateway_lives() {
    let service = Service::with_fake("greets", &[ROOT]);
    starves_and_recovers(service, None, &DESCRIPTORS);
}

/// The limit on processes binds everybody but root, so the gateway must be somebody else.
#[test]
fn without_processes_no_worker_starts_and_the_gateway_lives() {
    if !geteuid().is_root() {
        let service = Service::with_fake("greets", &[ROOT]);
        return starves_and_recovers(service, None, &PROCESSES);
    }
    // Nobody's number, so that no other process counts.
    let user = Some("64123");
    let folder = open_folder();
    // Where the programs are need not be readable by everybody.
    let copy = |from: std::path::PathBuf, name: &str| {
        let to = folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::copy(from, &to).unwrap();
        to
    };
    let worker = copy(example("fake-worker"), "worker@greets");
    let gateway = copy(program("framefarm"), "framefarm");
    let crashes = folder.path().join("crashes").to_str().unwrap().to_owned();
    // All that a gateway might want a thread for besides.
    let settings = [
        ("worker", worker.as_str()),
        ("crash_bundles", &crashes),
        ("slow_job_ms", "1"),
        ROOT,
    ];
    let service = Service::launch(folder, command_of(user, &gateway), &settings);
    starves_and_recovers(service, user, &PROCESSES);
}
