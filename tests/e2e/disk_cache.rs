//! Results in a folder: what outlives the process, and that it is never a wrong one.

mod room;
mod sharing;
mod small_disk;
mod store;
mod trouble;

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime};

use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::made;
use crate::origin::{LOOPBACK, Origin};
use crate::programs::{framefarm, gateway_behind};
use crate::service::Service;
use crate::token_file::{Tokens, token};
use store::{DISK_HIT, HIT, MISS, ON, Store, comes_to, job, jobs, posted, state, way};

#[test]
fn a_result_outlives_the_gateway_whatever_its_end() {
    let picture = made::many_colours();
    // Of a size that takes a trade, about which the headers say something.
    let path = "/v1/process?op=invert&format=webp&max_bytes=400";
    for end in [Signal::SIGKILL, Signal::SIGTERM] {
        let store = Store::new();
        let mut service = store.service(&[]);
        let first = service.post(path, &picture);
        assert_eq!(way(&first), MISS);
        if end == Signal::SIGKILL {
            service.wait_until("it is written", || store.files().len() == 1);
        }
        service.signal(end);
        service.wait_for_end();
        assert_eq!(store.files().len(), 1, "after {end}");

        let service = store.service(&[]);
        let before = jobs(&service);
        let (second, third) = (service.post(path, &picture), service.post(path, &picture));
        assert_eq!((way(&second), way(&third)), (DISK_HIT, HIT));
        for answer in [&second, &third] {
            assert_eq!(answer.body, first.body);
            for name in ["content-type", "content-length", "x-framefarm-traded"] {
                assert!(first.header(name).is_some(), "{name}");
                assert_eq!(answer.header(name), first.header(name), "{name}");
            }
        }
        assert_eq!(jobs(&service), before);
        assert_eq!(service.metric("framefarm_cache_disk_hits_total"), 1.0);
        assert_eq!(service.metric("framefarm_cache_hits_total"), 2.0);
        assert_eq!(service.metric("framefarm_cache_misses_total"), 0.0);
        let other = service.post(&path.replace("invert", "flip"), &picture);
        assert_eq!(way(&other), MISS);
    }
}

#[test]
fn nobody_else_may_look_at_what_is_kept() {
    let store = Store::new();
    let service = store.fake(&[]);
    let file = store.made(&service, b"echo");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    assert_eq!(mode(&store.path()), 0o700);
}

#[test]
fn a_result_on_disk_is_for_those_who_may_have_it_made() {
    let store = Store::new();
    let tokens = Tokens::new(&[("bot", ""), ("blurrer", "operations = [\"blur\"]")]);
    let picture = made::png(&made::still(12, 8));
    let post = |service: &Service, name: &str, picture: &[u8]| {
        let token = token(name);
        let headers = [("authorization", token.as_str())];
        service.post_with("/v1/process?op=invert", &headers, picture)
    };
    let start = || store.start(&[], |settings| tokens.service(settings));
    let mut service = start();
    assert_eq!(way(&post(&service, "bot", &picture)), MISS);
    service.signal(Signal::SIGTERM);
    service.wait_for_end();

    let service = start();
    let nobody = service.post("/v1/process?op=invert", &picture);
    assert_eq!(nobody.status, 401);
    let may_not = post(&service, "blurrer", &picture);
    assert_eq!(may_not.verdict(), (403, "forbidden".to_owned()));
    let other = made::png(&made::still(12, 9));
    assert_eq!(way(&post(&service, "bot", &other)), MISS);
    assert_eq!(way(&post(&service, "bot", &picture)), DISK_HIT);
}

#[test]
fn what_its_origin_wants_nobody_to_store_is_not_written() {
    let store = Store::new();
    let (service, origin) = (store.service(&[LOOPBACK]), Origin::start());
    let get = |path: &str| service.get(&format!("/v1/process?op=invert&url={}", origin.url(path)));
    assert_eq!(way(&get("/says/no-store")), "framefarm; fwd=miss");
    assert_eq!(way(&get("/picture.png")), MISS);
    service.wait_until("the other one is written", || {
        service.metric("framefarm_cache_disk_written_total") == 1.0
    });
    assert_eq!(store.files().len(), 1);
}

