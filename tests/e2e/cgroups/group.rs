//! A control group for one test, where this system has one to give.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::manifest::say;
use crate::service::{PATIENCE, Service, example, holds_within};

/// The least that a worker may have, so that its leaf is quickly filled.
pub(super) const WORKER: (&str, &str) = ("worker_memory_bytes", "64 MiB");
/// What docs/security.md says: an eighth and 64 MiB above.
pub(super) const LEAF_BYTES: u64 = (64 + 8 + 64) << 20;

/// A control group for one test, below one that passes the memory controller on.
pub(super) struct Group(pub(super) PathBuf);

impl Group {
    /// `None`, said loudly: this system has none to give.
    pub(super) fn new() -> Option<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("framefarm-test-{}-{number}", std::process::id());
        let made = own_group().and_then(|own| {
            let parents = own.ancestors().filter(|parent| passes_memory_on(parent));
            let mut groups = parents.map(|parent| parent.join(&name));
            groups.find(|group| fs::create_dir(group).is_ok())
        });
        if made.is_none() {
            say("skipped: no delegated cgroup v2 with the memory controller");
        }
        made.map(Self)
    }

    pub(super) fn start(&self, settings: &[(&str, &str)]) -> Service {
        let service = Service::begin_in_group(&self.0, settings);
        service.wait_until("it is ready", || service.get("/readyz").status == 200);
        service
    }

    /// With the worker that does what its job says.
    pub(super) fn start_caged(&self) -> Service {
        let program = example("caged-worker");
        // The one CPU of a machine in a machine may be slow; that is not what is tested.
        let patient = ("job_deadline_ms", "100000");
        let worker = [("worker", program.to_str().unwrap()), WORKER, patient];
        self.start(&worker)
    }

    /// The leaves of workers that are there.
    pub(super) fn leaves(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| name.starts_with("worker-")).collect()
    }

    pub(super) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file))
            .unwrap()
            .trim()
            .to_owned()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The kernel takes a moment to see that the last process is gone.
        let gone = holds_within(PATIENCE, || {
            for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
                let _ = fs::remove_dir(entry.path());
            }
            fs::remove_dir(&self.0).is_ok()
        });
        assert!(
            gone || std::thread::panicking(),
            "{} stays",
            self.0.display()
        );
    }
}

/// The directory of this process's own group, where the hierarchy is mounted as a whole.
fn own_group() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let fields = mounts
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>());
    let mount = fields
        .into_iter()
        .find(|fields| fields.get(2) == Some(&"cgroup2"))?;
    let membership = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = membership
        .lines()
        .find_map(|line| line.strip_prefix("0::/"))?;
    Some(Path::new(mount[1]).join(path))
}

fn passes_memory_on(group: &Path) -> bool {
    let control = fs::read_to_string(group.join("cgroup.subtree_control"));
    control.is_ok_and(|control| control.split_whitespace().any(|name| name == "memory"))
}

/// The last part of the name of a process's group.
pub(super) fn leaf_of(pid: i32) -> String {
    let membership = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let path = membership.lines().find_map(|line| line.strip_prefix("0::"));
    path.and_then(|path| path.rsplit('/').next())
        .unwrap_or_default()
        .to_owned()
}
