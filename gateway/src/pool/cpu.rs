//! CPU time of a worker: what it has used, and how much more it may.
//!
//! The kernel's limit counts from the start of the process and in whole seconds, so it is moved
//! ahead before each job. It is the second line: the deadline ends a job that takes long, this
//! one ends a job that computes long while others wait for the CPU.

use std::io;
use std::time::Duration;

use nix::time::{ClockId, clock_getcpuclockid};
use nix::unistd::Pid;
use rustix::process::{Resource, Rlimit, prlimit};

/// CPU time that the process has used; asked of its clock, which `/proc` may hide.
pub(super) fn used(pid: u32) -> io::Result<Duration> {
    let pid = Pid::from_raw(i32::try_from(pid).map_err(io::Error::other)?);
    Ok(clock_getcpuclockid(pid)?.now()?.into())
}

/// The same as the kernel's limit counts it: by the ticks of its timer, one of which is all of a
/// process or nothing. Of many short jobs on a busy machine that is seconds more, or less.
fn counted(pid: u32) -> io::Result<Duration> {
    /// The clock of user and system time, beside that of the scheduler: `CPUCLOCK_PROF`.
    const TICKS: i32 = 0;
    let pid = i32::try_from(pid).map_err(io::Error::other)?;
    // What the kernel's `MAKE_PROCESS_CPUCLOCK` does; the C library knows only the other clock.
    Ok(ClockId::from_raw((!pid << 3) | TICKS).now()?.into())
}

/// From now on the process may use `budget` more, rounded up to whole seconds, before SIGXCPU
/// ends it. The hard limit stays: only so can the soft one be moved again.
pub(super) fn allow(pid: u32, budget: Duration) -> io::Result<()> {
    let until = counted(pid)? + budget;
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

    #[test]
    fn the_limit_counts_by_ticks_which_are_seen_to_go_on() {
        let own = std::process::id();
        let (ticks, time) = (counted(own).unwrap(), used(own).unwrap());
        while counted(own).unwrap() == ticks {}
        let gone = used(own).unwrap() - time;
        // A tick is 10 ms at most, and other threads have theirs.
        assert!(gone < Duration::from_secs(1), "{gone:?}");
        assert!(counted(u32::MAX).is_err());
    }
}
