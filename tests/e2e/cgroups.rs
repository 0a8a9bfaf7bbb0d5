//! A control group of its own for each worker. What they do can only be shown where the kernel
//! has cgroup v2 with the memory controller and lets this user make groups; elsewhere those
//! tests say `skipped: …`, in CI too, because that is the kernel's doing and not an omission.
//! `.ci/cgroups` starts a kernel that has it and runs them there.

mod group;

use std::fs;

use nix::sys::signal::Signal;
use serde_json::json;

use group::{Group, LEAF_BYTES, WORKER, leaf_of};

use crate::made;
use crate::postlude::{Baseline, is_alive, serves};
use crate::service::{Service, example, send_signal};

#[test]
fn each_worker_has_a_leaf_with_its_limits_and_takes_it_along() {
    let Some(group) = Group::new() else { return };
    let mut service = group.start(&[WORKER]);
    let status = service.status();
    assert_eq!(
        status["cgroup"],
        json!({"leaves": true, "memory_max": LEAF_BYTES, "why": null})
    );
    let pids = service.idle_pids();
    let leaves: Vec<_> = pids.iter().map(|pid| leaf_of(*pid)).collect();
    assert_eq!(leaf_of(service.pid()), "gateway");
    assert_ne!(leaves[0], leaves[1]);
    for leaf in &leaves {
        let named = leaf.starts_with(&format!("worker-{}-", service.pid()));
        assert!(named, "{leaf}");
        assert_eq!(
            group.read(&format!("{leaf}/memory.max")),
            LEAF_BYTES.to_string()
        );
        assert_eq!(group.read(&format!("{leaf}/memory.oom.group")), "1");
        assert_eq!(group.read(&format!("{leaf}/pids.max")), "1");
    }
    serves(&service);
    let held = &service.status()["workers"][0]["memory_bytes"];
    assert!((1..LEAF_BYTES).contains(&held.as_u64().unwrap()), "{held}");

    send_signal(pids[0], Signal::SIGKILL);
    service.wait_until("the dead one's leaf is gone and another is there", || {
        let there = group.leaves();
        there.len() == 2 && !there.contains(&leaves[0]) && there.contains(&leaves[1])
    });
    service.signal(Signal::SIGTERM);
    assert!(service.wait_for_end().success());
    assert_eq!(group.leaves(), [""; 0], "{}", service.log());
}

/// Memory that is shared passes both the allocator and RLIMIT_DATA: only the group counts it.
#[test]
fn a_job_that_outgrows_its_leaf_costs_one_request_and_strikes() {
    let Some(group) = Group::new() else { return };
    let mut service = group.start_caged();
    let baseline = Baseline::of(&service);
    let gateway = service.pid();
    let hog = format!("die: share {}", 2 * LEAF_BYTES);
    let picture = made::png(&made::still(48, 32));
    std::thread::scope(|scope| {
        let hogs = scope.spawn(|| [0, 1].map(|_| service.post("/v1/process", hog.as_bytes())));
        while !hogs.is_finished() {
            let neighbour = service.post("/v1/process?op=invert", &picture);
            assert_eq!(neighbour.status, 200);
        }
        for answer in hogs.join().unwrap() {
            assert_eq!(answer.verdict(), (422, "memory_limit".to_owned()));
            let body = answer.json();
            assert_eq!(body["source"], "cgroup", "{body}");
            assert_eq!(body["signal"], 9);
            assert_eq!(body["limit"], "worker_memory_bytes");
            assert_eq!(body["max"], 64 << 20);
        }
    });
    let third = service.post("/v1/process", hog.as_bytes());
    assert_eq!(third.verdict(), (422, "quarantined".to_owned()));
    let deaths = "framefarm_worker_deaths_total{reason=\"memory_limit\"}";
    assert_eq!(service.metric(deaths), 2.0, "only those two");
    assert_eq!(service.pid(), gateway);
    // Just under the limit is nobody's business.
    let much = format!("die: share {}", 64 << 20);
    assert_eq!(
        service.post("/v1/process", much.as_bytes()).body,
        b"got through"
    );
    baseline.returns(&mut service);
    assert_eq!(group.leaves().len(), 2);
}

#[test]
fn a_worker_that_somebody_kills_in_its_leaf_is_no_memory_limit() {
    let Some(group) = Group::new() else { return };
    let program = example("fake-worker");
    let greeting = tempfile::tempdir().unwrap();
    let path = greeting.path().join("worker@greets");
    fs::copy(program, &path).unwrap();
    let service = group.start(&[("worker", path.to_str().unwrap())]);
    std::thread::scope(|scope| {
        let hangs = scope.spawn(|| service.post("/v1/process", b"hang"));
        send_signal(service.busy_pid(), Signal::SIGKILL);
        let answer = hangs.join().unwrap();
        assert_eq!(answer.verdict(), (502, "worker_killed".to_owned()));
        assert_eq!(answer.json()["source"], json!(null));
    });
}

