//! The gateway's end of the page that a worker leaves its trail on: a sealed memfd, handed over
//! as standard output. It is read like a file and never mapped, so that nothing that the worker
//! does to it can harm the reader.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use protocol::{Breadcrumb, PAGE_BYTES};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};

/// A page of one worker's life.
#[derive(Debug, Clone)]
pub(crate) struct Page(Arc<File>);

impl Page {
    /// An empty page, of a length that nobody can change.
    ///
    /// # Errors
    /// When there is no descriptor or no memory left.
    pub(crate) fn new() -> io::Result<Self> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let page = memfd_create("framefarm-breadcrumb", flags)?;
        ftruncate(&page, PAGE_BYTES as u64)?;
        fcntl_add_seals(&page, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        Ok(Self(Arc::new(File::from(page))))
    }

    /// The descriptor for the worker.
    ///
    /// # Errors
    /// When there is no descriptor left.
    pub(crate) fn for_worker(&self) -> io::Result<OwnedFd> {
        self.0.try_clone().map(OwnedFd::from)
    }

    /// What is on it now.
    pub(crate) fn read(&self) -> Breadcrumb {
        let mut page = [0; PAGE_BYTES];
        // A page that cannot be read says nothing, which is what it then is.
        match self.0.read_exact_at(&mut page, 0) {
            Ok(()) => Breadcrumb::read(&page),
            Err(_) => Breadcrumb::default(),
        }
    }
}
