//! Load while workers are killed, and then while everything goes wrong at once: nobody gets a
//! wrong answer, nobody waits for ever, and at the end all is as it was.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::load::{EndOnDrop, Load};
use crate::manifest::say;
use crate::postlude::Baseline;
use crate::raw::Connection;
use crate::service::{Service, Worker, example};

/// Codes that a request may end with when its worker is killed, or while there are few.
const TYPED: [&str; 4] = ["worker_killed", "no_workers", "overloaded", "queue_timeout"];

/// How long the long ones take: what `name` says, or shorter unless this is the gate.
fn seconds(name: &str, ordinary: u64, gate: u64) -> u64 {
    let wanted = std::env::var(name).ok().map(|text| text.parse().unwrap());
    wanted.unwrap_or(match std::env::var_os("CI") {
        Some(_) => gate,
        None => ordinary,
    })
}

/// Runs the load and the mischief beside it for so long.
fn for_seconds(seconds: u64, service: &Service, load: &Load, mischief: &[&(dyn Fn() + Sync)]) {
    thread::scope(|scope| {
        let _end = EndOnDrop(load);
        for client in Load::clients() {
            scope.spawn(move || {
                // One client's failure is everybody's end.
                let _end = EndOnDrop(load);
                load.client(service, client);
            });
        }
        for act in mischief {
            scope.spawn(move || {
                let _end = EndOnDrop(load);
                while !load.is_over() {
                    act();
                }
            });
        }
        let until = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < until && !load.is_over() {
            thread::park_timeout(Duration::from_millis(50));
        }
    });
}

/// A worker that is chosen at random among those that have said hello; none while there is none.
/// Kills before that speak against the program, and have a test of their own.
fn somebody(service: &Service) -> Option<Pid> {
    let ready = |worker: &Worker| worker.state == "idle" || worker.state == "busy";
    let workers = service.workers().into_iter().filter(ready);
    let pids: Vec<_> = workers.filter_map(|worker| worker.pid).collect();
    (!pids.is_empty()).then(|| Pid::from_raw(pids[fastrand::usize(..pids.len())]))
}

/// Returns whether there was somebody to get it.
fn send_somebody(service: &Service, signal: Signal) -> bool {
    // It may have died meanwhile.
    somebody(service).is_some_and(|pid| kill(pid, signal).is_ok())
}

#[test]
fn no_more_requests_fail_than_workers_are_killed() {
    let seconds = seconds("KILL_SECONDS", 5, 60);
    let mut service = Service::with(&[("workers", "4"), ("queue_jobs", "64")]);
    let load = Load::measured_on(&service, &TYPED);
    let baseline = Baseline::of(&service);
    let kills = AtomicUsize::new(0);
    for_seconds(
        seconds,
        &service,
        &load,
        &[&|| {
            thread::park_timeout(Duration::from_millis(20));
            let killed = send_somebody(&service, Signal::SIGKILL);
            kills.fetch_add(usize::from(killed), Ordering::Relaxed);
        }],
    );
    let [answered, failed, kills] =
        [&load.answered, &load.failed, &kills].map(|count| count.load(Ordering::Relaxed));
    say(&format!(
        "{answered} answered, {failed} failed, {kills} kills in {seconds} s"
    ));
    assert!(failed <= kills, "{failed} failed, {kills} kills");
    assert!(
        kills as u64 >= seconds * 2 && answered > failed,
        "the test did its work: {answered} answered, {failed} failed, {kills} kills"
    );
    baseline.returns_without_leak(&mut service, 32 << 20);
}

/// Whatever may happen to a request when everything does.
const ANYTHING_TYPED: [&str; 7] = [
    "worker_killed",
    "no_workers",
    "overloaded",
    "queue_timeout",
    "deadline_exceeded",
    "worker_crashed",
    // Two workers in a row were stopped before they could confirm it.
    "protocol_error",
];

/// How often each kind of mischief was made.
#[derive(Default)]
struct Made([AtomicUsize; 8]);

const KINDS: [&str; 8] = [
    "kills",
    "stops",
    "bombs",
    "garbage",
    "slow clients",
    "leavers",
    "resizes",
    "reloads",
];

impl Made {
    fn count(&self, kind: usize) {
        self.0[kind].fetch_add(1, Ordering::Relaxed);
    }

    /// Whatever of these was made least often.
    fn rarest(&self, kinds: std::ops::Range<usize>) -> usize {
        let counts = self.counts();
        kinds.min_by_key(|kind| counts[*kind]).unwrap()
    }

    fn counts(&self) -> [usize; 8] {
        self.0.each_ref().map(|count| count.load(Ordering::Relaxed))
    }
}

