//! The one thread that starts every worker, and never ends.
//!
//! A worker asks the kernel to be killed with its parent, and the kernel takes "parent" to mean
//! the thread that started it: were that a thread of the async runtime, the worker would die
//! when the runtime retires the thread. `Command` is used without `pre_exec` and without
//! `uid`, because either makes it fork instead of vfork, which blocks a large gateway for tens
//! of milliseconds.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};

use blake3::Hasher;
use protocol::Start;
use thiserror::Error;
use tokio::sync::oneshot;

use super::cgroup::{Leaves, LeavesStatus};
use super::page::Page;
use super::process::{Spawned, pidfd_open};

enum Request {
    /// Start one worker, and answer there.
    Spawn(oneshot::Sender<io::Result<Spawned>>),
    /// Start the next ones so.
    StartAs(Start),
}

/// Why the worker program can be run, and not be read.
#[derive(Debug, Clone, Error)]
#[error("{0}")]
pub(crate) struct Unreadable(Arc<io::Error>);

impl Unreadable {
    fn new(error: io::Error) -> Self {
        Self(Arc::new(error))
    }
}

/// Asks the spawner thread for processes.
#[derive(Debug, Clone)]
pub(crate) struct Spawner {
    requests: mpsc::Sender<Request>,
    leaves: Leaves,
    program: Result<[u8; 32], Unreadable>,
}

impl Spawner {
    /// Opens the worker program and starts the thread. Every worker is a process of the very
    /// file that is opened here: one that replaces it on disk later is not mixed in.
    ///
    /// # Errors
    /// When the program cannot be opened or is not executable, or no thread can be started.
    pub(crate) fn start(program: &Path, start: Start, leaves: Leaves) -> io::Result<Self> {
        let executable = OpenOptions::new()
            .read(true)
            .custom_flags(nix::libc::O_PATH)
            .open(program)?;
        if !is_executable(program) {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "it is not an executable file",
            ));
        }
        let (requests, inbox) = mpsc::channel::<Request>();
        let giver = leaves.clone();
        let program = digest(&executable).map_err(Unreadable::new);
        std::thread::Builder::new()
            .name("spawner".to_owned())
            .spawn(move || {
                let mut start = start;
                for request in inbox {
                    match request {
                        // The asker has given up only when the gateway is ending.
                        Request::Spawn(answer) => {
                            drop(answer.send(spawn(&executable, start, &giver)));
                        }
                        Request::StartAs(other) => start = other,
                    }
                }
            })?;
        Ok(Self {
            requests,
            leaves,
            program,
        })
    }

    /// Digest of the program that every worker is a process of.
    ///
    /// # Errors
    /// When this user may run it, but not read it.
    pub(crate) fn program(&self) -> Result<[u8; 32], Unreadable> {
        self.program.clone()
    }

    /// From now on workers are started so.
    pub(crate) fn start_as(&self, start: Start) {
        self.leaves.follow(start.memory_bytes);
        // Without the thread no worker is started in any way; whoever asks for one is told.
        let _ = self.requests.send(Request::StartAs(start));
    }

    /// Starts one worker.
    ///
    /// # Errors
    /// What the kernel says: no more processes, memory or descriptors.
    pub(crate) async fn spawn(&self) -> io::Result<Spawned> {
        let (answer, spawned) = oneshot::channel();
        let gone = || io::Error::other("the spawner thread has ended");
        self.requests
            .send(Request::Spawn(answer))
            .map_err(|_| gone())?;
        spawned.await.map_err(|_| gone())?
    }

    /// Whether workers get control groups of their own, for operators.
    pub(crate) fn leaves(&self) -> LeavesStatus {
        self.leaves.status()
    }
}

fn digest(executable: &File) -> io::Result<[u8; 32]> {
    let program = File::open(format!("/proc/self/fd/{}", executable.as_raw_fd()))?;
    let mut hasher = Hasher::new();
    hasher.update_reader(program)?;
    Ok(hasher.finalize().into())
}

fn is_executable(program: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    program
        .metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn spawn(executable: &File, start: Start, leaves: &Leaves) -> io::Result<Spawned> {
    let (ours, theirs) = UnixStream::pair()?;
    let page = Page::new()?;
    let mut child = Command::new(format!("/proc/self/fd/{}", executable.as_raw_fd()))
        .arg0("framefarm-worker")
        .args(start.arguments())
        .env_clear()
        // Ctrl-C in a terminal goes to the whole foreground group; workers must outlive it so
        // that the gateway can drain.
        .process_group(0)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::from(page.for_worker()?))
        .stderr(Stdio::piped())
        .spawn()?;
    // It may already be closing its cage, but it has no job: what it holds so far is counted for
    // the gateway, and is next to nothing.
    let leaf = leaves.take_in(child.id());
    let pidfd = pidfd_open(child.id());
    let (Ok(leaf), Ok(pidfd), Some(stderr)) = (&leaf, pidfd, child.stderr.take()) else {
        child.kill()?;
        child.wait()?;
        let no_pidfd = || io::Error::other("no pidfd for a new worker");
        return Err(leaf.err().unwrap_or_else(no_pidfd));
    };
    Ok(Spawned {
        pid: child.id(),
        pidfd,
        socket: ours,
        page,
        stderr: stderr.into(),
        leaf: leaf.clone(),
    })
}