#[test]
fn a_damaged_file_is_a_miss_and_removed_and_nothing_else_is() {
    type Damage = fn(&Path, &Path);
    fn change(path: &Path, at: u64) {
        let file = File::options().read(true).write(true).open(path).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[byte[0] ^ 0x10], at).unwrap();
    }
    fn cut(path: &Path, length: u64) {
        let file = File::options().write(true).open(path).unwrap();
        file.set_len(length).unwrap();
    }
    let damages: [(&str, Damage); 11] = [
        ("empty", |path, _| cut(path, 0)),
        ("torn in its head", |path, _| cut(path, 30)),
        ("torn in its body", |path, _| cut(path, 900)),
        ("longer by zeros", |path, _| cut(path, 5000)),
        ("of another version", |path, _| change(path, 7)),
        ("of another checksum", |path, _| change(path, 10)),
        ("of another format", |path, _| change(path, 60)),
        ("one bit of its body", |path, _| change(path, 700)),
        ("another result", |path, other| {
            fs::copy(other, path).unwrap();
        }),
        ("a link to another result", |path, other| {
            fs::remove_file(path).unwrap();
            std::os::unix::fs::symlink(other, path).unwrap();
        }),
        ("a pipe, on which one could wait", |path, _| {
            fs::remove_file(path).unwrap();
            mkfifo(path, Mode::S_IRWXU).unwrap();
        }),
    ];
    let store = Store::new();
    let service = store.fake(&[]);
    let made: Vec<_> = (0..=damages.len())
        .map(|number| store.made(&service, &job(number, 1000)))
        .collect();
    drop(service);
    let (intact, files) = made.split_last().unwrap();
    for ((_, damage), file) in damages.iter().zip(files) {
        damage(file, intact);
    }
    let stranger = store.path().join("results/README");
    fs::write(&stranger, "not ours").unwrap();

    let service = store.fake(&[]);
    for (number, (what, _)) in damages.iter().enumerate() {
        assert_eq!(way(&posted(&service, &job(number, 1000))), MISS, "{what}");
    }
    let garbled = service.metric("framefarm_cache_disk_garbled_total");
    assert_eq!(garbled, damages.len() as f64);
    assert_eq!(way(&posted(&service, &job(damages.len(), 1000))), DISK_HIT);
    assert_eq!(state(&service), "on");
    service.wait_until("all are written anew", || {
        service.metric("framefarm_cache_disk_written_total") == damages.len() as f64
    });
    drop(service);
    let service = store.fake(&[]);
    for number in 0..=damages.len() {
        assert_eq!(way(&posted(&service, &job(number, 1000))), DISK_HIT);
    }
    assert_eq!(fs::read(stranger).unwrap(), b"not ours");
}

#[test]
fn what_a_killed_gateway_left_half_written_goes_away() {
    let store = Store::new();
    let service = store.fake(&[]);
    let file = store.made(&service, b"echo");
    drop(service);
    let partial = |end: &str| file.with_file_name(format!("{}.{end}.partial", "0".repeat(64)));
    let (old, new) = (partial("1"), partial("2"));
    for path in [&old, &new] {
        fs::write(path, "half").unwrap();
    }
    let hour_ago = SystemTime::now() - Duration::from_secs(3600);
    let left = File::options().write(true).open(&old).unwrap();
    left.set_modified(hour_ago).unwrap();
    let service = store.fake(&[]);
    service.wait_until("the old one is gone", || !old.exists());
    assert!(new.exists(), "another gateway may be writing it");
    assert_eq!(way(&posted(&service, b"echo")), DISK_HIT);
}

#[test]
fn a_folder_that_cannot_be_had_is_said_at_the_start() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "").unwrap();
    let open = parent.path().join("open");
    fs::create_dir_all(open.join("results")).unwrap();
    let everybody = fs::Permissions::from_mode(0o755);
    fs::set_permissions(open.join("results"), everybody).unwrap();
    for (folder, why) in [
        (file.as_path(), "cannot be made"),
        (&file.join("below"), "cannot be made"),
        (Path::new("/proc/framefarm"), "cannot be made"),
        (&open, "open to others (mode 755)"),
    ] {
        // One that starts all the same is ended.
        let mut gateway = gateway_behind(&["timeout", "30"]);
        gateway.args(["--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0"]);
        gateway.arg("--workers=1");
        gateway.arg(format!("--cache-folder={}", folder.display()));
        let output = gateway.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{folder:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("cache_folder cannot be used"), "{said}");
        assert!(said.contains(why), "{said}");
    }
    let output = framefarm(&["--cache-folder=/tmp", "--cache-bytes=0", "check-config"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn without_a_folder_nothing_is_told_of_it() {
    let service = Service::with(&[ON]);
    assert!(service.status()["cache"]["disk"].is_null());
    assert_eq!(service.metric("framefarm_cache_disk_on"), 0.0);
    let store = Store::new();
    let service = store.service(&[]);
    comes_to(&service, "on");
    assert_eq!(service.metric("framefarm_cache_disk_on"), 1.0);
}
