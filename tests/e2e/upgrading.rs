//! SIGUSR2: another program takes the place of the one that runs, and no client notices.

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::heavy;
use crate::made;
use crate::postlude::{Baseline, is_alive, serves};
use crate::raw::Connection;
use crate::service::{Contents, PATIENCE, Service, holds_within, send_signal};
use crate::systemd::Systemd;

/// Clients of both kinds: some keep their connections, some make one for each request.
struct Load {
    port: u16,
    over: AtomicBool,
    answers: AtomicUsize,
}

impl Load {
    fn on(service: &Service) -> Self {
        Self {
            port: service.port(),
            over: AtomicBool::new(false),
            answers: AtomicUsize::new(0),
        }
    }

    /// Runs `change` meanwhile. Every request must succeed.
    fn during(&self, change: impl FnOnce()) {
        let picture = made::png(&made::still(16, 16));
        thread::scope(|scope| {
            for keeps in [true, false, true, false] {
                let picture = &picture;
                scope.spawn(move || self.run(picture, keeps));
            }
            let stop = StopOnDrop(&self.over);
            change();
            drop(stop);
        });
    }

    fn run(&self, picture: &[u8], keeps: bool) {
        let url = format!("http://127.0.0.1:{}/v1/process?op=resize:4", self.port);
        let agent = || -> ureq::Agent {
            let config = ureq::Agent::config_builder().http_status_as_error(false);
            config.timeout_global(Some(PATIENCE)).build().new_agent()
        };
        let mut client = agent();
        while !self.over.load(Ordering::Relaxed) {
            if !keeps {
                client = agent();
            }
            let mut answer = client.post(&url).send(picture).expect("an answer");
            let body = answer.body_mut().read_to_vec().expect("a whole answer");
            let text = String::from_utf8_lossy(&body);
            assert_eq!(answer.status(), 200, "{text}");
            self.answers.fetch_add(1, Ordering::Relaxed);
            // About 200 a second of all four together, so that a busy machine keeps up.
            thread::park_timeout(Duration::from_millis(15));
        }
    }

    fn answers(&self) -> usize {
        self.answers.load(Ordering::Relaxed)
    }
}

/// A failed expectation must end the clients too.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn an_upgrade_under_load_fails_no_request_and_refuses_no_connection() {
    let mut service = Service::installed(&[]);
    let baseline = Baseline::of(&service);
    let load = Load::on(&service);
    load.during(|| {
        // Other files, as after an installation.
        service.reinstall("framefarm");
        service.reinstall("framefarm-worker");
        for _ in 0..3 {
            let before = load.answers();
            service.upgrade();
            service.wait_until("the load goes on", || load.answers() > before + 50);
        }
    });
    assert_eq!(service.log().matches("the successor serves").count(), 3);
    serves(&service);
    baseline.returns(&mut service);
}

#[test]
fn twenty_upgrades_leave_no_descriptor_no_zombie_and_no_stray_worker() {
    let mut service = Service::with_file(&[]);
    let baseline = Baseline::of(&service);
    for _ in 0..20 {
        let workers = service.idle_pids();
        service.upgrade();
        assert!(workers.iter().all(|pid| !is_alive(*pid)));
        serves(&service);
    }
    baseline.returns(&mut service);
}

#[test]
fn a_successor_that_fails_in_whatever_way_changes_nothing_and_can_be_mended() {
    // It is given ten seconds beyond this.
    let settings = [("worker_start_timeout_ms", "1000")];
    let mut service = Service::installed(&settings);
    let baseline = Baseline::of(&service);
    let fails = |service: &mut Service, how: &str| {
        let count = |service: &Service| service.log().matches("the upgrade failed").count();
        let (pid, before) = (service.pid(), count(service));
        service.begin_upgrade();
        service.wait_until(how, || count(service) > before);
        let log = service.log();
        let line = log
            .lines()
            .rfind(|line| line.contains("the upgrade failed"));
        assert!(line.unwrap().contains(how), "{how} is not in {line:?}");
        assert_eq!(service.serving_pid(), pid);
        serves(service);
        baseline.returns(service);
    };

    service.install("framefarm", Contents::Script("exit 7"));
    fails(&mut service, "exit status: 7");
    service.install("framefarm", Contents::Script("kill -SEGV $$"));
    fails(&mut service, "signal: 11");
    service.install("framefarm", Contents::Script("exec sleep 600"));
    fails(&mut service, "was not ready");
    std::fs::remove_file(service.folder().join("framefarm")).unwrap();
    fails(&mut service, "cannot be started");
    // It does not know the flag, as a version before upgrades would not.
    service.install(
        "framefarm",
        Contents::Script("exec framefarm-of-old \"$@\""),
    );
    fails(&mut service, "exit status: 127");
    service.reinstall("framefarm");

    service.write_settings_file("workers = 0");
    fails(&mut service, "exit status: 2");
    service.write_settings(&settings);

    service.install("framefarm-worker", Contents::Script("exit 1"));
    fails(&mut service, "was not ready");
    service.reinstall("framefarm-worker");

    service.upgrade();
    serves(&service);
    baseline.returns(&mut service);
}

