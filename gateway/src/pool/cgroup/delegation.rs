//! The gateway's own control group, made into one that is divided: the gateway in a leaf, and
//! beside it one leaf per worker.
//!
//! Processes and limits for children exclude each other in one group, hence the move. A gateway
//! that another one started, as upgrades do, is born in that leaf and divides nothing anew.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::Pid;

use super::leaf::{Leaf, naming, write};

/// The leaf of the gateway.
const GATEWAY: &str = "gateway";
/// Begins the names of workers' leaves; see [`name`].
const WORKER: &str = "worker-";

/// A control group that the gateway may divide.
#[derive(Debug)]
pub(super) struct Delegation {
    base: PathBuf,
    /// What a worker's leaf may hold, bytes.
    memory_max: AtomicU64,
    /// Leaves made so far.
    made: AtomicU64,
}

impl Delegation {
    /// Moves the gateway into its leaf and makes limits possible for the others. After a
    /// failure everything is as it was.
    ///
    /// # Errors
    /// Why the group cannot be divided, to follow "but".
    pub(super) fn take(own: &Path, memory_max: u64) -> Result<Self, String> {
        let base = match own.ends_with(GATEWAY) {
            true => own.parent().unwrap_or(own),
            false => own,
        };
        check(base)?;
        let leaf = base.join(GATEWAY);
        let moves = base == own;
        if moves {
            move_into(&leaf).map_err(denied)?;
        }
        if let Err(error) = enable(base) {
            if moves {
                go_back(base, &leaf);
            }
            return Err(denied(error));
        }
        sweep(base);
        Ok(Self {
            base: base.to_owned(),
            memory_max: AtomicU64::new(memory_max),
            made: AtomicU64::new(0),
        })
    }

    pub(super) fn base(&self) -> &Path {
        &self.base
    }

    pub(super) fn memory_max(&self) -> u64 {
        self.memory_max.load(Ordering::Relaxed)
    }

    /// From now on leaves may hold so much, bytes.
    pub(super) fn set_memory_max(&self, bytes: u64) {
        self.memory_max.store(bytes, Ordering::Relaxed);
    }

    /// A fresh leaf with this process in it.
    pub(super) fn leaf_for(&self, pid: u32) -> io::Result<Leaf> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let directory = self.base.join(name(std::process::id(), number));
        Leaf::make(directory, self.memory_max(), pid)
    }
}

/// Two gateways share a group during an upgrade, so the name says whose leaf it is.
fn name(gateway: u32, number: u64) -> String {
    format!("{WORKER}{gateway}-{number}")
}

/// The gateway whose leaf has this name; `None` for names that are not of our making.
fn maker(name: &str) -> Option<u32> {
    let (gateway, number) = name.strip_prefix(WORKER)?.split_once('-')?;
    number.parse::<u64>().ok()?;
    gateway.parse().ok()
}

/// Whether the group is one that may be divided, before anything is changed.
fn check(base: &Path) -> Result<(), String> {
    let place = base.display();
    // The root is the machine's, not ours, whatever our rights are. It has no type.
    if !base.join("cgroup.type").exists() {
        return Err(format!(
            "{place} is the root of all control groups: none is delegated"
        ));
    }
    let read = |file: &str| {
        let path = base.join(file);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    if !read("cgroup.controllers")?
        .split_whitespace()
        .any(|name| name == "memory")
    {
        return Err(format!("{place} does not have the memory controller"));
    }
    let own = std::process::id().to_string();
    let strangers = read("cgroup.procs")?
        .lines()
        .filter(|pid| *pid != own)
        .count();
    if strangers > 0 {
        return Err(format!(
            "{place} has {strangers} other processes in it: it is not ours alone"
        ));
    }
    Ok(())
}

fn move_into(leaf: &Path) -> io::Result<()> {
    match fs::create_dir(leaf) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(naming(leaf, &error));
        }
        _ => {}
    }
    let moved = write(&leaf.join("cgroup.procs"), &std::process::id().to_string());
    if moved.is_err() {
        // Refused if somebody else is in it, and rightly.
        let _ = fs::remove_dir(leaf);
    }
    moved
}

