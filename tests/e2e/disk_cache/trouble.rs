//! A disk that is full, read-only, gone, forbidden or stands still costs results that could have been kept, and
//! no request.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use nix::sys::ptrace;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::{Pid, geteuid};

use super::small_disk::SmallDisk;
use super::store::{
    DISK_HIT, HIT, MISS, NOTHING, Store, bytes, comes_to, job, posted, results, state, way,
};
use crate::programs::{open_folder, program, skip};
use crate::service::{Service, example};

/// So often a change of state is in the log.
fn said(service: &Service, what: &str) -> usize {
    service.log().matches(what).count()
}

fn written(service: &Service) -> f64 {
    service.metric("framefarm_cache_disk_written_total")
}

fn all_is_written(service: &Service) {
    service.wait_until("nothing waits to be written", || {
        service.status()["cache"]["disk"]["waiting_bytes"] == 0
    });
}

/// Each is answered as ever.
fn serves(service: &Service, numbers: impl Iterator<Item = usize>) {
    for number in numbers {
        let answer = posted(service, &job(number, 10_000));
        assert_ne!(way(&answer), "", "the cache in memory goes on");
    }
}

#[test]
fn a_full_disk_costs_nothing_but_what_would_be_kept() {
    let Some(disk) = SmallDisk::start("2m", &[NOTHING]) else {
        return;
    };
    let (service, folder) = (&disk.service, disk.folder());
    serves(service, 0..32);
    service.wait_until("they are written", || written(service) == 32.0);
    let ballast = folder.join("ballast");
    // Until there is no room for a single block.
    let fill = || {
        let mut file = File::options().create(true).append(true).open(&ballast);
        let full = io::copy(&mut io::repeat(1), file.as_mut().unwrap());
        assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
    };
    fill();
    let mut numbers = 100..;
    // A part of what it has is given back, and taken by the one who filled the disk.
    service.wait_until("it is full for good", || {
        serves(service, numbers.by_ref().take(1));
        all_is_written(service);
        fill();
        state(service) == "read_only"
    });
    serves(service, numbers.by_ref().take(30));
    assert_eq!(service.metric("framefarm_cache_disk_on"), 0.0);
    assert!(service.metric("framefarm_cache_disk_failures_total") >= 1.0);
    let disk_status = service.status()["cache"]["disk"].clone();
    let why = disk_status["why"].as_str().unwrap();
    assert!(why.contains("No space left"), "{why}");
    let changes = said(service, "cache_folder: works again");
    assert_eq!(
        said(service, "No space left"),
        changes + 1,
        "each is said once"
    );
    // What it still has, it reads; a part of it was given back.
    let newest = posted(service, &job(31, 10_000));
    assert_eq!(way(&newest), DISK_HIT);
    assert!(!results(&folder).is_empty() && results(&folder).len() < 32);

    fs::remove_file(&ballast).unwrap();
    comes_to(service, "on");
    assert_eq!(said(service, "cache_folder: works again"), changes + 1);
    let before = written(service);
    serves(service, 10_000..10_001);
    service.wait_until("it is written again", || written(service) > before);
    assert_eq!(way(&posted(service, &job(10_000, 10_000))), DISK_HIT);
}

/// Or the service would not come back after the very accident that its cache should outlive.
#[test]
fn a_disk_that_is_full_or_read_only_already_is_no_reason_not_to_start() {
    let full = "! head -c 4m /dev/zero > \"$1/ballast\"";
    let read_only = "mkdir -m 700 \"$1/results\" && mount -o remount,ro \"$1\"";
    for preparation in [full, read_only] {
        let Some(disk) = SmallDisk::prepared("1m", preparation, &[NOTHING]) else {
            return;
        };
        let service = &disk.service;
        assert_eq!(state(service), "read_only", "{}", service.log());
        serves(service, 0..5);
        if preparation == full {
            fs::remove_file(disk.folder().join("ballast")).unwrap();
        } else {
            disk.remount("rw");
        }
        comes_to(service, "on");
        serves(service, 5..6);
        service.wait_until("it is written", || written(service) == 1.0);
    }
}

#[test]
fn a_disk_smaller_than_its_bound_is_made_use_of_again_and_again() {
    let Some(disk) = SmallDisk::start("1m", &[NOTHING]) else {
        return;
    };
    let (service, folder) = (&disk.service, disk.folder());
    let mut number = 0;
    let mut write = |service: &Service| {
        number += 1;
        posted(service, &job(number, 60_000));
        state(service) != "on"
    };
    service.wait_until("it is full", || write(service));
    comes_to(service, "on");
    let before = written(service);
    service.wait_until("it is full again", || write(service));
    assert!(written(service) > before);
    assert!(bytes(&results(&folder)) > 500_000, "most of it stayed");
}

#[test]
fn a_disk_that_becomes_read_only_is_read() {
    let Some(disk) = SmallDisk::start("2m", &[NOTHING]) else {
        return;
    };
    let service = &disk.service;
    serves(service, 0..1);
    service.wait_until("it is written", || written(service) == 1.0);
    disk.remount("ro");
    serves(service, 1..20);
    service.wait_until("it is noticed", || state(service) != "on");
    assert_eq!(state(service), "read_only");
    assert_eq!(way(&posted(service, &job(0, 10_000))), DISK_HIT);
    service.wait_until("another try has failed", || {
        service.metric("framefarm_cache_disk_failures_total") >= 2.0
    });
    assert_eq!(said(service, "Read-only file system"), 1, "it is said once");
    disk.remount("rw");
    comes_to(service, "on");
    serves(service, 1..2);
    service.wait_until("it is written", || written(service) == 2.0);
}

