//! Results in a folder, so that they outlive the process. Each is a file (`disk/entry.rs`) that is found by its
//! name; what is known of all together is the keeper's, for the bound.
//!
//! Nobody waits for a disk here. Results are handed to a thread, or dropped when it has too many; who reads waits
//! for a moment at most. A disk that is full or fails is done without for a while (`disk/health.rs`). Several
//! gateways may have one folder: a file is whole when it has its name, and the name says all that decides on what is in it.

mod entry;
mod folder;
mod health;
mod index;
mod keeper;
mod metrics;
mod reader;
mod waiting;

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use serde_json::{Value, json};
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::Key;
use crate::pool::{Done, Unreadable};
use crate::settings::Settings;
use entry::{BODY_BYTES_MAX, Name};
use folder::{Folder, FolderError, NOTED};
use health::Health;
use keeper::{Keeper, Task};
use reader::{Reader, Request};
use waiting::{Room, Waiting};

pub(crate) use metrics::DiskMetrics;
pub(super) use waiting::Noted;

/// Longer than this nobody waits for a file: a job may be as fast.
const READ_MAX: Duration = Duration::from_millis(500);
/// Threads that read. More would hold more files in memory at once.
const READERS: usize = 2;
/// Reads that may wait; those beyond are misses.
const READS_MAX: usize = 64;
/// Results that may wait to be written; those beyond are dropped.
const TASKS_MAX: usize = 256;
/// How long a start waits for the folder before it goes on without.
const OPEN_MAX: Duration = Duration::from_secs(5);
/// Pause between two looks at what waits to be written.
const POLL: Duration = Duration::from_millis(5);

/// Why there can be no cache on disk.
#[derive(Debug, Error)]
pub(crate) enum DiskError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("the worker program cannot be read, which tells whose results are whose: {0}")]
    Program(Unreadable),
    #[error("a thread cannot be started: {0}")]
    Thread(io::Error),
}

/// A handle; clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    shared: Arc<Shared>,
    tasks: SyncSender<Task>,
    reads: SyncSender<Request>,
    began: Instant,
}

/// What the threads and the handles share.
#[derive(Debug)]
struct Shared {
    /// `None`: never opened.
    folder: ArcSwapOption<Folder>,
    health: Health,
    metrics: Arc<DiskMetrics>,
    bytes_max: AtomicU64,
    room: Room,
}

impl Disk {
    /// Opens the folder that the settings name, if they do. Keys tell the results of one worker program from
    /// those of another only where its digest is known.
    ///
    /// # Errors
    /// When there can be none, by what is the operator's to put right. A disk that is full or fails is no error.
    pub(crate) async fn open(
        settings: &Settings,
        program: Result<[u8; 32], Unreadable>,
        metrics: Arc<DiskMetrics>,
    ) -> Result<Option<Self>, DiskError> {
        let Some(path) = &settings.cache_folder else {
            return Ok(None);
        };
        program.map_err(DiskError::Program)?;
        let shared = Arc::new(Shared {
            folder: ArcSwapOption::empty(),
            health: Health::new(),
            metrics,
            bytes_max: AtomicU64::new(settings.cache_folder_bytes),
            room: Room::default(),
        });
        let (disk, opened) = Self::start(shared, path).map_err(DiskError::Thread)?;
        match timeout(OPEN_MAX, opened).await {
            Ok(Ok(opened)) => opened?,
            // The thread has ended, or stands still: requests do without.
            Ok(Err(_)) | Err(_) => {
                tracing::warn!("cache_folder: not open yet; it is done without until it is");
            }
        }
        Ok(Some(disk))
    }

