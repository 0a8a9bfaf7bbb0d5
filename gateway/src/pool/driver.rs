//! Carries out what the farm decides: starts and kills processes, moves pictures, answers
//! clients. One task; it holds everything that the farm must not see.

mod hand;
mod knowledge;
mod pending;
mod view;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use hand::Hand;
use pending::Pending;

use super::attendant::Terms;
use super::bundle::Folder;
use super::cage;
use super::event::{Dimensions, Effect, Event, WorkerEvent, WorkerId};
use super::farm::Farm;
use super::inbox::Message;
use super::journal;
use super::lobby::Lobby;
use super::metrics::PoolMetrics;
use super::outcome::{JobError, outcome_name};
use super::quarantine::Quarantine;
use super::spawner::Spawner;
use super::ticket::Ticket;

/// Waking up so much later than asked for means that the process itself was stopped.
const STANDSTILL: Duration = Duration::from_secs(1);

/// What holds for every job.
pub(crate) struct Rules {
    pub(crate) terms: Terms,
    /// Resident memory at which a worker is recycled, bytes.
    pub(crate) rss_max: u64,
    pub(crate) quarantine: Arc<Quarantine>,
    /// Time with a worker from which on a job is logged.
    pub(crate) slow_job: Duration,
    /// Where crashes are kept, if they are.
    pub(crate) bundles: Option<Arc<Folder>>,
    /// Memory of a worker, bytes.
    pub(crate) worker_memory_bytes: u64,
}

pub(crate) struct Driver {
    farm: Farm,
    spawner: Spawner,
    rules: Rules,
    metrics: Arc<PoolMetrics>,
    inbox: mpsc::UnboundedReceiver<Message>,
    outbox: mpsc::UnboundedSender<Message>,
    jobs: HashMap<u64, Pending>,
    hands: HashMap<WorkerId, Hand>,
    /// Killed before the spawner had even answered.
    stillborn: Vec<WorkerId>,
    draining: bool,
    lobby: Arc<Lobby>,
    gaps: cage::Gaps,
    last_success: Option<Instant>,
    at_rest: Vec<oneshot::Sender<()>>,
    empty: Vec<oneshot::Sender<()>>,
}

impl Driver {
    pub(crate) fn new(
        dimensions: Dimensions,
        spawner: Spawner,
        rules: Rules,
        metrics: Arc<PoolMetrics>,
        lobby: Arc<Lobby>,
    ) -> (Self, mpsc::UnboundedSender<Message>) {
        let (outbox, inbox) = mpsc::unbounded_channel();
        let driver = Self {
            farm: Farm::new(dimensions, Instant::now()),
            spawner,
            rules,
            metrics,
            inbox,
            outbox: outbox.clone(),
            jobs: HashMap::new(),
            hands: HashMap::new(),
            stillborn: Vec::new(),
            draining: false,
            lobby,
            gaps: cage::Gaps::default(),
            last_success: None,
            at_rest: Vec::new(),
            empty: Vec::new(),
        };
        (driver, outbox)
    }

