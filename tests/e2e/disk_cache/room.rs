//! How much is kept on disk, and what goes first.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use nix::sys::signal::Signal;

use super::store::{DISK_HIT, MISS, NOTHING, Store, bytes, job, posted, way};
use crate::service::{Service, example};

#[test]
fn the_room_on_disk_is_bounded_and_counts_what_was_there() {
    const MIB: u64 = 1 << 20;
    let store = Store::new();
    let mut service = store.fake(&[("cache_folder_bytes", "1 MiB"), NOTHING]);
    let mut most = 0;
    for number in 0..40 {
        store_one(&service, number);
        let taken = bytes(&store.files());
        assert!(taken <= MIB, "{taken}");
        most = most.max(taken);
    }
    assert!(most > MIB / 2, "it is made use of: {most}");
    let disk = service.status()["cache"]["disk"].clone();
    assert_eq!(disk["bytes"], bytes(&store.files()));
    assert_eq!(disk["entries"], store.files().len());
    assert_eq!(disk["evicted"], 40 - store.files().len());
    assert_eq!(way(&posted(&service, &job(39, 100_000))), DISK_HIT);
    assert_eq!(way(&posted(&service, &job(0, 100_000))), MISS, "the oldest");
    let large = posted(&service, &job(0, 300_000));
    assert_eq!(way(&large), "framefarm; fwd=miss", "more than a quarter");
    service.signal(Signal::SIGTERM);
    service.wait_for_end();

    // A part of it was written by the gateway before.
    let service = store.fake(&[("cache_folder_bytes", "2 MiB"), NOTHING]);
    for number in 100..140 {
        store_one(&service, number);
        let taken = bytes(&store.files());
        assert!(taken <= 2 * MIB, "{taken}");
    }
    drop(service);
    let service = store.fake(&[("cache_folder_bytes", "1 MiB"), NOTHING]);
    service.wait_until("it has made room", || bytes(&store.files()) <= MIB);
    assert_eq!(way(&posted(&service, &job(139, 100_000))), DISK_HIT);
}

/// A result of 100 kB, written.
fn store_one(service: &Service, number: usize) {
    let written = || service.metric("framefarm_cache_disk_written_total");
    let before = written();
    assert_eq!(way(&posted(service, &job(number, 100_000))), MISS);
    service.wait_until("it is written", || written() > before);
}

#[test]
fn a_reload_changes_the_room_at_once() {
    let store = Store::new();
    let worker = example("fake-worker");
    let worker = ("worker", worker.to_str().unwrap());
    let service = store.start(&[NOTHING, worker], Service::with_file);
    let post = |number| way(&posted(&service, &job(number, 200_000))).to_owned();
    (0..8).for_each(|number| assert_eq!(post(number), MISS));
    service.wait_until("they are written", || store.files().len() == 8);
    assert!(bytes(&store.files()) > 1 << 20);
    let path = store.path();
    let folder = ("cache_folder", path.to_str().unwrap());
    service.write_settings(&[NOTHING, worker, folder, ("cache_folder_bytes", "1 MiB")]);
    service.reload("in force now: cache_folder_bytes");
    service.wait_until("it has made room", || bytes(&store.files()) <= 1 << 20);
    assert_eq!(post(7), DISK_HIT);
    assert_eq!(post(0), MISS);
    service.write_settings(&[NOTHING, worker]);
    service.reload("needs a restart: cache_folder");
    assert_eq!(post(7), DISK_HIT);
}

#[test]
fn after_a_restart_the_longest_unused_goes_first() {
    let store = Store::new();
    let room = ("cache_folder_bytes", "1 MiB");
    let mut service = store.fake(&[room]);
    let one = |service: &Service, number| store.made(service, &job(number, 200_000));
    let files: Vec<_> = (0..4).map(|number| one(&service, number)).collect();
    service.signal(Signal::SIGKILL);
    service.wait_for_end();
    let hours_ago = |hours: u64| SystemTime::now() - Duration::from_secs(hours * 3600);
    for (file, hours) in files.iter().zip([9, 8, 7, 6]) {
        let file = File::options().write(true).open(file).unwrap();
        file.set_modified(hours_ago(hours)).unwrap();
    }
    let mut service = store.fake(&[room]);
    assert_eq!(way(&posted(&service, &job(0, 200_000))), DISK_HIT);
    service.signal(Signal::SIGKILL);
    service.wait_for_end();
    let used = fs::metadata(&files[0]).unwrap().modified().unwrap();
    assert!(used > hours_ago(1), "its use is noted on disk");

    let service = store.fake(&[room]);
    let left = |service: &Service| -> Vec<bool> {
        // What makes room may come before what it is for.
        service.wait_until("all is written", || {
            service.status()["cache"]["disk"]["waiting_bytes"] == 0
        });
        files.iter().map(|file| file.exists()).collect()
    };
    one(&service, 10);
    assert_eq!(left(&service), [true, true, true, true]);
    one(&service, 11);
    assert_eq!(left(&service), [true, false, true, true]);
    one(&service, 12);
    assert_eq!(left(&service), [true, false, false, true]);
}
