//! What reaches the driver, and an attendant's way to it.

use protocol::Hello;
use tokio::sync::{mpsc, oneshot};

use super::Work;
use super::attendant::Report;
use super::event::{Dimensions, Event, WorkerEvent, WorkerId};
use super::outcome::Outcome;
use super::process::Spawned;
use super::status::PoolStatus;

/// See the module.
pub(crate) enum Message {
    /// Something for the farm.
    Event(Event),
    /// A job, and where its outcome goes.
    Submit(u64, Work, oneshot::Sender<Outcome>),
    /// The settings have changed: the farm's dimensions, and the resident memory at which a
    /// worker is recycled, bytes.
    Follow(Dimensions, u64),
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