#[test]
fn a_storm_of_signals_ends_with_one_gateway_that_served_throughout() {
    let mut service = Service::with_file(&[]);
    let baseline = Baseline::of(&service);
    service.begin_upgrade();
    let load = Load::on(&service);
    load.during(|| {
        for index in 0..25_u64 {
            let signal = match index % 2 {
                0 => Signal::SIGHUP,
                _ => Signal::SIGUSR2,
            };
            let pid = nix::unistd::Pid::from_raw(service.serving_pid());
            // It may have ended in this moment.
            let _ = nix::sys::signal::kill(pid, signal);
            thread::park_timeout(Duration::from_millis(index * 7 % 26));
        }
        service.wait_until("one is left", || {
            let gateways = service.gateways();
            gateways.len() == 1 && gateways[0] == service.serving_pid()
        });
    });
    assert!(load.answers() > 0);
    service.end_of(service.pid());
    service.pid_is_now(service.serving_pid());
    serves(&service);
    baseline.returns(&mut service);
}

#[test]
fn a_job_of_the_old_gateway_is_finished_by_its_worker() {
    let mut service = Service::with_file(&[]);
    let old = service.pid();
    let picture = heavy::picture();
    let mut running = Connection::to(&service);
    running.post("/v1/process?op=blur:3", &picture);
    let worker = service.busy_pid();
    // So that it cannot be over before the upgrade is.
    send_signal(worker, Signal::SIGSTOP);
    service.begin_upgrade();
    service.wait_for_successor();
    serves(&service);
    assert!(is_alive(worker) && is_alive(old));
    send_signal(worker, Signal::SIGCONT);
    let (status, head) = running.answer();
    assert_eq!(status, 200, "{head}");
    assert!(head.contains("connection: close"), "{head}");
    assert_eq!(service.wait_for_end_of(old).code(), Some(0));
}

#[test]
fn a_job_that_outlasts_the_drain_timeout_does_not_keep_the_old_gateway() {
    let mut service = Service::with_file(&[("drain_timeout_ms", "300")]);
    let old = service.pid();
    let picture = heavy::picture();
    let mut stuck = Connection::to(&service);
    let operations = ["op=blur:250"; 32].join("&");
    stuck.post(&format!("/v1/process?{operations}"), &picture);
    service.busy_pid();
    service.upgrade();
    assert_eq!(stuck.answer().0, 504);
    assert!(!is_alive(old));
    serves(&service);
}

#[test]
fn a_connection_that_is_kept_open_is_answered_and_then_closed() {
    let mut service = Service::with_file(&[]);
    let picture = made::png(&made::still(8, 8));
    let mut kept = Connection::to(&service);
    kept.post("/invert/", &picture);
    assert!(!kept.answer().1.contains("connection: close"));
    service.begin_upgrade();
    service.wait_for_successor();
    service.wait_until("the old gateway leaves", || {
        service.log().contains("leaving")
    });
    kept.post("/invert/", &picture);
    let (status, head) = kept.answer();
    assert_eq!(status, 200);
    assert!(head.contains("connection: close"), "{head}");
    assert!(kept.is_closed());
}

#[test]
fn settings_that_need_a_restart_count_after_an_upgrade() {
    let mut service = Service::with_file(&[]);
    service.write_settings(&[("sandbox", "off"), ("workers", "3")]);
    service.upgrade();
    service.idle_pids();
    let workers = service.workers();
    assert_eq!(workers.len(), 3);
    let layers = service.status()["missing_layers"].clone();
    assert!(layers.as_array().unwrap().len() > 3, "{layers}");
}

#[test]
fn a_successor_whose_predecessor_dies_before_it_was_ready_ends_too() {
    // Its workers cannot start, so it is never ready.
    let mut service = Service::installed(&[]);
    service.install("framefarm-worker", Contents::Script("exit 1"));
    service.begin_upgrade();
    service.wait_until("there is a successor", || service.gateways().len() == 2);
    service.signal(Signal::SIGKILL);
    service.wait_until("none is left", || service.gateways().is_empty());
    assert!(service.ended().is_some());
}

#[test]
fn a_gateway_that_is_told_to_stop_takes_its_unready_successor_along() {
    let mut service = Service::installed(&[]);
    service.install("framefarm", Contents::Script("exec sleep 600"));
    service.begin_upgrade();
    service.wait_until("it is started", || service.log().contains("is started"));
    let log = service.log();
    let line = log
        .lines()
        .find(|line| line.contains("is started"))
        .unwrap();
    let pid: i32 = line.rsplit_once("pid=").unwrap().1.trim().parse().unwrap();
    service.signal(Signal::SIGTERM);
    assert_eq!(service.wait_for_end().code(), Some(0));
    assert!(holds_within(PATIENCE, || !is_alive(pid)));
}

#[test]
fn the_flag_of_successors_is_refused_from_a_shell() {
    let output = Command::new(env!("CARGO_BIN_EXE_framefarm"))
        .arg("--successor")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("SIGUSR2"), "{said}");
}

#[test]
fn systemd_is_told_of_the_successor_by_the_old_gateway_which_then_is_silent() {
    let systemd = Systemd::new();
    let told = || systemd.told();
    let mut gateway = systemd.start();
    assert!(told().contains("READY=1"));
    send_signal(gateway.id() as i32, Signal::SIGUSR2);
    let message = told();
    let pid = message
        .lines()
        .find_map(|line| line.strip_prefix("MAINPID="));
    let pid: i32 = pid.unwrap().parse().unwrap();
    assert_ne!(pid, gateway.id() as i32);
    assert!(message.contains("READY=1"), "{message}");
    assert!(gateway.wait().unwrap().success());
    send_signal(pid, Signal::SIGTERM);
    assert!(told().contains("STOPPING=1"), "the first after MAINPID");
    assert!(holds_within(PATIENCE, || !is_alive(pid)));
}