/// The group as a whole is full before any leaf is, as with `MemoryMax=` of a unit.
#[test]
fn a_service_that_is_full_as_a_whole_blames_no_job() {
    let Some(group) = Group::new() else { return };
    let all = LEAF_BYTES - (16 << 20);
    fs::write(group.0.join("memory.max"), all.to_string()).unwrap();
    let mut service = group.start_caged();
    let baseline = Baseline::of(&service);
    let hog = format!("die: share {}", 2 * LEAF_BYTES);
    let answer = service.post("/v1/process", hog.as_bytes());
    assert_eq!(answer.verdict(), (502, "worker_killed".to_owned()));
    assert_eq!(answer.json()["signal"], 9);
    baseline.returns(&mut service);
    let events = group.read("memory.events");
    assert!(
        !events.contains("oom_kill 0"),
        "it was the kernel: {events}"
    );
}

#[test]
fn a_gateway_that_is_started_in_its_leaf_divides_the_group_above() {
    let Some(group) = Group::new() else { return };
    let born = group.0.join("gateway");
    fs::create_dir(&born).unwrap();
    let service = Service::begin_in_group(&born, &[]);
    service.wait_until("it is ready", || service.get("/readyz").status == 200);
    assert_eq!(
        service.status()["cgroup"]["leaves"],
        true,
        "{}",
        service.log()
    );
    assert_eq!(group.leaves().len(), 2);
}

#[test]
fn two_gateways_share_a_group_and_what_a_dead_one_leaves_is_swept() {
    let Some(group) = Group::new() else { return };
    let mut old = group.start(&[]);
    let born = group.0.join("gateway");
    // As an upgrade does: started by the old one, so in its leaf.
    let new = Service::begin_in_group(&born, &[]);
    new.wait_until("it is ready", || new.get("/readyz").status == 200);
    assert_eq!(new.status()["cgroup"]["leaves"], true, "{}", new.log());
    assert_eq!(leaf_of(new.pid()), "gateway");
    assert_eq!(
        group.leaves().len(),
        4,
        "two for each: {:?}",
        group.leaves()
    );

    let pids = old.idle_pids();
    old.signal(Signal::SIGKILL);
    old.wait_for_end();
    new.wait_until("the old workers are gone", || {
        pids.iter().all(|pid| !is_alive(*pid))
    });
    assert_eq!(group.leaves().len(), 4, "nobody was there to remove them");
    serves(&new);
    let third = Service::begin_in_group(&born, &[]);
    third.wait_until("it is ready", || third.get("/readyz").status == 200);
    let of_old = format!("worker-{}-", old.pid());
    let left = group.leaves();
    assert!(
        !left.iter().any(|leaf| leaf.starts_with(&of_old)),
        "{left:?}"
    );
    assert_eq!(left.len(), 4, "the living one's are kept: {left:?}");
}

#[test]
fn a_group_with_others_in_it_is_not_divided() {
    let Some(group) = Group::new() else { return };
    let other = group.start(&[("worker_cgroups", "off")]);
    assert_eq!(other.status()["cgroup"]["why"], "worker_cgroups is off");
    let service = group.start(&[]);
    let cgroup = service.status()["cgroup"].clone();
    assert_eq!(cgroup["leaves"], false);
    let why = cgroup["why"].as_str().unwrap();
    assert!(why.contains("other processes"), "{why}");
    assert!(service.log().contains(why), "it is said once");
    serves(&service);
    assert_eq!(group.read("cgroup.subtree_control"), "");
}

/// A test is never alone in its group, and no root group is anybody's: nothing is delegated.
#[test]
fn without_a_delegation_it_works_as_before_and_required_refuses_to_start() {
    let service = Service::start();
    let cgroup = service.status()["cgroup"].clone();
    assert_eq!(cgroup["leaves"], false, "{cgroup}");
    let why = cgroup["why"].as_str().unwrap().to_owned();
    assert!(service.log().contains(&why), "{why}: {}", service.log());
    serves(&service);

    let output = std::process::Command::new(env!("CARGO_BIN_EXE_framefarm"))
        .args(["--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0"])
        .arg("--worker-cgroups=required")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    for part in [
        "worker_cgroups = \"required\"",
        &why,
        "Delegate=memory pids",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

/// Needs no control group: the layers above it tell themselves apart everywhere.
#[test]
fn memory_that_rlimit_data_refuses_is_told_from_what_the_allocator_counts() {
    let worker = [("worker_memory_bytes", "128 MiB"), ("workers", "1")];
    let mut service = Service::with_caged("filtered", &worker);
    let baseline = Baseline::of(&service);
    // 224 MiB is the RLIMIT_DATA of such a worker. The allocator never hears of the first.
    let mapped = service.post("/v1/process", b"die: map 130000000");
    assert_eq!(mapped.body, b"got through");
    let answer = service.post("/v1/process", b"die: allocate 125000000");
    assert_eq!(answer.verdict(), (422, "memory_limit".to_owned()));
    assert_eq!(answer.json()["source"], "rlimit");
    assert_eq!(answer.json()["signal"], 6);
    baseline.returns(&mut service);
}
