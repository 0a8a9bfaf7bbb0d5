//! What reaches the driver, and the ways of attendants and submitters to it.

use std::time::{Duration, Instant};

use protocol::Hello;
use tokio::sync::{mpsc, oneshot};

use super::Work;
use super::attendant::Report;
use super::event::{Dimensions, Event, WorkerEvent, WorkerId};
use super::outcome::{JobError, Outcome};
use super::process::Spawned;
use super::share::Share;
use super::status::PoolStatus;

/// See the module.
pub(crate) enum Message {
    /// Something for the farm.
    Event(Event),
    /// A job, and where its outcome goes.
    Submit(u64, Work, oneshot::Sender<Outcome>),
    /// Somebody wants to know whether a job would be taken, before he gets its picture.
    WouldTake(Room, oneshot::Sender<Result<(), JobError>>),
    /// The settings have changed.
    Follow(Changes),
    /// The spawner's answer.
    Spawned(WorkerId, std::io::Result<Spawned>),
    /// A worker introduced itself.
    Hello(WorkerId, Hello),
    /// Somebody wants to know.
    Status(oneshot::Sender<PoolStatus>),
    /// Take no more jobs; tell when none is left.
    Drain(oneshot::Sender<()>),
    /// Kill everything; tell when no process is left.
    Stop(oneshot::Sender<()>),
}

/// For what job there is to be room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// On whose account.
    pub(crate) share: Share,
    pub(crate) deadline: Instant,
    /// How many others are coming, if no more may.
    pub(crate) others: Option<usize>,
}

/// What the driver takes over from new settings.
pub(crate) struct Changes {
    pub(crate) dimensions: Dimensions,
    /// Resident memory at which a worker is recycled, bytes.
    pub(crate) rss_max: u64,
    /// Time with a worker from which on a job is logged.
    pub(crate) slow_job: Duration,
    /// Memory of workers that are started from now on, bytes.
    pub(crate) worker_memory_bytes: u64,
}

/// Gives up a job whose submitter leaves before its answer.
pub(crate) struct CancelOnDrop<'a> {
    id: u64,
    driver: Option<&'a mpsc::UnboundedSender<Message>>,
}

impl<'a> CancelOnDrop<'a> {
    pub(crate) fn new(id: u64, driver: &'a mpsc::UnboundedSender<Message>) -> Self {
        Self {
            id,
            driver: Some(driver),
        }
    }

    /// There is nothing left to give up.
    pub(crate) fn answered(mut self) {
        self.driver = None;
    }
}

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(driver) = self.driver {
            // Without a driver there is no job either.
            let _ = driver.send(Message::Event(Event::Cancel(self.id)));
        }
    }
}

/// An attendant's way to the driver.
pub(crate) struct ToDriver {
    pub(crate) worker: WorkerId,
    pub(crate) outbox: mpsc::UnboundedSender<Message>,
}

impl Report for ToDriver {
    fn hello(&self, hello: Hello) {
        // Without a driver there is nobody to tell.
        let _ = self.outbox.send(Message::Hello(self.worker, hello));
    }

    fn event(&self, event: WorkerEvent) {
        let event = Event::Worker(self.worker, event);
        let _ = self.outbox.send(Message::Event(event));
    }
}
