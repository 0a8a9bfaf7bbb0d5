//! How the service ends: what it has taken it finishes, and whatever happens it leaves no
//! process behind.

use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::heavy;
use crate::made;
use crate::postlude::{Baseline, is_alive};
use crate::programs::program;
use crate::raw::Connection;
use crate::service::{Service, holds_within, send_signal};

#[test]
fn sigterm_finishes_what_was_taken_and_takes_no_more() {
    let mut service = Service::with_fake("greets", &[("workers", "1")]);
    let workers = service.idle_pids();
    let mut kept_alive = Connection::to(&service);
    kept_alive.post("/v1/process", b"echo");
    assert_eq!(kept_alive.answer().0, 200);

    let mut running = Connection::to(&service);
    running.post("/v1/process", b"answer late:1500");
    service.busy_pid();
    let mut waiting = Connection::to(&service);
    waiting.post("/v1/process", b"echo");
    service.wait_until("it waits", || service.status()["queue"]["jobs"] == 1);

    service.signal(Signal::SIGTERM);
    service.wait_until("it drains", || service.admin("/readyz").status == 503);
    service.wait_until("it no longer listens", || {
        std::net::TcpStream::connect(("127.0.0.1", service.port())).is_err()
    });
    for connection in [&mut running, &mut waiting] {
        let (status, head) = connection.answer();
        assert_eq!(status, 200);
        assert!(head.contains("connection: close"), "{head}");
    }
    assert_eq!(service.wait_for_end().code(), Some(0));
    assert!(workers.iter().all(|pid| !is_alive(*pid)));
}

#[test]
fn a_job_that_outlasts_the_drain_timeout_is_given_up_and_told_so() {
    let mut service = Service::with(&[("drain_timeout_ms", "300")]);
    let workers = service.idle_pids();
    // Before the connection, which may not wait long for its first request.
    let picture = heavy::picture();
    let mut stuck = Connection::to(&service);
    let ops = ["op=zoomblur"; 32].join("&");
    stuck.post(&format!("/v1/process?{ops}"), &picture);
    service.busy_pid();
    service.signal(Signal::SIGTERM);
    let (status, _) = stuck.answer();
    assert_eq!(status, 504, "it had begun: 503 would say that it had not");
    assert_eq!(
        service.wait_for_end().code(),
        Some(0),
        "not killed: it stopped"
    );
    assert!(workers.iter().all(|pid| !is_alive(*pid)));
}

#[test]
fn a_worker_that_dies_while_the_rest_is_finished_costs_its_job_and_no_time() {
    let mut service = Service::with_fake("greets", &[]);
    let mut doomed = Connection::to(&service);
    doomed.post("/v1/process", b"hang");
    let victim = service.busy_pid();
    let mut good = Connection::to(&service);
    good.post("/v1/process", b"answer late:1000");
    service.wait_until("both are busy", || {
        service
            .workers()
            .iter()
            .all(|worker| worker.state == "busy")
    });
    let workers: Vec<_> = service
        .workers()
        .iter()
        .filter_map(|worker| worker.pid)
        .collect();
    service.signal(Signal::SIGTERM);
    service.wait_until("it drains", || service.admin("/readyz").status == 503);
    let begun = Instant::now();
    send_signal(victim, Signal::SIGSEGV);
    // Rust's own handler swallows the first one that is not a fault.
    let _ = holds_within(crate::service::PATIENCE, || {
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(victim), Signal::SIGSEGV);
        !is_alive(victim)
    });
    let (status, head) = doomed.answer();
    assert_eq!(status, 502, "{head}");
    assert_eq!(good.answer().0, 200);
    assert_eq!(service.wait_for_end().code(), Some(0));
    // The drain time-out is 30 s: nobody waited for the job that could not end.
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert!(workers.iter().all(|pid| !is_alive(*pid)));
}

#[test]
fn an_answer_that_is_being_read_is_finished_before_the_end() {
    let settings = [("source_bytes_max", "64 MiB")];
    let mut service = Service::with_fake("greets", &settings);
    let mut reader = Connection::to(&service);
    reader.post(
        "/v1/process",
        &[b"echo\n".as_slice(), &vec![7; 40 << 20]].concat(),
    );
    reader.read_until_body();
    service.signal(Signal::SIGTERM);
    service.wait_until("it drains", || service.admin("/readyz").status == 503);
    reader.read_body((40 << 20) + 5);
    assert_eq!(service.wait_for_end().code(), Some(0));
}

#[test]
fn a_second_signal_ends_it_now() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let mut service = Service::with_fake("greets", &[]);
        let workers = service.idle_pids();
        let mut stuck = Connection::to(&service);
        stuck.post("/v1/process", b"hang");
        service.busy_pid();
        service.signal(Signal::SIGTERM);
        service.wait_until("it drains", || service.admin("/readyz").status == 503);
        let begun = Instant::now();
        service.signal(signal);
        service.wait_for_end();
        // The drain time-out is 30 s: this is the second signal's doing.
        assert!(begun.elapsed() < Duration::from_secs(15));
        assert!(workers.iter().all(|pid| !is_alive(*pid)));
    }
}