#[test]
fn whatever_goes_wrong_at_once_no_answer_is_wrong_and_all_is_as_it_was() {
    let seconds = seconds("CHAOS_SECONDS", 6, 120);
    let program = example("caged-worker");
    let settings = [
        ("workers", "3"),
        ("queue_jobs", "64"),
        ("job_deadline_ms", "10000"),
        ("worker_jobs_max", "200"),
        ("worker_memory_bytes", "256 MiB"),
        ("worker", program.to_str().unwrap()),
    ];
    let mut service = Service::with(&settings);
    let load = Load::measured_on(&service, &ANYTHING_TYPED);
    let baseline = Baseline::of(&service);
    let made = Made::default();
    let begun = Instant::now();
    let fates = || fates(&service, &made);
    let clients = || strange_clients(&service, &made);
    let operators = || operators(&service, &made);
    for_seconds(seconds, &service, &load, &[&fates, &clients, &operators]);
    let [answered, failed] =
        [&load.answered, &load.failed].map(|count| count.load(Ordering::Relaxed));
    let counts = made.counts();
    let summary: Vec<_> = KINDS
        .iter()
        .zip(counts)
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    say(&format!(
        "{answered} answered, {failed} of them with an error, none wrong, the slowest in {:?}; {} in {:?}",
        load.slowest(),
        summary.join(", "),
        begun.elapsed()
    ));
    assert!(
        answered > failed && counts.iter().all(|count| *count > 0),
        "it did its work"
    );
    service.admin_post("/workers?count=3");
    service.wait_until("it has its size again", || service.workers().len() == 3);
    baseline.returns_without_leak(&mut service, 64 << 20);
}

/// What happens to workers: killed, stopped, and given what kills them.
fn fates(service: &Service, made: &Made) {
    thread::park_timeout(Duration::from_millis(100));
    match made.rarest(0..3) {
        0 => {
            if send_somebody(service, Signal::SIGKILL) {
                made.count(0);
            }
        }
        1 => {
            let Some(pid) = somebody(service) else { return };
            if kill(pid, Signal::SIGSTOP).is_ok() {
                made.count(1);
                thread::park_timeout(Duration::from_millis(fastrand::u64(..200)));
                // Sometimes it is left to its deadline.
                if fastrand::bool() {
                    let _ = kill(pid, Signal::SIGCONT);
                }
            }
        }
        _ => {
            // Different ones, or they would be quarantined.
            let bombs = ["fault", "abort", "overflow", "panic", "allocate"];
            let bomb = bombs[fastrand::usize(..bombs.len())];
            let script = format!("die: {bomb} {}", fastrand::u64(900_000_000..1 << 40));
            let answer = service.post("/v1/process", script.as_bytes());
            assert_ne!(answer.status, 200, "{script}");
            made.count(2);
        }
    }
}

/// Clients that send garbage, send slowly, or leave.
fn strange_clients(service: &Service, made: &Made) {
    thread::park_timeout(Duration::from_millis(30));
    let picture = crate::made::png(&crate::made::still(200, 200));
    match made.rarest(3..6) {
        3 => {
            let mut garbage = picture;
            for _ in 0..20 {
                let at = fastrand::usize(8..garbage.len());
                garbage[at] = fastrand::u8(..);
            }
            garbage.truncate(fastrand::usize(8..garbage.len()));
            let answer = service.post("/v1/process?op=invert", &garbage);
            assert_ne!(answer.status, 500, "{answer:?}");
            made.count(3);
        }
        4 => {
            let mut slow = Connection::to(service);
            let length = picture.len();
            let head =
                format!("POST /invert/ HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
            slow.send(head.as_bytes());
            for piece in picture.chunks(length / 10 + 1) {
                slow.send(piece);
                thread::park_timeout(Duration::from_millis(5));
            }
            let status = slow.answer().0;
            assert!([200, 422, 500, 503].contains(&status), "{status}");
            made.count(4);
        }
        _ => {
            let mut leaving = Connection::to(service);
            leaving.post("/v1/process?op=zoomblur", &picture);
            thread::park_timeout(Duration::from_millis(fastrand::u64(..20)));
            drop(leaving);
            made.count(5);
        }
    }
}

/// What operators do meanwhile: resize and reload.
fn operators(service: &Service, made: &Made) {
    thread::park_timeout(Duration::from_millis(fastrand::u64(100..400)));
    match made.rarest(6..8) {
        6 if fastrand::bool() => {
            let count = fastrand::u8(1..6);
            let answer = service.admin_post(&format!("/workers?count={count}"));
            assert_eq!(answer.status, 202);
            made.count(6);
        }
        6 => {
            let grow = fastrand::bool();
            service.signal(if grow {
                Signal::SIGTTIN
            } else {
                Signal::SIGTTOU
            });
            made.count(6);
        }
        _ => {
            service.signal(Signal::SIGHUP);
            made.count(7);
        }
    }
}
