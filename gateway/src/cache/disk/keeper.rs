//! The thread that writes and removes, and knows what there is.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use super::entry::{self, Name};
use super::folder::{Folder, FolderError, is_full};
use super::health::Without;
use super::index::{Index, is_worth};
use super::{Shared, Waiting};
use crate::pool::Done;

/// The folder is looked through anew after this long, and when this part of its room has been written: another
/// gateway may write there too.
const SCAN_EVERY: Duration = Duration::from_secs(3600);
const SCAN_PARTS: u64 = 8;
/// What is given back when the disk is full: the room is somebody else's by now.
const GIVEN_BACK_PARTS: u64 = 8;

/// What there is to do.
#[derive(Debug)]
pub(super) enum Task {
    /// Write it, unless it is not new and there already.
    Keep {
        name: Name,
        waiting: Waiting,
        is_new: bool,
    },
    /// It was read, and has this length.
    Read { name: Name, length: u64 },
    /// It is gone.
    Gone(Name),
    /// The bound or the state was changed by another thread.
    Look,
}

/// See the module.
pub(super) struct Keeper {
    shared: Arc<Shared>,
    path: PathBuf,
    index: Index,
    scanned: Instant,
    /// Bytes written since.
    written: u64,
}

impl Keeper {
    pub(super) fn new(shared: Arc<Shared>, path: PathBuf) -> Self {
        Self {
            shared,
            path,
            index: Index::default(),
            scanned: Instant::now(),
            written: 0,
        }
    }

    /// Opens the folder for the first time.
    ///
    /// # Errors
    /// What the operator has to put right. A disk that fails is tried again.
    pub(super) fn begin(&mut self) -> Result<(), FolderError> {
        match self.open() {
            Ok(()) => self.shared.health.works(),
            Err(error) if error.is_mistake() => return Err(error),
            Err(error) => self.unopened(&error),
        }
        Ok(())
    }

    /// Until nobody can ask any more.
    pub(super) fn run(mut self, inbox: &Receiver<Task>) {
        self.scan();
        loop {
            let next = self.shared.health.retry_at();
            let next = next.unwrap_or(self.scanned + SCAN_EVERY);
            match inbox.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(task) => self.carry_out(task),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.look_after();
        }
    }

    fn carry_out(&mut self, task: Task) {
        match task {
            Task::Keep {
                name,
                mut waiting,
                is_new,
            } => {
                if !is_new && self.is_there(name) || self.keep(name, &waiting.done) {
                    waiting.is_there();
                }
            }
            Task::Read { name, length } => {
                let now = SystemTime::now();
                if !self.index.touch(name, now) {
                    self.index.put(name, length, now);
                }
            }
            Task::Gone(name) => self.index.remove(name),
            Task::Look => {
                self.make_room(None);
            }
        }
        self.tell();
    }

    fn is_there(&mut self, name: Name) -> bool {
        let folder = self.shared.folder.load();
        let noted = folder.as_ref().map(|folder| folder.touch(name));
        noted.is_some_and(|noted| noted.is_ok()) && self.index.touch(name, SystemTime::now())
    }

    /// Whether it is written now.
    fn keep(&mut self, name: Name, done: &Done) -> bool {
        let folder = self.shared.folder.load_full();
        let head = entry::head(name, &done.reply, &done.body);
        let (Some(folder), Some(head)) = (folder, head) else {
            self.shared.metrics.dropped.inc();
            return false;
        };
        let body = done.body.as_ref();
        let length = (head.len() + body.len()) as u64;
        // The bound may be lower by now than it was when this came.
        if !is_worth(length, self.bytes_max()) || !self.make_room(Some(length)) {
            self.shared.metrics.dropped.inc();
            return false;
        }
        match folder.write(name, &[&head, body]) {
            Ok(()) => {
                self.shared.metrics.written.inc();
                self.written += length;
                self.index.put(name, length, SystemTime::now());
                true
            }
            Err(error) => {
                if is_full(&error) {
                    let bytes = self.index.bytes();
                    self.shrink(None, bytes - bytes / GIVEN_BACK_PARTS);
                }
                self.failed(Without::Writing, &FolderError::Writing(error));
                false
            }
        }
    }

    /// Whether there is room now, and it may be used.
    fn make_room(&mut self, length: Option<u64>) -> bool {
        self.shared.health.may_write() && self.shrink(length, self.bytes_max())
    }

    fn shrink(&mut self, length: Option<u64>, bytes_max: u64) -> bool {
        let Some(folder) = self.shared.folder.load_full() else {
            return false;
        };
        while let Some(name) = self.index.surplus(length, bytes_max) {
            if let Err(error) = folder.remove(name) {
                self.failed(Without::Writing, &FolderError::Writing(error));
                return false;
            }
            self.shared.metrics.evicted.inc();
            self.index.remove(name);
        }
        true
    }

    fn bytes_max(&self) -> u64 {
        self.shared.bytes_max.load(Ordering::Relaxed)
    }

    /// Tries again what failed, and looks at what others did.
    fn look_after(&mut self) {
        let now = Instant::now();
        let is_due = match self.shared.health.retry_at() {
            Some(retry_at) => now >= retry_at,
            None => {
                self.written > self.bytes_max() / SCAN_PARTS
                    || now.duration_since(self.scanned) > SCAN_EVERY
            }
        };
        if !is_due {
            return;
        }
        // Opened anew each time, for it may have been replaced.
        match self.open() {
            Ok(()) => {
                self.shared.health.works();
                self.scan();
            }
            Err(error) => self.unopened(&error),
        }
    }

    fn open(&self) -> Result<(), FolderError> {
        let folder = Arc::new(Folder::open(&self.path)?);
        self.shared.folder.store(Some(Arc::clone(&folder)));
        folder.probe()
    }

    fn unopened(&self, error: &FolderError) {
        if let FolderError::Writing(_) = error {
            self.failed(Without::Writing, error);
            // It is open.
            self.shared.health.may_be_read();
        } else {
            self.failed(Without::Either, error);
        }
    }

    fn scan(&mut self) {
        (self.scanned, self.written) = (Instant::now(), 0);
        let Some(folder) = self.shared.folder.load_full() else {
            return;
        };
        let now = SystemTime::now();
        match folder.scan(now) {
            Ok(found) => self.index = Index::of(found, &self.index, now),
            Err(error) => self.failed(Without::Writing, &FolderError::Opening(error)),
        }
        self.make_room(None);
        self.tell();
    }

    fn failed(&self, without: Without, error: &FolderError) {
        self.shared.metrics.failures.inc();
        self.shared.health.failed(without, error);
    }

    fn tell(&self) {
        let metrics = &self.shared.metrics;
        metrics.entries.set(self.index.len() as i64);
        metrics.bytes.set(self.index.bytes() as i64);
    }
}
