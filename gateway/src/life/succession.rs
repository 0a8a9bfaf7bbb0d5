//! The old gateway's side of an upgrade: it starts the program that is on disk now, hands it the
//! listening sockets and waits until it could do a job. If that fails, in whatever way, the
//! successor is killed and this gateway goes on as if nothing had been.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::doors::Doors;
use super::handover::{self, GO, READY, SERVING};
use super::program::Program;
use crate::cli::SUCCESSOR;

/// What a successor may need beside the start of its workers: reading its settings, a probe.
const START: Duration = Duration::from_secs(10);
/// From the word to go to the first connection that it takes.
const GOING: Duration = Duration::from_secs(5);
/// How long a process may take to be gone once it closed its socket or was killed.
const GRACE: Duration = Duration::from_secs(1);

/// Why the old gateway goes on.
#[derive(Debug, Error)]
pub(super) enum UpgradeError {
    #[error("{program} cannot be started: {source}")]
    Start { program: PathBuf, source: io::Error },
    #[error("the sockets cannot be handed over: {0}")]
    Handover(io::Error),
    #[error("the successor ended before it was ready ({0}); what it says stands above")]
    Ended(ExitStatus),
    #[error("the successor broke off: {0}")]
    BrokeOff(io::Error),
    #[error("the successor said something that is not understood")]
    Misunderstood,
    #[error("the successor was not ready after {} s", .0.as_secs())]
    Late(Duration),
    #[error("the upgrade failed by a bug")]
    Bug,
}

/// An upgrade under way. Dropping it kills the successor.
#[derive(Debug)]
pub(super) struct Succession {
    task: JoinHandle<Result<Heir, UpgradeError>>,
}

impl Succession {
    /// Starts a successor, which must be ready as long after `worker_start_timeout` as it
    /// reasonably takes.
    pub(super) fn begin(program: Program, doors: Doors, worker_start_timeout: Duration) -> Self {
        let patience = worker_start_timeout + START;
        Self {
            task: tokio::spawn(succeed(program, doors, patience)),
        }
    }

    /// How it ended. Safe to drop and call again, but not after it returned.
    pub(super) async fn end(&mut self) -> Result<Heir, UpgradeError> {
        (&mut self.task).await.unwrap_or(Err(UpgradeError::Bug))
    }
}

impl Drop for Succession {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn succeed(program: Program, doors: Doors, patience: Duration) -> Result<Heir, UpgradeError> {
    let (ours, theirs) = StdStream::pair().map_err(UpgradeError::Handover)?;
    handover::give(&ours, &doors).map_err(UpgradeError::Handover)?;
    drop(doors);
    let socket = ours
        .set_nonblocking(true)
        .and_then(|()| UnixStream::from_std(ours))
        .map_err(UpgradeError::Handover)?;
    let mut heir = start(&program, theirs)
        .await
        .map_err(|source| UpgradeError::Start {
            program: program.path,
            source,
        })?;
    tracing::info!(pid = heir.pid, "upgrade: the successor is started");
    match converse(socket, patience).await {
        Ok(()) => {
            heir.on_probation = false;
            Ok(heir)
        }
        Err(error) => Err(heir.fail(error).await),
    }
}

async fn converse(mut socket: UnixStream, patience: Duration) -> Result<(), UpgradeError> {
    hear(&mut socket, READY, patience).await?;
    let told = socket.write_u8(GO).await;
    told.map_err(UpgradeError::BrokeOff)?;
    hear(&mut socket, SERVING, GOING).await
}

async fn hear(socket: &mut UnixStream, word: u8, patience: Duration) -> Result<(), UpgradeError> {
    match timeout(patience, socket.read_u8()).await {
        Err(_) => Err(UpgradeError::Late(patience)),
        Ok(Err(error)) => Err(UpgradeError::BrokeOff(error)),
        Ok(Ok(heard)) if heard == word => Ok(()),
        Ok(Ok(_)) => Err(UpgradeError::Misunderstood),
    }
}

/// The successor's process.
#[derive(Debug)]
pub(super) struct Heir {
    pub(super) pid: u32,
    pidfd: OwnedFd,
    end: oneshot::Receiver<io::Result<ExitStatus>>,
    /// It is killed when it is dropped.
    on_probation: bool,
}

impl Heir {
    /// Has it read its settings again.
    pub(super) fn reload(&self) {
        // One that is gone has no settings.
        let _ = pidfd_send_signal(&self.pidfd, Signal::HUP);
    }

    /// Puts an end to it and says what it ended of.
    async fn fail(mut self, error: UpgradeError) -> UpgradeError {
        // One that broke off is about to end by itself, and how tells more.
        let by_itself = match error {
            UpgradeError::BrokeOff(_) => timeout(GRACE, &mut self.end).await.ok(),
            _ => None,
        };
        if let Some(Ok(Ok(status))) = by_itself {
            return UpgradeError::Ended(status);
        }
        self.kill();
        let _ = timeout(GRACE, &mut self.end).await;
        error
    }

    fn kill(&self) {
        // One that is gone is what was wanted.
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
    }
}

impl Drop for Heir {
    fn drop(&mut self) {
        if self.on_probation {
            self.kill();
        }
    }
}

/// Starts the program with the same arguments and environment, and `socket` as its standard
/// input. No other descriptor goes along: all are closed on exec.
async fn start(program: &Program, socket: StdStream) -> io::Result<Heir> {
    let mut command = Command::new(&program.path);
    command
        .arg(format!("--{SUCCESSOR}"))
        .args(&program.arguments)
        .stdin(Stdio::from(OwnedFd::from(socket)));
    let (started, start) = oneshot::channel();
    let (ended, end) = oneshot::channel();
    // A thread of its own, which waits for it: see `strangers.rs`.
    let look_after = move || {
        let child = command.spawn();
        // Its end of the socket, which must be closed when the process is gone.
        drop(command);
        let mut child = match child {
            Ok(child) => child,
            Err(error) => return drop(started.send(Err(error))),
        };
        // Its number cannot have been given to another one: nobody has waited for it.
        let pid = child.id();
        let pidfd = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let pidfd = pidfd.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput));
        let pidfd = pidfd.and_then(|pid| Ok(pidfd_open(pid, PidfdFlags::empty())?));
        if pidfd.is_err() {
            let _ = child.kill();
        }
        let _ = started.send(pidfd.map(|pidfd| (pid, pidfd)));
        let _ = ended.send(child.wait());
    };
    std::thread::Builder::new()
        .name("successor".to_owned())
        .spawn(look_after)?;
    let gone = |_| io::Error::other("its thread has ended");
    let (pid, pidfd) = start.await.map_err(gone)??;
    Ok(Heir {
        pid,
        pidfd,
        end,
        on_probation: true,
    })
}
