//! The farm of worker processes, as the rest of the gateway sees it: submit work, await its
//! outcome, and never learn where it ran.
//!
//! Read on in running order: `farm.rs` decides (with `slot.rs` and `queue.rs`), `driver.rs`
//! acts, `spawner.rs` starts processes, `attendant.rs` talks to each through `link.rs`.

mod attendant;
mod backoff;
mod bundle;
mod cage;
mod cgroup;
mod cpu;
mod death;
mod digest;
mod driver;
mod event;
mod farm;
mod identity;
mod inbox;
mod journal;
mod kill;
mod link;
mod lobby;
mod metrics;
mod outcome;
mod page;
mod process;
mod quarantine;
mod queue;
mod share;
mod slot;
mod spawner;
mod statm;
mod status;
mod stderr;
mod ticket;
mod wanted;
mod work;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::settings::Settings;
use attendant::Terms;
use cgroup::Leaves;
use driver::{Driver, Rules};
use event::Event;
use inbox::{CancelOnDrop, Changes, Message, Room};
use lobby::Lobby;
use quarantine::{Key, Quarantine};
use spawner::Spawner;
use wanted::{bundles, dimensions, start};

pub(crate) use bundle::{Bundle, DeathNote};
pub(crate) use death::{Cause, Death};
pub(crate) use digest::Digest;
pub(crate) use identity::Identity;
pub(crate) use lobby::Place;
pub(crate) use metrics::PoolMetrics;
pub(crate) use outcome::{Done, JobError, Outcome, QueueLimit};
pub(crate) use quarantine::Sentence;
pub(crate) use share::{Priority, Share};
pub(crate) use spawner::Unreadable;
pub(crate) use status::PoolStatus;
pub(crate) use work::Work;

