//! CPU time of a worker: what it has used, and how much more it may.
//!
//! The kernel's limit counts from the start of the process and in whole seconds, so it is moved
//! ahead before each job. It is the second line: the deadline ends a job that takes long, this
//! one ends a job that computes long while others wait for the CPU.

use std::io;
use std::time::Duration;

use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;
use rustix::process::{Resource, Rlimit, prlimit};

/// CPU time that the process has used; asked of its clock, which `/proc` may hide.
pub(super) fn used(pid: u32) -> io::Result<Duration> {
    let pid = Pid::from_raw(i32::try_from(pid).map_err(io::Error::other)?);
    Ok(clock_getcpuclockid(pid)?.now()?.into())
}

/// From now on the process may use `budget` more, rounded up to whole seconds, before SIGXCPU
/// ends it. The hard limit stays: only so can the soft one be moved again.
pub(super) fn allow(pid: u32, budget: Duration) -> io::Result<()> {
    let until = used(pid)? + budget;
    let limit = Rlimit {
        current: Some(until.as_secs() + 1),
        maximum: None,
    };
    let pid = i32::try_from(pid)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    prlimit(pid, Resource::Cpu, limit)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_used_what_its_clock_says() {
        let before = used(std::process::id()).unwrap();
        let mut after = before;
        while after == before {
            after = used(std::process::id()).unwrap();
        }
        assert!(after > before);
        assert!(used(u32::MAX).is_err());
    }
}
