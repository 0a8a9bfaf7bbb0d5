//! One worker's control group, from its making to its removal.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// How far the limit of a leaf stands above `worker_memory_bytes`, as a share of it, and ...
const MARGIN_SHARE: u64 = 8;
/// ... in bytes: together 16 MiB above the RLIMIT_DATA that the worker gives itself, because a
/// leaf also counts the stack, page tables, sockets and the program itself. A worker is to meet
/// the limits that say more before this one.
const MARGIN_BYTES: u64 = 64 << 20;

/// What the leaf of a worker that may use so many bytes may hold, bytes.
pub(super) fn memory_max(worker_memory_bytes: u64) -> u64 {
    worker_memory_bytes.saturating_add(worker_memory_bytes / MARGIN_SHARE + MARGIN_BYTES)
}

/// A directory of the cgroup file system. It is removed when this is dropped, which must be
/// after the process in it is gone: the kernel refuses before.
#[derive(Debug)]
pub(crate) struct Leaf {
    directory: PathBuf,
}

impl Leaf {
    /// Makes the leaf, limits it, and only then puts the process in.
    pub(super) fn make(directory: PathBuf, memory_max: u64, pid: u32) -> io::Result<Self> {
        fs::create_dir(&directory).map_err(|error| naming(&directory, &error))?;
        let leaf = Self { directory };
        leaf.set("memory.max", memory_max)?;
        // The worker has one process; should it ever have more, they go together.
        leaf.set("memory.oom.group", 1)?;
        // A worker that swaps is slower than one that is refused. Absent without swap in the
        // kernel.
        optional(leaf.set("memory.swap.max", 0))?;
        // No process and no thread beside the one. Absent where only memory was delegated.
        optional(leaf.set("pids.max", 1))?;
        match leaf.set("cgroup.procs", u64::from(pid)) {
            // It has ended already. Of what is told by whoever waits for it.
            Err(_) if is_gone(pid) => Ok(leaf),
            entered => entered.map(|()| leaf),
        }
    }

    fn set(&self, file: &str, value: u64) -> io::Result<()> {
        write(&self.directory.join(file), &value.to_string())
    }

    /// Whether the kernel killed in here because this leaf, and not the service or the machine
    /// as a whole, was at its limit.
    pub(crate) fn was_too_small(&self) -> bool {
        let events = fs::read_to_string(self.directory.join("memory.events"));
        events.is_ok_and(|events| killed_at_its_own_limit(&events))
    }

    /// What the kernel counts for the worker now, bytes: its own pages and what the kernel
    /// holds for it.
    pub(crate) fn memory_bytes(&self) -> Option<u64> {
        self.figure("memory.current")
    }

    /// The most it ever was, bytes; `None` before Linux 5.19.
    pub(crate) fn memory_peak_bytes(&self) -> Option<u64> {
        self.figure("memory.peak")
    }

    fn figure(&self, file: &str) -> Option<u64> {
        let text = fs::read_to_string(self.directory.join(file)).ok()?;
        text.trim().parse().ok()
    }
}

impl Drop for Leaf {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir(&self.directory) {
            // The next start of a gateway tries again.
            tracing::debug!(leaf = %self.directory.display(), %error, "a leaf stays behind");
        }
    }
}

/// Opened without the right to create: a missing file must be an error of its own.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| naming(path, &error))
}

/// The same error, which then also says where.
pub(super) fn naming(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Whether a child that nobody has waited for yet has ended. It is left to be waited for.
fn is_gone(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    pid.is_some_and(|pid| matches!(waitid(WaitId::Pid(pid), options), Ok(Some(_))))
}

fn optional(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// `oom_kill` counts kills for whatever reason in here; `oom` only that this limit was hit.
fn killed_at_its_own_limit(events: &str) -> bool {
    let count = |name: &str| {
        let mut pairs = events.lines().filter_map(|line| line.split_once(' '));
        let (_, count) = pairs.find(|(key, _)| *key == name)?;
        count.trim().parse::<u64>().ok()
    };
    count("oom_kill").is_some_and(|kills| kills > 0) && count("oom").is_some_and(|hits| hits > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_kill_at_the_leafs_own_limit_counts() {
        let events = |oom, oom_kill| {
            let events = format!("low 0\nhigh 0\nmax 31\noom {oom}\noom_kill {oom_kill}\n");
            killed_at_its_own_limit(&format!("{events}oom_group_kill 9\n"))
        };
        assert!(events(1, 1));
        assert!(!events(0, 1), "the whole machine was out of memory");
        assert!(!events(1, 0), "nobody was killed for it");
        assert!(!events(0, 0));
        assert!(!killed_at_its_own_limit(""));
    }

    #[test]
    fn the_limit_stands_above_the_workers_own_and_never_overflows() {
        assert_eq!(memory_max(1 << 30), (1 << 30) + (128 << 20) + (64 << 20));
        assert_eq!(memory_max(u64::MAX - 1), u64::MAX);
    }

    #[test]
    fn a_child_is_gone_once_it_has_ended_and_can_still_be_waited_for() {
        use std::process::{Command, Stdio};
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        assert!(!is_gone(child.id()), "it reads on");
        // The end of what it reads is its end.
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        drop(child.stdin.take());
        while !is_gone(child.id()) {
            assert!(std::time::Instant::now() < until);
            std::thread::yield_now();
        }
        assert!(child.wait().unwrap().success());
        assert!(!is_gone(child.id()), "there is no such child any more");
    }

    #[test]
    fn a_missing_file_is_optional_and_other_errors_are_not() {
        let missing = write(Path::new("/nonexistent/pids.max"), "1");
        assert!(optional(missing).is_ok());
        let path = std::env::temp_dir();
        let folder = write(&path, "1").unwrap_err();
        let named = format!("{}: ", path.display());
        assert!(folder.to_string().starts_with(&named), "{folder}");
        assert!(optional(Err(folder)).is_err());
    }
}
