//! The folder and its files, one system call after the other: whoever calls this is on a thread that may wait.
//!
//! The files lie in a folder of their own below the one that the operator names, which may be anybody's: that one
//! is for this user alone, and stays open, so that nobody can put another one in its place. Only files that are
//! named as ours are counted, read or removed.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, Timespec, Timestamps, fstat, mkdirat, openat,
    renameat, statat, unlinkat, utimensat,
};
use rustix::io::Errno;
use rustix::process::geteuid;
use thiserror::Error;

use super::entry::{FILE_BYTES_MAX, Name};
use super::index::Found;

/// The folder below that of the operator.
const RESULTS: &str = "results";
/// The end of the name of a file that is not whole yet.
const PARTIAL: &str = ".partial";
/// A file is not whole for a moment. After this long whoever wrote it was killed.
const PARTIAL_AGE_MAX: Duration = Duration::from_secs(600);
/// The time of a file is when it was last of use, give or take this.
pub(super) const NOTED: Duration = Duration::from_secs(600);

/// Why the folder is not to be had.
#[derive(Debug, Error)]
pub(crate) enum FolderError {
    #[error("it cannot be made: {0}")]
    Making(io::Error),
    #[error("what is in it cannot be opened: {0}")]
    Opening(io::Error),
    #[error("its folder {RESULTS} belongs to another user or is open to others (mode {0:03o})")]
    Open(u32),
    #[error("it cannot be written to: {0}")]
    Writing(io::Error),
}

impl FolderError {
    /// Whether it is the operator's to put right. Otherwise it is the disk's, which may have been fine before
    /// and may be again.
    pub(crate) fn is_mistake(&self) -> bool {
        match self {
            Self::Making(error) | Self::Opening(error) => !is_of_the_disk(error),
            Self::Open(_) => true,
            Self::Writing(error) => error.kind() == io::ErrorKind::PermissionDenied,
        }
    }
}

fn is_of_the_disk(error: &io::Error) -> bool {
    let number = error.raw_os_error().map(Errno::from_raw_os_error);
    let failing = [Errno::IO, Errno::STALE, Errno::TIMEDOUT, Errno::NODEV];
    is_full(error) || number.is_some_and(|number| failing.contains(&number))
}

/// Whether there was no room.
pub(super) fn is_full(error: &io::Error) -> bool {
    let kinds = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
    kinds.contains(&error.kind())
}

/// A file that was read.
pub(super) enum Contents {
    Absent,
    /// It cannot be one of ours.
    Foreign,
    File(Bytes),
}

/// See the module.
#[derive(Debug)]
pub(super) struct Folder(OwnedFd);

impl Folder {
    /// Makes what is missing.
    ///
    /// # Errors
    /// When it cannot be had, or others could read or write in it.
    pub(super) fn open(path: &Path) -> Result<Self, FolderError> {
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(path);
        made.map_err(FolderError::Making)?;
        let results = path.join(RESULTS);
        match mkdirat(CWD, &results, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(FolderError::Making(error.into())),
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = openat(CWD, &results, flags, Mode::empty());
        let folder = opened.map_err(|error| FolderError::Opening(error.into()))?;
        let stat = fstat(&folder).map_err(|error| FolderError::Opening(error.into()))?;
        let mode = stat.st_mode & 0o777;
        if stat.st_uid != geteuid().as_raw() || mode & 0o077 != 0 {
            return Err(FolderError::Open(mode));
        }
        Ok(Self(folder))
    }

    /// Whether a block can be written.
    pub(super) fn probe(&self) -> Result<(), FolderError> {
        let name = format!("probe.{:016x}{PARTIAL}", fastrand::u64(..));
        let written = self.create(&name, &[&[0; 4096]]);
        let _ = unlinkat(&self.0, &name, AtFlags::empty());
        written.map_err(FolderError::Writing)
    }

    /// What is there, in no order. Removes what was never finished.
    pub(super) fn scan(&self, now: SystemTime) -> io::Result<Vec<Found>> {
        let mut found = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let Ok(text) = entry.file_name().to_str() else {
                continue;
            };
            let name = Name::parse(text);
            if name.is_none() && !text.ends_with(PARTIAL) {
                continue;
            }
            // Another gateway may have removed it by now.
            let Ok(stat) = statat(&self.0, text, AtFlags::SYMLINK_NOFOLLOW) else {
                continue;
            };
            let used = modified(&stat);
            let age = now.duration_since(used).unwrap_or_default();
            match name {
                Some(name) if FileType::from_raw_mode(stat.st_mode).is_file() => {
                    let bytes = u64::try_from(stat.st_size).unwrap_or_default();
                    found.push(Found { name, bytes, used });
                }
                None if age > PARTIAL_AGE_MAX => {
                    let _ = unlinkat(&self.0, text, AtFlags::empty());
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// The whole file. Notes that it was of use, if that was not noted lately.
    pub(super) fn read(&self, name: Name) -> io::Result<Contents> {
        // A link or a pipe in its place is none of ours, and must not keep us waiting.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = openat(&self.0, name.to_string(), flags, Mode::empty());
        let file = match opened {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(Contents::Absent),
            Err(Errno::LOOP | Errno::NXIO) => return Ok(Contents::Foreign),
            Err(error) => return Err(error.into()),
        };
        let metadata = file.metadata()?;
        let Ok(length) = usize::try_from(metadata.len().min(FILE_BYTES_MAX)) else {
            return Ok(Contents::Foreign);
        };
        if !metadata.is_file() || metadata.len() > FILE_BYTES_MAX {
            return Ok(Contents::Foreign);
        }
        let now = SystemTime::now();
        let noted = metadata.modified().ok();
        let age = noted.and_then(|noted| now.duration_since(noted).ok());
        if age.is_none_or(|age| age > NOTED) {
            let _ = file.set_modified(now);
        }
        let mut bytes = Vec::with_capacity(length);
        file.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(Contents::File(bytes.into()))
    }

    /// It has its name only when it is whole, so that nobody reads half of one. The disk is not waited for: what a
    /// loss of power tears is told by its checksum.
    pub(super) fn write(&self, name: Name, parts: &[&[u8]]) -> io::Result<()> {
        let partial = format!("{name}.{:016x}{PARTIAL}", fastrand::u64(..));
        self.create(&partial, parts)
            .and_then(|()| Ok(renameat(&self.0, &partial, &self.0, name.to_string())?))
            .inspect_err(|_| {
                // Half a file is of no use, and on a full disk in the way.
                let _ = unlinkat(&self.0, &partial, AtFlags::empty());
            })
    }

    /// Notes that it was of use.
    pub(super) fn touch(&self, name: Name) -> io::Result<()> {
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: rustix::fs::UTIME_NOW,
        };
        let times = Timestamps {
            last_access: now,
            last_modification: now,
        };
        utimensat(&self.0, name.to_string(), &times, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(())
    }

    /// One that is not there is what was wanted.
    pub(super) fn remove(&self, name: Name) -> io::Result<()> {
        match unlinkat(&self.0, name.to_string(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn create(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        // For the owner's eyes only: they are strangers' pictures.
        let mode = Mode::RUSR | Mode::WUSR;
        let mut file = File::from(openat(&self.0, name, flags, mode)?);
        parts.iter().try_for_each(|part| file.write_all(part))
    }
}

fn modified(stat: &Stat) -> SystemTime {
    let seconds = u64::try_from(stat.st_mtime).unwrap_or_default();
    // Many are written in one second.
    let nanoseconds = u32::try_from(stat.st_mtime_nsec).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds.min(999_999_999))
}
