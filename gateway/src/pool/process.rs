//! The parent half of a worker process: its pidfd, by which it is killed and reaped. The child
//! half is `worker/src/lib.rs`.
//!
//! A pidfd names one process for ever: a signal through it can never hit a stranger that got
//! the same number later.

#![expect(
    unsafe_code,
    reason = "registering a descriptor that std and tokio do not know, a pidfd, with the reactor"
)]

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use rustix::process::{PidfdFlags, Signal, WaitId, WaitIdOptions, WaitIdStatus};
use tokio::io::unix::AsyncFd;
use tokio::net::unix::pipe;

use super::cgroup::Leaf;
use super::death::Ending;
use super::page::Page;

/// What the spawner hands over: raw ends that are not yet tied to a runtime.
#[derive(Debug)]
pub(crate) struct Spawned {
    pub(crate) pid: u32,
    pub(crate) pidfd: OwnedFd,
    pub(crate) socket: std::os::unix::net::UnixStream,
    pub(crate) page: Page,
    pub(crate) stderr: OwnedFd,
    pub(crate) leaf: Option<Arc<Leaf>>,
}

/// Kills the process that it names.
#[derive(Debug)]
pub(crate) struct Killer {
    pidfd: OwnedFd,
}

impl Killer {
    /// SIGKILL; a process that is already gone is what was wanted.
    pub(crate) fn kill(&self) {
        if let Err(error) = rustix::process::pidfd_send_signal(&self.pidfd, Signal::KILL)
            && error != rustix::io::Errno::SRCH
        {
            tracing::error!(%error, "a worker cannot be killed");
        }
    }
}

/// Waits for the process that it names, and reaps it.
#[derive(Debug)]
pub(crate) struct Reaper {
    pidfd: AsyncFd<OwnedFd>,
}

impl Reaper {
    /// Returns when the kernel says that the process is gone. Safe to drop and call again.
    pub(crate) async fn wait(&self) -> io::Result<Ending> {
        loop {
            let mut ready = self.pidfd.readable().await?;
            let id = WaitId::PidFd(self.pidfd.get_ref().as_fd());
            match rustix::process::waitid(id, WaitIdOptions::EXITED | WaitIdOptions::NOHANG)? {
                Some(status) => return Ok(ending(&status)),
                None => ready.clear_ready(),
            }
        }
    }
}

fn ending(status: &WaitIdStatus) -> Ending {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Ending::Exited(code),
        (None, signal) => Ending::Signalled(signal.unwrap_or_default()),
    }
}

/// A worker process, tied to the runtime.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    pub(crate) reaper: Reaper,
    pub(crate) socket: tokio::net::UnixStream,
    pub(crate) page: Page,
    pub(crate) stderr: pipe::Receiver,
    pub(crate) leaf: Option<Arc<Leaf>>,
}

impl Spawned {
    /// Splits the right to kill from the process itself and registers it with the runtime. A
    /// process that cannot be registered is ended at once: nobody would ever look after it.
    pub(crate) fn adopt(self) -> io::Result<(Killer, Process)> {
        let pidfd = match self.pidfd.try_clone() {
            Ok(pidfd) => pidfd,
            Err(error) => {
                put_down(&self.pidfd);
                return Err(error);
            }
        };
        // Kept until the process is gone in any case: only then can it be removed.
        let _leaf = self.leaf.clone();
        match self.register() {
            Ok(process) => Ok((Killer { pidfd }, process)),
            Err(error) => {
                put_down(&pidfd);
                Err(error)
            }
        }
    }

    fn register(self) -> io::Result<Process> {
        self.socket.set_nonblocking(true)?;
        // SAFETY: the descriptor is owned, so it stays open and the same for as long as the
        // `AsyncFd` holds it; nothing takes it out again.
        let pidfd = unsafe { AsyncFd::register(self.pidfd)? };
        Ok(Process {
            pid: self.pid,
            reaper: Reaper { pidfd },
            socket: tokio::net::UnixStream::from_std(self.socket)?,
            page: self.page,
            stderr: pipe::Receiver::from_owned_fd(self.stderr)?,
            leaf: self.leaf,
        })
    }
}

/// Kills and reaps, waiting for the microseconds that a process without work needs to end.
fn put_down(pidfd: &OwnedFd) {
    // Both fail only for a process that is gone, which is what is wanted.
    let _ = rustix::process::pidfd_send_signal(pidfd, Signal::KILL);
    let _ = rustix::process::waitid(WaitId::PidFd(pidfd.as_fd()), WaitIdOptions::EXITED);
}

/// Names the process behind `pid` while it cannot have been reaped yet.
pub(crate) fn pidfd_open(pid: u32) -> io::Result<OwnedFd> {
    let pid = i32::try_from(pid)
        .ok()
        .and_then(rustix::process::Pid::from_raw)
        .ok_or(io::ErrorKind::InvalidInput)?;
    Ok(rustix::process::pidfd_open(pid, PidfdFlags::empty())?)
}
