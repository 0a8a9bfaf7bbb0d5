//! The threads that read.

use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::Shared;
use super::entry::{self, Name};
use super::folder::{Contents, FolderError};
use super::health::Without;
use super::keeper::Task;
use crate::pool::Done;

/// Somebody waits for a file.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) name: Name,
    pub(super) answer: oneshot::Sender<Option<Done>>,
}

/// See the module.
pub(super) struct Reader {
    pub(super) shared: Arc<Shared>,
    pub(super) requests: Arc<Mutex<Receiver<Request>>>,
    pub(super) keeper: SyncSender<Task>,
}

impl Reader {
    /// Until nobody can ask any more.
    pub(super) fn run(self) {
        loop {
            let requests = self.requests.lock();
            let request = requests.unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Request { name, answer }) = request else {
                return;
            };
            // Whoever has waited for too long has gone.
            if !answer.is_closed() {
                let _ = answer.send(self.read(name));
            }
        }
    }

    fn read(&self, name: Name) -> Option<Done> {
        let folder = self.shared.folder.load_full()?;
        let file = match folder.read(name) {
            Ok(Contents::Absent) => return None,
            Ok(Contents::File(file)) => Some(file),
            Ok(Contents::Foreign) => None,
            Err(error) => {
                self.failed(FolderError::Opening(error));
                return None;
            }
        };
        let length = file.as_ref().map_or(0, |file| file.len() as u64);
        let found = file.and_then(|file| entry::read(name, &file));
        let task = match found {
            Some(_) => Task::Read { name, length },
            None => {
                self.shared.metrics.garbled.inc();
                tracing::warn!(%name, "cache_folder: a file is damaged, and removed");
                if let Err(error) = folder.remove(name) {
                    self.failed(FolderError::Writing(error));
                }
                Task::Gone(name)
            }
        };
        // If there is no room for it, the next scan finds out.
        let _ = self.keeper.try_send(task);
        let (reply, body) = found?;
        Some(Done::kept(reply, body))
    }

    fn failed(&self, error: FolderError) {
        let without = match error {
            FolderError::Writing(_) => Without::Writing,
            _ => Without::Either,
        };
        self.shared.metrics.failures.inc();
        self.shared.health.failed(without, &error);
        // It is the keeper who tries again.
        let _ = self.keeper.try_send(Task::Look);
    }
}
