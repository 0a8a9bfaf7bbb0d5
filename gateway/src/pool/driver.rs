//! Carries out what the farm decides: starts and kills processes, moves pictures, answers
//! clients. One task; it holds everything that the farm must not see.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use protocol::{Hello, Job, Layer, Limits};
use tokio::sync::{mpsc, oneshot};

use super::Work;
use super::attendant::{Assignment, Report, attend};
use super::cage;
use super::farm::{Dimensions, Effect, Event, Farm, WorkerEvent, WorkerId};
use super::metrics::PoolMetrics;
use super::outcome::Outcome;
use super::process::{Killer, Spawned};
use super::slot::{Kill, State};
use super::spawner::Spawner;
use super::status::{JobStatus, PoolStatus, WorkerStatus};
use super::ticket::Ticket;
use crate::settings::Sandbox;

/// What reaches the driver.
pub(crate) enum Message {
    /// Something for the farm.
    Event(Event),
    /// A job, and where its outcome goes.
    Submit(u64, Work, oneshot::Sender<Outcome>),
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

/// What every worker must keep to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) limits: Limits,
    pub(crate) sandbox: Sandbox,
}

struct Pending {
    work: Work,
    answer: oneshot::Sender<Outcome>,
}

/// The driver's hold on one process.
struct Hand {
    pid: u32,
    killer: Killer,
    assignments: mpsc::Sender<Assignment>,
    born: Instant,
    hello: Option<Hello>,
}

pub(crate) struct Driver {
    farm: Farm,
    spawner: Spawner,
    terms: Terms,
    metrics: Arc<PoolMetrics>,
    inbox: mpsc::UnboundedReceiver<Message>,
    outbox: mpsc::UnboundedSender<Message>,
    jobs: HashMap<u64, Pending>,
    hands: HashMap<WorkerId, Hand>,
    /// Killed before the spawner had even answered.
    stillborn: Vec<WorkerId>,
    draining: bool,
    warned_of_gaps: bool,
    last_success: Option<Instant>,
    at_rest: Vec<oneshot::Sender<()>>,
    empty: Vec<oneshot::Sender<()>>,
}

impl Driver {
    pub(crate) fn new(
        dimensions: Dimensions,
        spawner: Spawner,
        terms: Terms,
        metrics: Arc<PoolMetrics>,
    ) -> (Self, mpsc::UnboundedSender<Message>) {
        let (outbox, inbox) = mpsc::unbounded_channel();
        let driver = Self {
            farm: Farm::new(dimensions, Instant::now()),
            spawner,
            terms,
            metrics,
            inbox,
            outbox: outbox.clone(),
            jobs: HashMap::new(),
            hands: HashMap::new(),
            stillborn: Vec::new(),
            draining: false,
            warned_of_gaps: false,
            last_success: None,
            at_rest: Vec::new(),
            empty: Vec::new(),
        };
        (driver, outbox)
    }