    fn start(shared: Arc<Shared>, path: &Path) -> io::Result<(Self, Opened)> {
        let (tasks, task_inbox) = sync_channel(TASKS_MAX);
        let (reads, read_inbox) = sync_channel(READS_MAX);
        let requests = Arc::new(Mutex::new(read_inbox));
        for number in 0..READERS {
            let reader = Reader {
                shared: Arc::clone(&shared),
                requests: Arc::clone(&requests),
                keeper: tasks.clone(),
            };
            let name = format!("cache-read-{number}");
            thread::Builder::new()
                .name(name)
                .spawn(move || reader.run())?;
        }
        let (answer, opened) = oneshot::channel();
        let mut keeper = Keeper::new(Arc::clone(&shared), path.to_owned());
        let keep = move || {
            let begun = keeper.begin().map_err(DiskError::from);
            let goes_on = begun.is_ok();
            if let Err(Err(error)) = answer.send(begun) {
                // The start has not waited for it.
                tracing::warn!(%error, "cache_folder: it cannot be used");
            }
            if goes_on {
                keeper.run(&task_inbox);
            }
        };
        thread::Builder::new()
            .name("cache-keep".to_owned())
            .spawn(keep)?;
        let disk = Self {
            shared,
            tasks,
            reads,
            began: Instant::now(),
        };
        Ok((disk, opened))
    }

    /// The result, if it is there and comes soon.
    pub(super) async fn find(&self, key: Key) -> Option<Done> {
        let name = Name::of(key);
        if !self.shared.health.may_read() {
            return None;
        }
        let (answer, found) = oneshot::channel();
        self.reads.try_send(Request { name, answer }).ok()?;
        match timeout(READ_MAX, found).await {
            Ok(found) => {
                self.shared.health.in_time();
                found.ok().flatten()
            }
            Err(_) => {
                self.shared.health.late(READ_MAX);
                self.look();
                None
            }
        }
    }

    /// Has it written if it is worth the room; whether it will be, as far as is known now. One that is not new is
    /// written only if it is not there.
    pub(super) fn keep(&self, key: Key, done: &Done, noted: &Noted, is_new: bool) -> bool {
        let bytes = done.body.len() as u64;
        let name = Name::of(key);
        if !index::is_worth(bytes, self.bytes_max()) || bytes > BODY_BYTES_MAX {
            return false;
        }
        if !self.shared.health.may_write() {
            if is_new {
                self.shared.metrics.dropped.inc();
            }
            return false;
        }
        // Before, because it may be in vain at once.
        noted.store(self.now(), Ordering::Relaxed);
        let waiting = self.shared.room.take(done, noted);
        let taken = waiting.is_some_and(|waiting| {
            let task = Task::Keep {
                name,
                waiting,
                is_new,
            };
            self.tasks.try_send(task).is_ok()
        });
        if !taken && is_new {
            self.shared.metrics.dropped.inc();
        }
        taken
    }

    /// From now on follows these settings.
    pub(super) fn follow(&self, settings: &Settings) {
        let bytes_max = settings.cache_folder_bytes;
        if self.shared.bytes_max.swap(bytes_max, Ordering::Relaxed) != bytes_max {
            self.look();
        }
    }

    /// Wakes the keeper. If it has much to do, it looks by itself.
    fn look(&self) {
        let _ = self.tasks.try_send(Task::Look);
    }

    /// Returns when all that was to be written is.
    pub(super) async fn written(&self) {
        while self.shared.room.taken() > 0 {
            sleep(POLL).await;
        }
    }

    /// Now, for [`Noted`].
    pub(super) fn now(&self) -> u64 {
        self.began.elapsed().as_secs() + 1
    }

    /// Whether it is time to tell it again that a result is of use.
    pub(super) fn is_forgotten(&self, noted: &Noted) -> bool {
        let noted = noted.load(Ordering::Relaxed);
        noted == 0 || self.now().saturating_sub(noted) > NOTED.as_secs()
    }

    pub(crate) fn is_on(&self) -> bool {
        self.shared.health.may_write()
    }

    /// For `/status.json`.
    pub(crate) fn status(&self) -> Value {
        let (state, why) = self.shared.health.name_and_why();
        let metrics = &self.shared.metrics;
        json!({
            "state": state,
            "why": why,
            "entries": metrics.entries.get(),
            "bytes": metrics.bytes.get(),
            "bytes_max": self.bytes_max(),
            "waiting_bytes": self.shared.room.taken(),
            "written": metrics.written.get(),
            "dropped": metrics.dropped.get(),
            "evicted": metrics.evicted.get(),
            "garbled": metrics.garbled.get(),
            "failures": metrics.failures.get(),
        })
    }

    fn bytes_max(&self) -> u64 {
        self.shared.bytes_max.load(Ordering::Relaxed)
    }
}

type Opened = oneshot::Receiver<Result<(), DiskError>>;
