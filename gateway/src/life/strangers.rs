//! Processes that somebody else started and left to this one to bury: the kernel gives the
//! orphans of a container to its process 1, and those of a subreaper's descendants to that.
//!
//! They must not be taken for workers, nor workers for them: whoever waits for "any child" takes
//! a worker's end from the task that waits for it. The kernel keeps children by the *thread* that
//! started them. Workers belong to the spawner's thread and a successor to its own, while what
//! was inherited belongs to the main thread, which starts nothing. So the main thread waits for
//! the children of its own alone, `__WNOTHREAD`, and cannot meet any other.

use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};

/// Buries all that have ended. Only on the main thread, for the reason above.
pub(super) fn bury() {
    let flags = WaitPidFlag::WNOHANG | WaitPidFlag::__WNOTHREAD;
    loop {
        match waitpid(None, Some(flags)) {
            Ok(WaitStatus::StillAlive) | Err(_) => return,
            Ok(status) => {
                let pid = status.pid().map(nix::unistd::Pid::as_raw);
                tracing::debug!(pid, "buried a process that others left behind");
            }
        }
    }
}