    /// Runs for as long as the gateway does.
    pub(crate) async fn run(mut self) {
        self.feed(Event::Tick);
        loop {
            let wakeup = self.farm.next_wakeup();
            let sleep = async {
                match wakeup {
                    Some(instant) => tokio::time::sleep_until(instant.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // Messages first: a reply that arrived in time is not judged late because the
                // gateway itself was stopped or slow.
                biased;
                message = self.inbox.recv() => match message {
                    Some(message) => self.receive(message),
                    None => return,
                },
                () = sleep => self.feed(Event::Tick),
            }
            self.tell_waiters();
        }
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Event(event) => {
                if let Event::Cancel(id) = event
                    && self.jobs.remove(&id).is_some()
                {
                    self.metrics.cancelled.inc();
                }
                self.feed(event);
            }
            Message::Submit(id, work, answer) => {
                let ticket = Ticket {
                    id,
                    bytes: work.source.len() as u64,
                    submitted: work.submitted,
                    deadline: work.deadline,
                    retried: false,
                };
                self.jobs.insert(id, Pending { work, answer });
                self.feed(Event::Submit(ticket));
            }
            Message::Spawned(worker, result) => self.spawned(worker, result),
            Message::Hello(worker, hello) => {
                self.warn_of_gaps(&hello);
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

    /// Once: the next worker is of the same program on the same system.
    fn warn_of_gaps(&mut self, hello: &Hello) {
        let missing = cage::missing(&hello.layers);
        if !missing.is_empty() && !std::mem::replace(&mut self.warned_of_gaps, true) {
            let layers: Vec<_> = missing.into_iter().map(Layer::name).collect();
            tracing::warn!(missing = layers.join(" "), "the workers' cage has gaps");
        }
    }

    fn feed(&mut self, event: Event) {
        if let Event::Worker(worker, event) = &event {
            self.note(*worker, event);
        }
        for effect in self.farm.handle(Instant::now(), event) {
            self.perform(effect);
        }
    }

    /// Logs and counts what happens to workers.
    fn note(&mut self, worker: WorkerId, event: &WorkerEvent) {
        match event {
            WorkerEvent::Finished(_, Ok(_)) => self.last_success = Some(Instant::now()),
            WorkerEvent::Gone(death) => {
                self.hands.remove(&worker);
                let killed_for = self.farm.slots()[worker.slot].killed_for.as_ref();
                self.metrics.ended(killed_for, death);
                match killed_for {
                    Some(Kill::Drain) => {}
                    Some(why) => tracing::info!(
                        slot = worker.slot,
                        pid = death.pid,
                        why = why.name(),
                        "worker gone, killed by the gateway"
                    ),
                    None => tracing::warn!(
                        slot = worker.slot,
                        pid = death.pid,
                        ending = %death,
                        stderr = death.last_words(),
                        "worker died"
                    ),
                }
            }
            WorkerEvent::NotStarted(error) => {
                self.metrics.spawn_failures.inc();
                tracing::error!(slot = worker.slot, error, "a worker cannot be started");
            }
            WorkerEvent::Broken(what) => tracing::error!(
                slot = worker.slot,
                pid = self.hands.get(&worker).map(|hand| hand.pid),
                what,
                "a worker broke the protocol"
            ),
            WorkerEvent::Ready | WorkerEvent::Started(_) | WorkerEvent::Finished(..) => {}
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
            Effect::Answer(id, outcome) => {
                if let Some(pending) = self.jobs.remove(&id) {
                    self.metrics.answered(&outcome);
                    // The client may have left in this very moment.
                    let _ = pending.answer.send(outcome);
                }
            }
            Effect::Retried(id) => {
                self.metrics.retries.inc();
                tracing::info!(
                    job = id,
                    "its worker died before it began; it is tried again"
                );
            }
        }
    }

    fn spawned(&mut self, worker: WorkerId, result: std::io::Result<Spawned>) {
        let adopted = result.and_then(Spawned::adopt);
        let (killer, process) = match adopted {
            Ok(adopted) => adopted,
            Err(error) => {
                let event = WorkerEvent::NotStarted(error.to_string());
                return self.feed(Event::Worker(worker, event));
            }
        };
        let (assignments, inbox) = mpsc::channel(1);
        let hand = Hand {
            pid: process.pid,
            killer,
            assignments,
            born: Instant::now(),
            hello: None,
        };
        if let Some(index) = self.stillborn.iter().position(|id| *id == worker) {
            self.stillborn.swap_remove(index);
            hand.killer.kill();
        }
        self.hands.insert(worker, hand);
        let report = ToDriver {
            worker,
            outbox: self.outbox.clone(),
        };
        tokio::spawn(attend(process, self.terms, inbox, report));
    }

    fn assign(&mut self, worker: WorkerId, ticket: &Ticket) {
        let (Some(hand), Some(pending)) = (self.hands.get(&worker), self.jobs.get(&ticket.id))
        else {
            return;
        };
        let left = ticket.deadline.saturating_duration_since(Instant::now());
        let job = Job {
            id: ticket.id,
            budget_ms: u32::try_from(left.as_millis()).unwrap_or(u32::MAX),
            operations: pending.work.operations.clone(),
            output: pending.work.output,
            limits: self.terms.limits,
        };
        let source = pending.work.source.clone();
        tracing::trace!(job = ticket.id, pid = hand.pid, "assigned");
        // It fails only when the attendant has ended: then the farm hears `Gone` next, and the
        // job, never started, goes back to the queue.
        let _ = hand.assignments.try_send(Assignment { job, source });
    }

    fn kill(&mut self, worker: WorkerId, why: &Kill) {
        self.metrics.killed(why);
        match self.hands.get(&worker) {
            Some(hand) => hand.killer.kill(),
            None => self.stillborn.push(worker),
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

    /// What any of the present workers lacks.
    fn missing_layers(&self) -> Vec<&'static str> {
        let hellos = self.hands.values().filter_map(|hand| hand.hello.as_ref());
        let missing: Vec<_> = hellos.map(|hello| cage::missing(&hello.layers)).collect();
        let lacked = |layer: &Layer| missing.iter().any(|missing| missing.contains(layer));
        let lacked = Layer::ALL.into_iter().filter(lacked);
        lacked.map(Layer::name).collect()
    }

    fn status(&self) -> PoolStatus {
        let now = Instant::now();
        let workers = self.farm.slots().iter().enumerate().map(|(index, slot)| {
            let worker = WorkerId {
                slot: index,
                generation: slot.generation,
            };
            let hand = self.hands.get(&worker);
            let job = match &slot.state {
                State::Busy {
                    ticket,
                    since,
                    started,
                } => Some(JobStatus {
                    id: ticket.id,
                    phase: if *started { "running" } else { "sending" },
                    age_s: (now - *since).as_secs_f64(),
                    source_bytes: ticket.bytes,
                }),
                _ => None,
            };
            WorkerStatus {
                slot: index,
                generation: slot.generation,
                pid: hand.map(|hand| hand.pid),
                state: slot.state_name(),
                age_s: hand.map(|hand| (now - hand.born).as_secs_f64()),
                jobs: slot.jobs,
                failures: slot.failures,
                job,
                layers: hand
                    .and_then(|hand| hand.hello.as_ref())
                    .map(|hello| hello.layers.iter().map(|layer| layer.name()).collect()),
                last_exit: slot.last_exit.clone(),
                rss_bytes: None,
                cpu_s: None,
            }
        });
        PoolStatus {
            workers: workers.collect(),
            queue_jobs: self.farm.queue().len(),
            queue_bytes: self.farm.queue().bytes(),
            missing_layers: self.missing_layers(),
            draining: self.draining,
            broken: self.farm.is_broken(),
            saturated: self.farm.is_saturated(),
            idle_for: self.last_success.map(|success| now - success),
        }
    }
}

/// An attendant's way to the driver.
struct ToDriver {
    worker: WorkerId,
    outbox: mpsc::UnboundedSender<Message>,
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