fn go_back(base: &Path, leaf: &Path) {
    let back = write(&base.join("cgroup.procs"), &std::process::id().to_string());
    if let Err(error) = back.and_then(|()| fs::remove_dir(leaf)) {
        tracing::warn!(%error, "the gateway stays in its leaf");
    }
}

/// Lets the leaves have limits on memory, and on processes if that was delegated too.
fn enable(base: &Path) -> io::Result<()> {
    let control = base.join("cgroup.subtree_control");
    write(&control, "+memory")?;
    if let Err(error) = write(&control, "+pids") {
        tracing::debug!(%error, "leaves without a limit on processes");
    }
    Ok(())
}

/// Removes the leaves that gateways left behind which are no more. The kernel keeps those that
/// still have a process in them.
fn sweep(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else {
        return;
    };
    for entry in entries.flatten() {
        let maker = entry.file_name().to_str().and_then(maker);
        if maker.is_some_and(|gateway| !lives(gateway)) {
            // What cannot be removed now is tried again at the next start.
            let _ = fs::remove_dir(entry.path());
        }
    }
}

fn lives(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    // One that we may not signal lives too.
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

fn denied(error: io::Error) -> String {
    format!("the gateway's control group cannot be divided: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that looks like a control group as far as `check` can see. The kernel's part,
    /// limits that hold, cannot be shown without the kernel: `tests/e2e/cgroups.rs` does that.
    fn group(controllers: &str, processes: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in [
            ("cgroup.type", "domain\n"),
            ("cgroup.controllers", controllers),
            ("cgroup.procs", processes),
        ] {
            fs::write(folder.path().join(file), text).unwrap();
        }
        folder
    }

    fn why(folder: &Path) -> String {
        Delegation::take(folder, 1).map(drop).unwrap_err()
    }

    #[test]
    fn a_group_without_memory_with_strangers_or_at_the_root_is_left_alone() {
        let own = format!("{}\n", std::process::id());
        for (controllers, processes, part) in [
            ("cpu hugetlb pids\n", own.clone(), "memory controller"),
            ("memory pids\n", format!("1\n{own}"), "1 other processes"),
        ] {
            let folder = group(controllers, &processes);
            let before = fs::read_dir(folder.path()).unwrap().count();
            let why = why(folder.path());
            assert!(why.contains(part), "{why}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), before);
        }
        let folder = group("memory\n", &own);
        fs::remove_file(folder.path().join("cgroup.type")).unwrap();
        assert!(why(folder.path()).contains("root"));
    }

    #[test]
    fn a_group_that_lets_nobody_in_is_left_as_it_was() {
        let folder = group("memory pids\n", &format!("{}\n", std::process::id()));
        // A folder of an ordinary file system has no cgroup.procs of its own.
        let why = why(folder.path());
        assert!(why.contains("gateway/cgroup.procs"), "{why}");
        assert!(!folder.path().join(GATEWAY).exists());
    }

    #[test]
    fn names_tell_whose_a_leaf_is() {
        assert_eq!(maker(&name(4711, 12)), Some(4711));
        for other in [
            "gateway",
            "worker-",
            "worker-1",
            "worker-1-x",
            "worker-x-1",
            "work-1-1",
        ] {
            assert_eq!(maker(other), None, "{other}");
        }
    }

    #[test]
    fn only_empty_leaves_of_gateways_that_are_gone_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let gone = child.id();
        child.wait().unwrap();
        let empty = name(gone, 1);
        let kept = [
            name(std::process::id(), 1),
            "worker-1".to_owned(),
            "other".to_owned(),
        ];
        let full = name(gone, 2);
        for leaf in kept.iter().chain([&empty, &full]) {
            fs::create_dir(folder.path().join(leaf)).unwrap();
        }
        fs::write(folder.path().join(&full).join("something"), "").unwrap();
        sweep(folder.path());
        assert!(!folder.path().join(&empty).exists());
        for leaf in kept.iter().chain([&full]) {
            assert!(folder.path().join(leaf).exists(), "{leaf}");
        }
    }
}
