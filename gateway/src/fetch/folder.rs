//! Files below a folder of this machine.
//!
//! The kernel is told to stay below the folder (`openat2`), whatever links lie in it: one that stays inside
//! is followed, one that leads out is refused. A file is looked at before it is opened for reading,
//! so that neither a pipe nor a device is ever opened, let alone waited for.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::thread;

use rustix::fs::{CWD, FileType, Mode, OFlags, ResolveFlags, fstat, open, openat, openat2};
use rustix::io::Errno;
use tokio::sync::oneshot;

use super::error::FetchError;
use super::turns::Turn;
use crate::intake::{Intake, Source};

const PIECE_BYTES: usize = 64 * 1024;
/// The kernel gives up when somebody renames folders under it.
const TRIES: usize = 3;

/// Whether the folder can be a root here: a sentence without its subject if not.
pub(super) fn check(folder: &Path) -> Result<(), String> {
    let root = open_folder(folder).map_err(|why| format!("that cannot be opened: {why}"))?;
    match find(&root, Path::new(".")) {
        Ok(_) => Ok(()),
        Err(Errno::NOSYS | Errno::PERM) => Err(
            "reading below a folder needs openat2, which this kernel (before Linux 5.6) or \
             container does not have"
                .to_owned(),
        ),
        Err(why) => Err(format!("that cannot be looked into: {why}")),
    }
}

/// The file of that path below the folder. `turn` is given back when the kernel has answered, even
/// if nobody waits for it any more.
pub(super) async fn read(
    folder: PathBuf,
    path: PathBuf,
    host: String,
    intake: Intake,
    turn: Turn,
) -> Result<Source, FetchError> {
    let (teller, told) = oneshot::channel();
    let of = host.clone();
    // Of its own, not one of the runtime's: those are waited for at the end, and a disk that has gone
    // away keeps what reads from it for ever.
    let thread = thread::Builder::new().name("file".to_owned());
    let started = thread.spawn(move || {
        let _turn = turn;
        let file = open_file(&folder, &path).map_err(|why| refusal(&of, why));
        // Nobody may be waiting any more.
        let _ = teller.send(file.and_then(|file| take_in(file, &of, &intake)));
    });
    if let Err(error) = started {
        tracing::warn!(host, %error, "there is no thread to read a file with");
        return Err(unreachable(
            &host,
            "this server is short of threads".to_owned(),
        ));
    }
    let lost = |_| Err(unreachable(&host, "reading was broken off".to_owned()));
    told.await.unwrap_or_else(lost)
}

/// Why there is no file to read.
enum Refused {
    /// It is something else.
    NotRegular,
    Kernel(Errno),
}

impl From<Errno> for Refused {
    fn from(why: Errno) -> Self {
        Self::Kernel(why)
    }
}

fn open_folder(folder: &Path) -> Result<OwnedFd, Errno> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    open(folder, flags, Mode::empty())
}

/// A handle that can be looked at and not read: making it does nothing to a pipe or a device.
fn find(root: &OwnedFd, path: &Path) -> Result<OwnedFd, Errno> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let inside = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let mut tries = 0;
    loop {
        tries += 1;
        match openat2(root, path, flags, Mode::empty(), inside) {
            Err(Errno::AGAIN | Errno::INTR) if tries < TRIES => {}
            result => return result,
        }
    }
}

fn open_file(folder: &Path, path: &Path) -> Result<File, Refused> {
    // Anew each time: a folder that was replaced is the new one.
    let root = open_folder(folder)?;
    let found = find(&root, path)?;
    let kind = FileType::from_raw_mode(fstat(&found)?.st_mode);
    if kind != FileType::RegularFile {
        return Err(Refused::NotRegular);
    }
    // The very file that was looked at.
    let handle = format!("/proc/self/fd/{}", found.as_fd().as_raw_fd());
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(openat(CWD, handle, flags, Mode::empty())?))
}

fn take_in(mut file: File, host: &str, intake: &Intake) -> Result<Source, FetchError> {
    let failed = |error: io::Error| unreachable(host, format!("reading failed ({})", error.kind()));
    let length = file.metadata().map_err(failed)?.len();
    let mut receipt = intake.begin(Some(length))?;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(receipt.finish()),
            Ok(length) => receipt.push(&piece[..length])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

fn refusal(host: &str, refused: Refused) -> FetchError {
    let why = match refused {
        Refused::NotRegular => "what is there is no file",
        Refused::Kernel(Errno::NOENT | Errno::NOTDIR | Errno::NAMETOOLONG) => {
            "there is no such file"
        }
        Refused::Kernel(Errno::ACCESS) => "this server may not read that file",
        Refused::Kernel(Errno::LOOP) => "its links lead in circles",
        Refused::Kernel(Errno::XDEV) => {
            return FetchError::Forbidden {
                host: host.to_owned(),
                why: "a link there leads out of what this server reads (source_roots)".to_owned(),
            };
        }
        Refused::Kernel(error) => {
            tracing::warn!(host, %error, "a file cannot be opened");
            "that file cannot be opened"
        }
    };
    unreachable(host, why.to_owned())
}

fn unreachable(host: &str, why: String) -> FetchError {
    FetchError::Unreachable {
        host: host.to_owned(),
        why,
    }
}