#[test]
fn a_gateway_that_is_killed_takes_its_workers_along() {
    let mut service = Service::start();
    let workers = service.idle_pids();
    thread::scope(|scope| {
        let picture = heavy::picture();
        let mut busy = Connection::to(&service);
        busy.post(
            "/v1/process?op=zoomblur&op=zoomblur&op=zoomblur&op=zoomblur",
            &picture,
        );
        service.busy_pid();
        service.signal(Signal::SIGKILL);
        scope.spawn(move || assert!(busy.is_closed()));
    });
    service.wait_for_end();
    let gone = holds_within(Duration::from_secs(5), || {
        workers.iter().all(|pid| !is_alive(*pid))
    });
    assert!(gone, "the busy one too");
}

#[test]
fn workers_outlive_the_threads_of_an_idle_gateway() {
    let service = Service::start();
    let before = service.idle_pids();
    // The async runtime retires idle threads after 10 s; a worker started by one would die.
    assert!(!holds_within(Duration::from_secs(12), || service
        .idle_pids()
        != before));
    let answer = service.post("/invert/", &made::png(&made::still(4, 4)));
    assert_eq!(answer.status, 200);
}

#[test]
fn signals_that_mean_nothing_here_change_nothing() {
    let mut service = Service::start();
    let baseline = Baseline::of(&service);
    let workers = service.idle_pids();
    for signal in [Signal::SIGUSR1, Signal::SIGWINCH, Signal::SIGPIPE] {
        service.signal(signal);
    }
    let answer = service.post("/invert/", &made::png(&made::still(4, 4)));
    assert_eq!(answer.status, 200);
    assert_eq!(service.idle_pids(), workers);
    baseline.returns(&mut service);
}

/// `systemctl kill` and the like send a signal to everything that belongs to the service.
#[test]
fn signals_for_the_gateway_that_reach_the_workers_too_cost_no_job() {
    let mut service = Service::start();
    let baseline = Baseline::of(&service);
    let workers = service.idle_pids();
    thread::scope(|scope| {
        let picture = heavy::picture();
        let service = &service;
        let job = scope.spawn(move || service.post("/v1/process?op=zoomblur", &picture));
        let busy = service.busy_pid();
        for signal in [
            Signal::SIGHUP,
            Signal::SIGUSR1,
            Signal::SIGUSR2,
            Signal::SIGWINCH,
            Signal::SIGPIPE,
            Signal::SIGTTIN,
            Signal::SIGTTOU,
            Signal::SIGINT,
            Signal::SIGTERM,
        ] {
            workers.iter().for_each(|pid| send_signal(*pid, signal));
        }
        assert_eq!(job.join().unwrap().verdict(), (200, String::new()));
        assert!(is_alive(busy));
    });
    assert_eq!(service.idle_pids(), workers);
    baseline.returns(&mut service);
}

#[test]
fn a_log_that_cannot_be_written_costs_nothing_but_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let port_file = folder.path().join("port");
    let mut gateway = std::process::Command::new(program("framefarm"))
        .args([
            "--listen=127.0.0.1:0",
            "--admin-listen=127.0.0.1:0",
            "--log=trace",
        ])
        .arg(format!("--port-file={}", port_file.display()))
        .stderr(std::fs::File::create("/dev/full").unwrap())
        .spawn()
        .unwrap();
    let mut port = String::new();
    assert!(holds_within(crate::service::PATIENCE, || {
        port = std::fs::read_to_string(&port_file).unwrap_or_default();
        !port.is_empty()
    }));
    let url = format!("http://127.0.0.1:{}/readyz", port.trim());
    assert_eq!(ureq::get(&url).call().unwrap().status(), 200);
    send_signal(gateway.id() as i32, Signal::SIGTERM);
    assert!(gateway.wait().unwrap().success());
}

#[test]
fn systemd_is_told_when_it_is_ready_and_when_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    socket
        .set_read_timeout(Some(crate::service::PATIENCE))
        .unwrap();
    let told = || {
        let mut message = [0; 100];
        let length = socket.recv(&mut message).unwrap();
        String::from_utf8_lossy(&message[..length]).into_owned()
    };
    let mut gateway = std::process::Command::new(program("framefarm"))
        .args([
            "--listen=127.0.0.1:0",
            "--admin-listen=127.0.0.1:0",
            "--log=off",
        ])
        .env("NOTIFY_SOCKET", &path)
        .spawn()
        .unwrap();
    assert!(told().contains("READY=1"));
    send_signal(gateway.id() as i32, Signal::SIGTERM);
    assert!(told().contains("STOPPING=1"));
    assert!(gateway.wait().unwrap().success());
}