#[test]
fn a_folder_that_is_removed_is_made_anew() {
    let store = Store::new();
    let service = store.fake(&[]);
    store.made(&service, b"echo");
    fs::remove_dir_all(store.path()).unwrap();
    assert_eq!(way(&posted(&service, b"echo")), HIT);
    serves(&service, 0..20);
    service.wait_until("it is noticed", || said(&service, "WARN") == 1);
    comes_to(&service, "on");
    serves(&service, 20..21);
    service.wait_until("it is written", || store.files().len() == 1);
    // What was made meanwhile is kept when it is asked for again.
    serves(&service, 0..20);
    service.wait_until("they are written", || store.files().len() == 21);
    drop(service);
    let service = store.fake(&[]);
    assert_eq!(way(&posted(&service, &job(7, 10_000))), DISK_HIT);
    assert_eq!(way(&posted(&service, b"echo")), MISS);
}

/// Root may do everything, so the gateway must be somebody else.
#[test]
fn a_folder_that_may_not_be_entered_any_more_is_done_without() {
    let folder = open_folder();
    // Where the programs are need not be readable by everybody.
    let copy = |from: std::path::PathBuf, name: &str| {
        let to = folder.path().join(name).to_str().unwrap().to_owned();
        fs::copy(from, &to).unwrap();
        to
    };
    let worker = copy(example("fake-worker"), "worker@greets");
    let gateway = copy(program("framefarm"), "framefarm");
    let cache = folder.path().join("cache");
    let settings = [
        NOTHING,
        ("worker", worker.as_str()),
        ("cache_folder", cache.to_str().unwrap()),
    ];
    let mut command = std::process::Command::new("setpriv");
    if geteuid().is_root() {
        command.args(["--reuid=64125", "--regid=64125", "--clear-groups"]);
    }
    command.args(["--inh-caps=-all", &gateway]);
    let service = Service::launch(folder, command, &settings);
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    serves(&service, 0..1);
    service.wait_until("it is written", || written(&service) == 1.0);
    let results = cache.join("results");
    let allow = |mode| fs::set_permissions(&results, fs::Permissions::from_mode(mode)).unwrap();
    allow(0);
    serves(&service, 0..20);
    comes_to(&service, "off");
    assert_eq!(said(&service, "Permission denied"), 1);
    allow(0o700);
    comes_to(&service, "on");
    assert_eq!(way(&posted(&service, &job(0, 10_000))), DISK_HIT);
}

/// The threads that wait for the disk, which a debugger can stop as a disk would.
struct Stopped(Vec<Pid>);

impl Stopped {
    fn of(service: &Service) -> Option<Self> {
        let tasks = fs::read_dir(format!("/proc/{}/task", service.pid())).unwrap();
        let tasks = tasks.map(|task| task.unwrap().path());
        let of_the_disk = tasks.filter(|task| {
            let name = fs::read_to_string(task.join("comm")).unwrap_or_default();
            name.starts_with("cache-")
        });
        let mut stopped = Self(Vec::new());
        for task in of_the_disk {
            let number = task.file_name().unwrap().to_str().unwrap().parse();
            let thread = Pid::from_raw(number.unwrap());
            ptrace::seize(thread, ptrace::Options::empty()).ok()?;
            stopped.0.push(thread);
            ptrace::interrupt(thread).unwrap();
            waitpid(thread, Some(WaitPidFlag::__WALL)).unwrap();
        }
        assert_eq!(stopped.0.len(), 3);
        Some(stopped)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        for thread in &self.0 {
            let _ = ptrace::detach(*thread, None);
        }
    }
}

#[test]
fn a_disk_that_stands_still_is_waited_for_a_moment_and_then_not_at_all() {
    let store = Store::new();
    let service = store.fake(&[]);
    let body = job(0, 10_000);
    store.made(&service, &body);
    let Some(stopped) = Stopped::of(&service) else {
        return skip("threads of another process cannot be stopped (ptrace)");
    };
    // In memory, so nobody asks the disk.
    assert_eq!(way(&posted(&service, &body)), HIT);
    let begun = Instant::now();
    serves(&service, 1..10);
    // Three of them waited half a second each.
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!(state(&service), "off");
    assert_eq!(said(&service, "longer than 500 ms"), 1);
    let late = service.metric("framefarm_cache_misses_total");
    assert_eq!(late, 10.0, "each was a miss");
    // More than may wait to be written.
    serves(&service, 1000..1100);
    drop(stopped);
    comes_to(&service, "on");
    serves(&service, 2000..2001);
    all_is_written(&service);
    drop(service);
    let service = store.fake(&[]);
    assert_eq!(way(&posted(&service, &body)), DISK_HIT);
    assert_eq!(way(&posted(&service, &job(2000, 10_000))), DISK_HIT);
}
