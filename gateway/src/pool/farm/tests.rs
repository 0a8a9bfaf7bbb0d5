//! Races and rules of the farm, each written down as a list of events. Here is the scene that they are
//! played on.

mod jobs;
mod refusals;
mod upkeep;
mod workers;

use std::time::Duration;

use protocol::Refusal;

use super::super::death::{Death, Ending};
use super::super::event::WorkerEvent;
use super::super::share::{Priority, Share};
use super::*;

const BOOT: Duration = Duration::from_secs(5);
const DEADLINE: Duration = Duration::from_secs(30);
const MS: Duration = Duration::from_millis(1);

/// A farm with a clock that only the test moves.
struct Scene {
    farm: Farm,
    now: Instant,
}

impl Scene {
    fn with(workers: usize, queue_jobs: usize, queue_bytes: u64) -> Self {
        let now = Instant::now();
        let dimensions = Dimensions {
            workers,
            queue_jobs,
            queue_bytes,
            start_timeout: BOOT,
            worker_jobs_max: u64::MAX,
            worker_age_max: Duration::MAX,
        };
        let farm = Farm::new(dimensions, now);
        Self { farm, now }
    }

    /// The same with workers that are worn after `jobs`, or at `age`.
    fn wearing(workers: usize, jobs: u64, age: Duration) -> Self {
        let mut scene = Self::with(workers, 4, 1000);
        scene.farm.dimensions.worker_jobs_max = jobs;
        scene.farm.dimensions.worker_age_max = age;
        scene.greet_all();
        scene
    }

    /// Everyone who starts says hello.
    fn greet_all(&mut self) {
        self.event(Event::Tick);
        for slot in 0..self.farm.slots().len() {
            if self.state(slot) == "starting" {
                self.worker(slot, WorkerEvent::Ready);
            }
        }
    }

    /// One job from beginning to end; returns the effects of its end.
    fn work(&mut self, id: u64) -> Vec<Effect> {
        let slot = assigned(&self.submit(id))[0].0;
        self.worker(slot, WorkerEvent::Started(id));
        self.refuse(slot, id)
    }

    /// A farm whose workers are all idle.
    fn ready(workers: usize) -> Self {
        let mut scene = Self::with(workers, 4, 1000);
        scene.event(Event::Tick);
        for slot in 0..workers {
            scene.worker(slot, WorkerEvent::Ready);
        }
        scene
    }

    fn event(&mut self, event: Event) -> Vec<Effect> {
        self.farm.handle(self.now, event)
    }

    fn after(&mut self, time: Duration) -> Vec<Effect> {
        self.now += time;
        self.event(Event::Tick)
    }

    fn submit(&mut self, id: u64) -> Vec<Effect> {
        self.submit_bytes(id, 10)
    }

    fn submit_bytes(&mut self, id: u64, bytes: u64) -> Vec<Effect> {
        self.submit_for(1, id, bytes)
    }

    fn submit_for(&mut self, account: u64, id: u64, bytes: u64) -> Vec<Effect> {
        let share = Share {
            account,
            priority: Priority::Normal,
        };
        self.submit_as(share, id, bytes)
    }

    fn submit_as(&mut self, share: Share, id: u64, bytes: u64) -> Vec<Effect> {
        let ticket = Ticket {
            id,
            share,
            bytes,
            operations: 1,
            submitted: self.now,
            deadline: self.now + DEADLINE,
            retried: false,
        };
        self.event(Event::Submit(ticket))
    }

    /// An event of whatever process the slot has now.
    fn worker(&mut self, slot: usize, event: WorkerEvent) -> Vec<Effect> {
        let worker = self.id(slot);
        self.event(Event::Worker(worker, event))
    }

    fn id(&self, slot: usize) -> WorkerId {
        WorkerId {
            slot,
            generation: self.farm.slots()[slot].generation,
        }
    }

    fn refuse(&mut self, slot: usize, id: u64) -> Vec<Effect> {
        self.worker(slot, WorkerEvent::Finished(id, Err(refusal(id))))
    }

    fn die(&mut self, slot: usize) -> Vec<Effect> {
        self.worker(slot, WorkerEvent::Gone(killed()))
    }

    /// Dies by its own doing.
    fn crash(&mut self, slot: usize) -> Vec<Effect> {
        let death = Death {
            pid: 1,
            ending: Ending::Signalled(11),
            stderr: String::new(),
            breadcrumb: Breadcrumb::default(),
            outgrew_its_leaf: false,
        };
        self.worker(slot, WorkerEvent::Gone(death))
    }

    fn state(&self, slot: usize) -> &'static str {
        self.farm.slots()[slot].state_name()
    }
}

fn killed() -> Death {
    Death {
        pid: 1,
        ending: Ending::Signalled(9),
        stderr: String::new(),
        breadcrumb: Breadcrumb::default(),
        outgrew_its_leaf: false,
    }
}

fn refusal(id: u64) -> Refusal {
    Refusal {
        id,
        reason: protocol::Reason::BadImage,
        phase: protocol::Phase::Decode,
        operation: None,
        detail: String::new(),
    }
}

fn assigned(effects: &[Effect]) -> Vec<(usize, u64)> {
    let assigned = effects.iter().filter_map(|effect| match effect {
        Effect::Assign(worker, ticket) => Some((worker.slot, ticket.id)),
        _ => None,
    });
    assigned.collect()
}

fn kills(effects: &[Effect]) -> Vec<(usize, &'static str)> {
    let kills = effects.iter().filter_map(|effect| match effect {
        Effect::Kill(worker, why) => Some((worker.slot, why.name())),
        _ => None,
    });
    kills.collect()
}

fn spawned(effects: &[Effect]) -> usize {
    let spawned = |effect: &&Effect| matches!(effect, Effect::Spawn(_));
    effects.iter().filter(spawned).count()
}

/// The error that a job was answered with.
fn error_of(effects: &[Effect], id: u64) -> Option<&JobError> {
    effects.iter().find_map(|effect| match effect {
        Effect::Answer(answered, Err(error)) if *answered == id => Some(error),
        _ => None,
    })
}