    /// Runs for as long as the gateway does.
    pub(crate) async fn run(mut self) {
        self.feed(Event::Tick);
        let sleep = tokio::time::sleep(Duration::ZERO);
        tokio::pin!(sleep);
        // When it ends, if anything waits for that. Setting a timer may wake another thread, so one
        // that ends early is left as it is: most deadlines are met, and the next is later.
        let mut armed: Option<Instant> = None;
        loop {
            let wakeup = self.farm.next_wakeup();
            if let Some(due) = wakeup
                && armed.is_none_or(|armed| due < armed)
            {
                sleep.as_mut().reset(due.into());
                armed = Some(due);
            }
            let message = tokio::select! {
                // Messages first: a reply that arrived in time is not judged late because the
                // gateway itself was slow.
                biased;
                message = self.inbox.recv() => match message {
                    Some(message) => Some(message),
                    None => return,
                },
                () = sleep.as_mut(), if armed.is_some() => {
                    armed = None;
                    None
                }
            };
            let now = Instant::now();
            if wakeup.is_some_and(|due| now.saturating_duration_since(due) >= STANDSTILL) {
                tracing::warn!("the gateway stood still; deadlines are judged in a moment");
                self.farm.excuse(now);
            }
            match message {
                Some(message) => self.receive(message),
                None => self.feed(Event::Tick),
            }
            self.lobby.show(self.farm.crowd());
            self.tell_waiters();
        }
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Event(event) => {
                if let Event::Cancel(id) = event
                    && let Some(pending) = self.jobs.remove(&id)
                {
                    self.metrics.cancelled.inc();
                    self.tell_if_slow(&pending, "cancelled");
                }
                self.feed(event);
            }
            Message::Submit(id, work, answer) => {
                let place = work.place.clone();
                let ticket = Ticket {
                    id,
                    share: work.share,
                    bytes: work.source.len() as u64,
                    operations: work.operations.len() as u32,
                    submitted: work.submitted,
                    deadline: work.deadline,
                    retried: false,
                };
                self.jobs.insert(
                    id,
                    Pending {
                        work,
                        answer,
                        taken: None,
                    },
                );
                self.feed(Event::Submit(ticket));
                // Not before all can see that it is in the queue.
                self.lobby.show(self.farm.crowd());
                if let Some(place) = place {
                    self.lobby.welcome(&place);
                }
            }
            Message::WouldTake(room, answer) => {
                let verdict = self.farm.would_take(room, Instant::now());
                // The asker may have left; nothing is lost.
                let _ = answer.send(verdict);
            }
            Message::Follow(changes) => {
                self.rules.rss_max = changes.rss_max;
                self.rules.slow_job = changes.slow_job;
                self.rules.worker_memory_bytes = changes.worker_memory_bytes;
                self.feed(Event::Follow(changes.dimensions));
            }
            Message::Spawned(worker, result) => self.spawned(worker, result),
            Message::Hello(worker, hello) => {
                self.gaps.warn_once(&hello.layers);
                if let Some(hand) = self.hands.get_mut(&worker) {
                    tracing::debug!(slot = worker.slot, pid = hand.pid, "worker ready");
                    hand.hello = Some(hello);
                }
            }
            Message::Status(answer) => {
                // The asker may have left; nothing is lost.
                let _ = answer.send(self.status());
            }
            Message::Drain(answer) => {
                self.draining = true;
                self.at_rest.push(answer);
                self.feed(Event::Drain);
            }
            Message::Stop(answer) => {
                self.draining = true;
                self.empty.push(answer);
                self.feed(Event::Abort);
            }
        }
    }

    fn feed(&mut self, event: Event) {
        if let Event::Worker(worker, event) = &event {
            self.note(*worker, event);
            if matches!(event, WorkerEvent::Finished(..)) && self.has_grown(*worker) {
                // Before the end of its job makes it idle, and so ready for another.
                self.feed(Event::Worker(*worker, WorkerEvent::Grown));
            }
        }
        for effect in self.farm.handle(Instant::now(), event) {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Spawn(worker) => {
                self.metrics.spawns.inc();
                let (spawner, outbox) = (self.spawner.clone(), self.outbox.clone());
                tokio::spawn(async move {
                    let result = spawner.spawn().await;
                    // A driver that is gone has no use for it; dropping it ends the process.
                    let _ = outbox.send(Message::Spawned(worker, result));
                });
            }
            Effect::Assign(worker, ticket) => self.assign(worker, &ticket),
            Effect::Kill(worker, why) => self.kill(worker, &why),
            Effect::Answer(id, mut outcome) => {
                if let Some(pending) = self.jobs.remove(&id) {
                    if let Err(JobError::DeadlineExceeded(place) | JobError::CutOff(place)) =
                        &mut outcome
                    {
                        *place = pending.breadcrumb();
                    }
                    self.metrics.answered(&outcome);
                    self.tell_if_slow(&pending, outcome_name(&outcome));
                    self.answer(pending, outcome);
                }
            }
            Effect::Retried(id) => {
                journal::retried(&self.metrics, id);
            }
        }
    }

    fn tell_waiters(&mut self) {
        let mut waiters = Vec::new();
        if self.farm.is_at_rest() {
            waiters.append(&mut self.at_rest);
        }
        if self.farm.is_empty() {
            waiters.append(&mut self.empty);
        }
        for waiter in waiters {
            // A waiter that has gone has stopped waiting.
            let _ = waiter.send(());
        }
    }
}
