//! What must hold after every mishap: the service answers, every slot has a live worker, there is
//! one gateway, the one that should be, and it has kept no memory, no descriptor, no zombie and no
//! stranger; and no worker has outlived its gateway.

use std::path::PathBuf;

use crate::made;
use crate::service::Service;

/// By how much the gateway's resident memory may have grown. A program of this kind keeps some of
/// what it needed once; what it would keep of every request shows where there are many, and
/// there a test gives a smaller figure.
const RSS_ALLOWANCE_BYTES: u64 = 64 << 20;

/// How the gateway looked when nothing had happened yet.
pub(crate) struct Baseline {
    descriptors: usize,
    rss_bytes: u64,
}

/// A process as the kernel shows it.
pub(crate) struct Process {
    pub(crate) pid: i32,
    parent: i32,
    pub(crate) state: char,
}

impl Baseline {
    /// Takes the measure of a service at rest.
    pub(crate) fn of(service: &Service) -> Self {
        service.idle_pids();
        Self {
            descriptors: descriptors(service.pid()),
            rss_bytes: rss_bytes(service.pid()),
        }
    }

    /// Waits until the service is as it was, or panics.
    pub(crate) fn returns(&self, service: &mut Service) {
        self.returns_without_leak(service, RSS_ALLOWANCE_BYTES);
    }

    /// Like [`Baseline::returns`], after enough load that a smaller leak would show.
    pub(crate) fn returns_without_leak(&self, service: &mut Service, allowance_bytes: u64) {
        service.wait_until("a plain request is answered", || {
            service.post(PLAIN, &picture()).status == 200
        });
        service.wait_until("every slot is idle, without zombies or strangers", || {
            let workers = service.workers();
            let idle = workers.iter().all(|worker| worker.state == "idle");
            let children = children_of(service.pid());
            idle && children.len() == workers.len()
                && children.iter().all(|child| child.state != 'Z')
        });
        service.wait_until("no worker has outlived its gateway", || {
            let orphans = children_of(std::process::id() as i32);
            !orphans.iter().any(|orphan| is_worker(orphan.pid))
        });
        service.wait_until("its descriptors are as before", || {
            descriptors(service.pid()).abs_diff(self.descriptors) <= 2
        });
        let (before, now) = (self.rss_bytes, rss_bytes(service.pid()));
        assert!(
            now <= before + allowance_bytes,
            "resident memory went from {before} to {now} bytes",
        );
        assert_eq!(service.ended(), None, "the gateway lives");
        assert_eq!(service.gateways(), [service.pid()], "and is the only one");
    }
}

/// The plain request. A worker that only plays one gives the picture back as it is.
const PLAIN: &str = "/v1/process?op=resize:4";

fn picture() -> Vec<u8> {
    made::png(&made::still(8, 8))
}

/// A plain request to a service with real workers.
pub(crate) fn serves(service: &Service) {
    let answer = service.post(PLAIN, &picture());
    assert_eq!(answer.verdict(), (200, String::new()));
}

/// Whether a process of that number exists and is not a zombie.
pub(crate) fn is_alive(pid: i32) -> bool {
    stat(pid).is_some_and(|process| process.state != 'Z')
}

/// Tests adopt orphans (`service.rs`), so a worker without a gateway is a child of theirs.
fn is_worker(pid: i32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| line.starts_with(b"framefarm-worker\0"))
}

/// The processes that this one started and that are alive.
pub(crate) fn live_children(parent: i32) -> Vec<i32> {
    let children = children_of(parent).into_iter();
    let alive = children.filter(|child| child.state != 'Z');
    alive.map(|child| child.pid).collect()
}

/// The processes whose parent it is.
pub(crate) fn children_of(parent: i32) -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let processes = pids.filter_map(stat);
    processes
        .filter(|process| process.parent == parent)
        .collect()
}

fn stat(pid: i32) -> Option<Process> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some(Process {
        pid,
        state: fields.next()?.chars().next()?,
        parent: fields.next()?.parse().ok()?,
    })
}

fn descriptors(pid: i32) -> usize {
    let folder = PathBuf::from(format!("/proc/{pid}/fd"));
    std::fs::read_dir(folder).unwrap().count()
}

/// Resident memory now, bytes.
pub(crate) fn rss_bytes(pid: i32) -> u64 {
    memory(pid, "VmRSS:")
}

/// The most memory that was ever resident, bytes.
pub(crate) fn rss_peak_bytes(pid: i32) -> u64 {
    memory(pid, "VmHWM:")
}

fn memory(pid: i32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib: u64 = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kib * 1024
}
