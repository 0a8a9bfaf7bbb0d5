//! SIGHUP: settings that are read again while the service runs.

use nix::sys::signal::Signal;

use crate::made;
use crate::postlude::{Baseline, serves};
use crate::service::{Service, send_signal};
use crate::systemd::Systemd;
use crate::upkeep::under_load;

fn verdict(service: &Service) -> (u16, String) {
    let picture = made::png(&made::still(8, 8));
    service.post("/v1/process?op=invert", &picture).verdict()
}

#[test]
fn a_changed_limit_counts_for_the_next_request_and_no_worker_is_touched() {
    let service = Service::with_file(&[]);
    let workers = service.idle_pids();
    assert_eq!(verdict(&service).0, 200);
    service.write_settings(&[("pixels_max", "63")]);
    service.reload("in force now: pixels_max");
    assert_eq!(verdict(&service), (413, "too_large".to_owned()));
    service.write_settings(&[]);
    service.reload("in force now: pixels_max");
    assert_eq!(verdict(&service).0, 200);
    assert_eq!(service.idle_pids(), workers);
    service.reload("the settings are as they were");
}

#[test]
fn limits_of_uploads_and_results_are_reloaded_too() {
    let service = Service::with_file(&[]);
    service.write_settings(&[("source_bytes_max", "20")]);
    service.reload("in force now: source_bytes_max");
    assert_eq!(verdict(&service), (413, "too_large".to_owned()));
    service.write_settings(&[("output_bytes_max", "20")]);
    service.reload("in force now: source_bytes_max, output_bytes_max");
    assert_eq!(verdict(&service), (413, "output_too_large".to_owned()));
    service.write_settings(&[("job_deadline_ms", "1")]);
    service.reload("job_deadline_ms");
    let heavy = crate::heavy::picture();
    let late = service.post("/v1/process?op=zoomblur", &heavy);
    assert!(late.status >= 400, "nothing is done in a millisecond");
}

#[test]
fn a_request_keeps_the_limits_that_it_began_with() {
    let service = Service::with_file(&[]);
    let picture = made::png(&made::still(8, 8));
    let mut slow = crate::raw::Connection::to(&service);
    let head = format!(
        "POST /v1/process?op=invert HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        picture.len()
    );
    slow.send(head.as_bytes());
    service.wait_until("it is here", || service.status()["requests"] == 2);
    service.write_settings(&[("pixels_max", "63"), ("source_bytes_max", "20")]);
    service.reload("in force now: source_bytes_max, pixels_max");
    assert_eq!(verdict(&service), (413, "too_large".to_owned()));
    slow.send(&picture);
    assert_eq!(slow.answer().0, 200);
}

#[test]
fn a_broken_file_changes_nothing_and_its_mistake_is_named_once() {
    let mut service = Service::with_file(&[("pixels_max", "64")]);
    let baseline = Baseline::of(&service);
    for (text, named) in [
        ("pixels_max = 1\nworkers = =", "is not TOML"),
        ("pixels_max = 1\nframes_max = 0", "frames_max"),
        ("pixels_max = 1\npixel_max = 1", "did you mean pixels_max?"),
        ("pixels_max = 1\nqueue_bytes = 1", "source_bytes_max"),
    ] {
        service.write_settings_file(text);
        service.reload("the settings stay as they are");
        let log = service.log();
        let line = log.lines().last().unwrap();
        assert!(
            line.contains("ERROR") && line.contains(named) && line.contains("stay as they are"),
            "{named} is not in {line}"
        );
        assert_eq!(verdict(&service).0, 200);
    }
    baseline.returns(&mut service);
}

#[test]
fn another_number_of_workers_is_reached_under_load_without_a_failed_request() {
    let mut service = Service::with_file(&[]);
    under_load(&service, || {
        for count in ["5", "1", "3"] {
            service.write_settings(&[("workers", count)]);
            service.reload("in force now: workers");
            service.wait_until("it has that size", || {
                service.workers().len().to_string() == count
            });
        }
    });
    // An operator's word stands until the setting itself changes.
    assert_eq!(service.admin_post("/workers?count=2").status, 202);
    service.wait_until("it has that size", || service.workers().len() == 2);
    service.write_settings(&[("workers", "3"), ("pixels_max", "1000000")]);
    service.reload("in force now: pixels_max");
    serves(&service);
    assert_eq!(service.idle_pids().len(), 2);
    assert_eq!(service.ended(), None);
}