/// Why there can be no farm.
#[derive(Debug, Error)]
pub(crate) enum FarmError {
    /// The worker program cannot be opened or run.
    #[error(transparent)]
    Program(#[from] io::Error),
    /// The cage cannot be closed as far as the settings demand.
    #[error(transparent)]
    Cage(#[from] cage::Incomplete),
    /// The folder for crash bundles cannot be had.
    #[error("the folder {0} cannot be made: {1}; set crash_bundles to one that can be written")]
    Bundles(PathBuf, io::Error),
    /// Workers cannot have the control groups that the settings demand.
    #[error(transparent)]
    Cgroups(#[from] cgroup::Denied),
}

/// A handle on the farm.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    driver: mpsc::UnboundedSender<Message>,
    spawner: Spawner,
    next_id: Arc<AtomicU64>,
    quarantine: Arc<Quarantine>,
    lobby: Arc<Lobby>,
    metrics: Arc<PoolMetrics>,
}

impl Pool {
    /// Opens the worker program and starts as many workers as the settings say. The task that
    /// comes along ends only by a bug, and the gateway must then end too.
    ///
    /// # Errors
    /// When the program cannot be opened or run, or a layer of the cage or a control group is
    /// missing that the settings require.
    pub(crate) async fn start(
        settings: &Settings,
        program: &Path,
        metrics: Arc<PoolMetrics>,
    ) -> Result<(Self, JoinHandle<()>), FarmError> {
        let leaves = Leaves::claim(settings.worker_cgroups, settings.worker_memory_bytes)?;
        let spawner = Spawner::start(program, start(settings), leaves)?;
        cage::probe(settings.sandbox, &spawner, settings.worker_start_timeout).await?;
        let quarantine = Arc::new(Quarantine::new(settings.quarantine));
        let rules = Rules {
            terms: Terms {
                sandbox: settings.sandbox,
            },
            rss_max: settings.worker_rss_max_bytes,
            quarantine: Arc::clone(&quarantine),
            slow_job: settings.slow_job,
            bundles: bundles(settings)?,
            worker_memory_bytes: settings.worker_memory_bytes,
        };
        let lobby = Arc::<Lobby>::default();
        let (driver, outbox) = Driver::new(
            dimensions(settings),
            spawner.clone(),
            rules,
            Arc::clone(&metrics),
            Arc::clone(&lobby),
        );
        let task = tokio::spawn(driver.run());
        let pool = Self {
            driver: outbox,
            spawner,
            next_id: Arc::new(AtomicU64::new(1)),
            quarantine,
            lobby,
            metrics,
        };
        Ok((pool, task))
    }

    /// From now on follows these settings. With `new_workers`, those that are there are replaced
    /// one by one, each when it is idle.
    pub(crate) fn follow(&self, settings: &Settings, new_workers: bool) {
        self.quarantine.set_term(settings.quarantine);
        self.spawner.start_as(start(settings));
        let changes = Changes {
            dimensions: dimensions(settings),
            rss_max: settings.worker_rss_max_bytes,
            slow_job: settings.slow_job,
            worker_memory_bytes: settings.worker_memory_bytes,
        };
        // Without a driver there is no farm to change.
        let _ = self.driver.send(Message::Follow(changes));
        if new_workers {
            self.tell(Event::Renew);
        }
    }

    /// Has `work` done. Dropping the future gives it up: a waiting job is forgotten, a running
    /// one is stopped with its worker.
    pub(crate) async fn submit(&self, work: Work) -> Outcome {
        if let Some(sentence) = self.sentence(&work).await {
            return Err(JobError::Quarantined(sentence));
        }
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (answer, outcome) = oneshot::channel();
        let abandoned = CancelOnDrop::new(id, &self.driver);
        if self.driver.send(Message::Submit(id, work, answer)).is_err() {
            return Err(JobError::Draining);
        }
        let outcome = outcome.await;
        abandoned.answered();
        // The driver ends only with the gateway.
        outcome.unwrap_or(Err(JobError::Draining))
    }

    /// Whether a job of this account may be expected to be taken when its picture is there: asked before
    /// that is fetched or read. The place is to be held until then; it is no promise.
    ///
    /// # Errors
    /// Why the job would not be taken.
    pub(crate) async fn expect(&self, share: Share, deadline: Instant) -> Result<Place, JobError> {
        let place = self.lobby.enter();
        if !place.is_doubtful() {
            return Ok(place);
        }
        let verdict = match place.known(share) {
            Some(error) => Err(error),
            None => self.ask_for_room(&place, share, deadline).await,
        };
        verdict.inspect_err(|error| self.metrics.turned_away(error))?;
        Ok(place)
    }

    async fn ask_for_room(
        &self,
        place: &Place,
        share: Share,
        deadline: Instant,
    ) -> Result<(), JobError> {
        let (edition, others) = (self.lobby.edition(), place.others());
        let room = Room {
            share,
            deadline,
            others: place.is_one_too_many().then_some(others),
        };
        let (answer, verdict) = oneshot::channel();
        let message = Message::WouldTake(room, answer);
        if self.driver.send(message).is_err() {
            return Err(JobError::Draining);
        }
        // The driver ends only with the gateway.
        let verdict = verdict.await.unwrap_or(Err(JobError::Draining));
        verdict.inspect_err(|error| self.lobby.keep(edition, share, others, error))
    }

    /// Digest of the worker program, which decides with the job on the result.
    ///
    /// # Errors
    /// When this user may run it, but not read it.
    pub(crate) fn program(&self) -> Result<[u8; 32], Unreadable> {
        self.spawner.program()
    }

    /// How many jobs are locked out because they kill workers.
    pub(crate) fn quarantined(&self) -> usize {
        self.quarantine.count(Instant::now())
    }

    async fn sentence(&self, work: &Work) -> Option<Sentence> {
        if self.quarantine.is_empty() {
            return None;
        }
        let key = Key::of(work).await;
        self.quarantine.sentence(key, Instant::now())
    }

    /// The farm at this moment; `None` when it has ended.
    pub(crate) async fn status(&self) -> Option<PoolStatus> {
        let (answer, status) = oneshot::channel();
        self.driver.send(Message::Status(answer)).ok()?;
        status.await.ok()
    }

    /// From now on has `size` workers, at least one. Running jobs are not interrupted.
    pub(crate) fn resize(&self, size: usize) {
        self.tell(Event::Resize(size));
    }

    /// Replaces the worker of one slot when it is idle.
    pub(crate) fn recycle(&self, slot: usize) {
        self.tell(Event::Recycle(slot));
    }

    fn tell(&self, event: Event) {
        // Without a driver there is no farm to change.
        let _ = self.driver.send(Message::Event(event));
    }

    /// Takes no more work, and returns when all that was taken is done.
    pub(crate) async fn drain(&self) {
        self.ask(Message::Drain).await;
    }

    /// Gives up all work and kills all workers; returns when none is left.
    pub(crate) async fn stop(&self) {
        self.ask(Message::Stop).await;
    }

    async fn ask(&self, message: fn(oneshot::Sender<()>) -> Message) {
        let (answer, done) = oneshot::channel();
        if self.driver.send(message(answer)).is_ok() {
            // A driver that has ended is as drained as can be.
            let _ = done.await;
        }
    }
}