#[test]
fn other_memory_of_workers_replaces_them_all_under_load_without_a_failed_request() {
    let mut service = Service::with_file(&[]);
    let baseline = Baseline::of(&service);
    let before = service.idle_pids();
    let limit = |pid: i32| {
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap_or_default();
        let line = limits.lines().find(|line| line.starts_with("Max data"));
        line.map(ToOwned::to_owned)
    };
    let old_limit = limit(before[0]);
    under_load(&service, || {
        service.write_settings(&[("worker_memory_bytes", "256 MiB")]);
        service.reload("worker_memory_bytes");
        service.wait_until("both are replaced", || {
            let workers = service.workers();
            let pids: Vec<_> = workers.iter().filter_map(|worker| worker.pid).collect();
            pids.len() == 2 && pids.iter().all(|pid| !before.contains(pid))
        });
    });
    for pid in service.idle_pids() {
        assert_ne!(limit(pid), old_limit);
    }
    baseline.returns(&mut service);
}

#[test]
fn what_needs_a_restart_is_named_while_the_rest_counts() {
    let service = Service::with_file(&[("sandbox", "best-effort")]);
    service.write_settings(&[
        ("pixels_max", "63"),
        ("sandbox", "off"),
        ("http_threads", "3"),
        ("log_format", "json"),
    ]);
    service.reload("needs a restart: sandbox, http_threads, log_format");
    assert!(service.log().contains("in force now: pixels_max"));
    assert_eq!(verdict(&service), (413, "too_large".to_owned()));
    service.reload("needs a restart: sandbox, http_threads, log_format");
}

#[test]
fn what_is_logged_can_be_changed() {
    let service = Service::with_file(&[]);
    let detail = "path=/readyz";
    service.get("/readyz");
    assert!(!service.log().contains(detail));
    service.write_settings(&[("log", "debug")]);
    service.signal(Signal::SIGHUP);
    service.wait_until("detail is logged", || {
        service.get("/readyz");
        let log = service.log();
        // Colours are off: it is not a terminal.
        log.contains("\"/readyz\"") || log.contains(detail)
    });
}

#[test]
fn where_sources_may_come_from_can_be_changed() {
    let source = crate::origin::Origin::start();
    let service = Service::with_file(&[]);
    let path = format!("/v1/process?op=invert&url={}", source.url("/picture.png"));
    assert_eq!(service.get(&path).code(), "source_forbidden");
    service.write_settings(&[("allow_source_networks", "127.0.0.0/8")]);
    service.reload("in force now: allow_source_networks");
    assert_eq!(service.get(&path).verdict().0, 200);
    for closed in [
        ("deny_source_hosts", "127.0.0.1"),
        ("allow_source_ports", "80"),
    ] {
        service.write_settings(&[("allow_source_networks", "127.0.0.0/8"), closed]);
        service.reload("in force now: ");
        assert_eq!(service.get(&path).code(), "source_forbidden", "{closed:?}");
    }
    service.write_settings(&[]);
    service.reload("in force now: allow_source_networks");
    assert_eq!(service.get(&path).code(), "source_forbidden");
}

#[test]
fn systemd_is_told_when_a_reload_begins_and_when_it_is_over() {
    let systemd = Systemd::new();
    let told = || systemd.told();
    let mut gateway = systemd.start();
    assert!(told().contains("READY=1"));
    send_signal(gateway.id() as i32, Signal::SIGHUP);
    let began = told();
    assert!(
        began.contains("RELOADING=1") && began.contains("MONOTONIC_USEC="),
        "{began}"
    );
    assert!(told().contains("READY=1"));
    send_signal(gateway.id() as i32, Signal::SIGTERM);
    assert!(told().contains("STOPPING=1"));
    assert!(gateway.wait().unwrap().success());
}
