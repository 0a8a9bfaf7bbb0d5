//! Races and rules of the farm, each written down as a list of events.

use super::super::death::{Death, Ending};
use super::super::outcome::QueueLimit;
use super::expiry::ACK_BUDGET;
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
        let ticket = Ticket {
            id,
            bytes,
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

#[test]
fn every_slot_is_filled_at_the_start() {
    let mut scene = Scene::with(3, 4, 1000);
    assert_eq!(spawned(&scene.event(Event::Tick)), 3);
    assert_eq!(spawned(&scene.event(Event::Tick)), 0, "never two per slot");
}

#[test]
fn a_job_goes_to_an_idle_worker_at_once_and_others_wait_their_turn() {
    let mut scene = Scene::ready(1);
    assert_eq!(assigned(&scene.submit(1)), [(0, 1)]);
    assert_eq!(assigned(&scene.submit(2)), []);
    assert_eq!(assigned(&scene.submit(3)), []);
    scene.worker(0, WorkerEvent::Started(1));
    assert_eq!(assigned(&scene.refuse(0, 1)), [(0, 2)]);
}

#[test]
fn a_death_costs_exactly_the_job_that_had_begun() {
    let mut scene = Scene::ready(2);
    scene.submit(1);
    scene.submit(2);
    scene.worker(0, WorkerEvent::Started(1));
    scene.worker(1, WorkerEvent::Started(2));
    let effects = scene.die(0);
    assert!(matches!(
        error_of(&effects, 1),
        Some(JobError::WorkerDied(_))
    ));
    assert!(error_of(&effects, 2).is_none());
    assert_eq!(spawned(&effects), 1, "the first death costs no pause");
}

#[test]
fn a_job_that_had_not_begun_is_tried_once_more_and_only_once() {
    let mut scene = Scene::ready(1);
    scene.submit(1);
    scene.submit(2);
    let effects = scene.die(0);
    assert!(matches!(
        effects[..],
        [Effect::Retried(1), Effect::Spawn(_)]
    ));
    let effects = scene.worker(0, WorkerEvent::Ready);
    assert_eq!(
        assigned(&effects),
        [(0, 1)],
        "it goes before those that waited"
    );
    let effects = scene.die(0);
    assert!(matches!(
        error_of(&effects, 1),
        Some(JobError::WorkerDied(_))
    ));
}

#[test]
fn a_job_past_its_deadline_is_answered_at_once_and_its_worker_killed() {
    let mut scene = Scene::ready(1);
    scene.submit(1);
    scene.worker(0, WorkerEvent::Started(1));
    assert!(scene.after(DEADLINE - MS).is_empty());
    let effects = scene.after(MS);
    assert_eq!(kills(&effects), [(0, "deadline")]);
    assert!(matches!(
        error_of(&effects, 1),
        Some(JobError::DeadlineExceeded(_))
    ));
    assert_eq!(scene.state(0), "dying", "not reused before it is gone");
    assert_eq!(spawned(&scene.die(0)), 1);
}

#[test]
fn after_a_standstill_what_came_meanwhile_is_read_before_anybody_is_late() {
    let mut scene = Scene::ready(2);
    for id in [1, 2] {
        let slot = assigned(&scene.submit(id))[0].0;
        scene.worker(slot, WorkerEvent::Started(id));
    }
    scene.now += 2 * DEADLINE;
    scene.farm.excuse(scene.now);
    assert!(kills(&scene.event(Event::Tick)).is_empty());
    // The reply of one is read while that of the other is still in its socket.
    assert!(matches!(
        error_of(&scene.refuse(0, 1), 1),
        Some(JobError::Refused(_))
    ));
    let judged = scene.farm.next_wakeup().unwrap();
    assert!(judged > scene.now, "not a busy loop until then");
    scene.now = judged;
    assert_eq!(kills(&scene.event(Event::Tick)), [(1, "deadline")]);
}

#[test]
fn a_late_reply_is_ignored() {
    let mut scene = Scene::ready(1);
    scene.submit(1);
    scene.worker(0, WorkerEvent::Started(1));
    scene.after(DEADLINE);
    let effects = scene.refuse(0, 1);
    assert!(effects.is_empty(), "{effects:?}");
    assert_eq!(scene.state(0), "dying");
}

#[test]
fn events_of_an_earlier_process_are_ignored() {
    let mut scene = Scene::ready(1);
    let earlier = scene.id(0);
    scene.die(0);
    let effects = scene.event(Event::Worker(earlier, WorkerEvent::Ready));
    assert!(effects.is_empty());
    assert_eq!(scene.state(0), "starting");
}

#[test]
fn waiting_past_the_deadline_is_a_queue_timeout_and_reaches_no_worker() {
    let mut scene = Scene::ready(1);
    scene.submit(1);
    scene.now += MS;
    scene.submit(2);
    scene.worker(0, WorkerEvent::Started(1));
    scene.after(DEADLINE - MS);
    let effects = scene.after(MS);
    assert!(matches!(
        error_of(&effects, 2),
        Some(JobError::QueueTimeout)
    ));
    assert!(assigned(&scene.die(0)).is_empty());
}

#[test]
fn a_full_queue_is_refused_by_count_and_by_bytes() {
    let mut scene = Scene::ready(1);
    scene.submit(1);
    for id in 2..=5 {
        assert!(error_of(&scene.submit(id), id).is_none());
    }
    let effects = scene.submit(6);
    let Some(JobError::Overloaded { limit, value }) = error_of(&effects, 6) else {
        panic!("{effects:?}");
    };
    assert_eq!((*limit, *value), (QueueLimit::Jobs, 4));

    let mut scene = Scene::ready(1);
    scene.submit(1);
    scene.submit_bytes(2, 900);
    let effects = scene.submit_bytes(3, 101);
    let Some(JobError::Overloaded { limit, value }) = error_of(&effects, 3) else {
        panic!("{effects:?}");
    };
    assert_eq!((*limit, *value), (QueueLimit::Bytes, 1001));
    assert!(error_of(&scene.submit_bytes(4, 100), 4).is_none());
}

#[test]
fn a_job_that_cannot_start_in_time_is_refused_now() {
    let mut scene = Scene::ready(1);
    for id in 1..=40 {
        scene.submit(id);
        scene.worker(0, WorkerEvent::Started(id));
        scene.now += Duration::from_secs(20);
        scene.refuse(0, id);
    }
    scene.submit(41);
    scene.submit(42);
    scene.submit(43);
    let effects = scene.submit(44);
    let Some(JobError::Overloaded { limit, .. }) = error_of(&effects, 44) else {
        panic!("{effects:?}");
    };
    assert_eq!(*limit, QueueLimit::Wait);
}

#[test]
fn a_client_that_leaves_frees_the_queue_or_the_worker() {
    let mut scene = Scene::ready(1);
    scene.submit(1);
    scene.submit(2);
    assert!(scene.event(Event::Cancel(2)).is_empty());
    assert_eq!(scene.farm.queue().len(), 0);
    scene.worker(0, WorkerEvent::Started(1));
    let effects = scene.event(Event::Cancel(1));
    assert_eq!(kills(&effects), [(0, "client_gone")]);
    assert!(
        error_of(&effects, 1).is_none(),
        "nobody is there to be told"
    );
}

#[test]
fn a_worker_that_does_not_confirm_loses_the_job_to_another() {
    let mut scene = Scene::ready(2);
    scene.submit(1);
    let effects = scene.after(ACK_BUDGET);
    assert_eq!(kills(&effects), [(0, "ack_timeout")]);
    assert_eq!(assigned(&effects), [(1, 1)]);
    let effects = scene.after(ACK_BUDGET);
    assert_eq!(kills(&effects), [(1, "ack_timeout")]);
    assert!(matches!(error_of(&effects, 1), Some(JobError::Protocol(_))));
}

#[test]
fn a_worker_that_answers_what_it_was_not_asked_is_killed() {
    for event in [
        WorkerEvent::Started(9),
        WorkerEvent::Finished(9, Err(refusal(9))),
        WorkerEvent::Ready,
        WorkerEvent::Broken("garbage".to_owned()),
    ] {
        let mut scene = Scene::ready(1);
        scene.submit(1);
        scene.worker(0, WorkerEvent::Started(1));
        let effects = scene.worker(0, event);
        assert_eq!(kills(&effects), [(0, "protocol_error")]);
        assert!(matches!(error_of(&effects, 1), Some(JobError::Protocol(_))));
    }
}

#[test]
fn a_reply_before_the_confirmation_is_out_of_turn() {
    let mut scene = Scene::ready(1);
    scene.submit(1);
    assert_eq!(kills(&scene.refuse(0, 1)), [(0, "protocol_error")]);
}

#[test]
fn a_worker_that_never_says_hello_is_killed_and_counts_as_failed() {
    let mut scene = Scene::with(1, 4, 1000);
    scene.event(Event::Tick);
    assert!(kills(&scene.after(BOOT - MS)).is_empty());
    assert_eq!(kills(&scene.after(MS)), [(0, "start_timeout")]);
    scene.die(0);
    assert_eq!(scene.farm.slots()[0].failures, 1);
}

#[test]
fn repeated_failures_pause_longer_and_longer_until_no_worker_is_admitted() {
    let mut scene = Scene::ready(1);
    let mut pauses = Vec::new();
    for _ in 0..6 {
        scene.crash(0);
        let pause = scene.farm.next_wakeup().unwrap() - scene.now;
        pauses.push(if scene.state(0) == "starting" {
            Duration::ZERO
        } else {
            pause
        });
        scene.after(pause);
    }
    assert_eq!(pauses[0], Duration::ZERO);
    assert!(pauses[1..].is_sorted(), "{pauses:?}");
    assert!(pauses[5] > Duration::from_secs(1), "{pauses:?}");
    scene.crash(0);
    assert!(scene.farm.is_broken());
    let effects = scene.submit(1);
    assert!(matches!(
        error_of(&effects, 1),
        Some(JobError::NoWorkers { .. })
    ));
}

#[test]
fn the_first_successful_job_forgives_all_failures() {
    let mut scene = Scene::ready(1);
    for _ in 0..3 {
        scene.crash(0);
        scene.after(Duration::from_secs(20));
        scene.worker(0, WorkerEvent::Ready);
    }
    assert_eq!(scene.farm.slots()[0].failures, 3);
    scene.submit(1);
    scene.worker(0, WorkerEvent::Started(1));
    scene.refuse(0, 1);
    assert_eq!(scene.farm.slots()[0].failures, 0);
    assert_eq!(
        spawned(&scene.crash(0)),
        1,
        "and the next death costs no pause"
    );
}

#[test]
fn neither_a_jobs_crash_nor_a_strangers_kill_is_a_failure() {
    let mut scene = Scene::ready(1);
    for id in 1..=10 {
        scene.submit(id);
        scene.worker(0, WorkerEvent::Started(id));
        assert_eq!(spawned(&scene.crash(0)), 1, "without a pause");
        scene.worker(0, WorkerEvent::Ready);
        assert_eq!(spawned(&scene.die(0)), 1, "without a pause");
        scene.worker(0, WorkerEvent::Ready);
    }
    assert_eq!(scene.farm.slots()[0].failures, 0);
    assert!(!scene.farm.is_broken());
}

#[test]
fn a_kill_before_the_hello_is_a_failure() {
    let mut scene = Scene::with(1, 4, 1000);
    scene.event(Event::Tick);
    assert_eq!(spawned(&scene.die(0)), 1, "the first costs no pause");
    assert_eq!(spawned(&scene.die(0)), 0);
}

#[test]
fn our_own_kills_are_no_failures() {
    let mut scene = Scene::ready(1);
    for id in 1..=5 {
        scene.submit(id);
        scene.worker(0, WorkerEvent::Started(id));
        scene.event(Event::Cancel(id));
        assert_eq!(spawned(&scene.die(0)), 1);
        scene.worker(0, WorkerEvent::Ready);
    }
}

#[test]
fn a_process_that_cannot_be_started_is_tried_again_later() {
    let mut scene = Scene::with(1, 4, 1000);
    scene.event(Event::Tick);
    for _ in 0..2 {
        scene.worker(0, WorkerEvent::NotStarted("EAGAIN".to_owned()));
    }
    assert_eq!(scene.state(0), "vacant");
    assert_eq!(spawned(&scene.after(Duration::from_secs(1))), 1);
}

#[test]
fn draining_finishes_what_was_taken_and_takes_no_more() {
    let mut scene = Scene::ready(1);
    scene.submit(1);
    scene.submit(2);
    scene.worker(0, WorkerEvent::Started(1));
    scene.event(Event::Drain);
    assert!(matches!(
        error_of(&scene.submit(3), 3),
        Some(JobError::Draining)
    ));
    assert!(!scene.farm.is_at_rest());
    assert_eq!(assigned(&scene.refuse(0, 1)), [(0, 2)]);
    scene.worker(0, WorkerEvent::Started(2));
    scene.refuse(0, 2);
    assert!(scene.farm.is_at_rest());
    assert_eq!(
        spawned(&scene.die(0)),
        0,
        "no new worker for an empty queue"
    );
}

#[test]
fn a_worker_that_dies_while_draining_is_replaced_as_long_as_jobs_wait() {
    let mut scene = Scene::ready(1);
    scene.submit(1);
    scene.submit(2);
    scene.worker(0, WorkerEvent::Started(1));
    scene.event(Event::Drain);
    assert_eq!(spawned(&scene.die(0)), 1);
    assert_eq!(assigned(&scene.worker(0, WorkerEvent::Ready)), [(0, 2)]);
}

#[test]
fn giving_up_answers_everyone_and_kills_every_process() {
    let mut scene = Scene::ready(2);
    scene.submit(1);
    scene.submit(2);
    scene.submit(3);
    scene.worker(0, WorkerEvent::Started(1));
    let effects = scene.event(Event::Abort);
    for (id, begun) in [(1, true), (2, false), (3, false)] {
        let error = error_of(&effects, id).unwrap();
        assert_eq!(matches!(error, JobError::CutOff(_)), begun, "{error:?}");
        assert_eq!(matches!(error, JobError::Draining), !begun, "{error:?}");
    }
    assert_eq!(kills(&effects), [(0, "drain"), (1, "drain")]);
    scene.die(0);
    assert!(!scene.farm.is_empty());
    scene.die(1);
    assert!(scene.farm.is_empty());
}

#[test]
fn a_worker_that_has_done_its_share_is_replaced_between_jobs() {
    let mut scene = Scene::wearing(1, 3, Duration::MAX);
    assert!(kills(&scene.work(1)).is_empty());
    assert!(kills(&scene.work(2)).is_empty());
    assert_eq!(kills(&scene.work(3)), [(0, "recycled")]);
    assert_eq!(spawned(&scene.die(0)), 1, "without a pause");
    scene.greet_all();
    assert!(kills(&scene.work(4)).is_empty());
}

#[test]
fn an_old_or_grown_worker_is_replaced_but_never_under_its_job() {
    let age = Duration::from_secs(3600);
    let mut scene = Scene::wearing(1, u64::MAX, age);
    scene.submit(1);
    scene.worker(0, WorkerEvent::Started(1));
    assert!(scene.worker(0, WorkerEvent::Grown).is_empty());
    assert_eq!(kills(&scene.refuse(0, 1)), [(0, "recycled")]);
    scene.die(0);
    scene.greet_all();
    assert!(kills(&scene.work(2)).is_empty());
    scene.now += age;
    assert_eq!(kills(&scene.event(Event::Tick)), [(0, "recycled")]);
}

#[test]
fn at_most_one_in_ten_is_recycled_at_a_time() {
    let mut scene = Scene::wearing(11, u64::MAX, Duration::MAX);
    let effects: Vec<_> = (0..11)
        .flat_map(|slot| scene.event(Event::Recycle(slot)))
        .collect();
    assert_eq!(kills(&effects).len(), 2);
    scene.die(0);
    assert!(
        kills(&scene.event(Event::Tick)).is_empty(),
        "its successor is not ready"
    );
    let effects = scene.worker(0, WorkerEvent::Ready);
    assert_eq!(kills(&effects), [(2, "recycled")]);
}

#[test]
fn a_farm_grows_at_once_and_shrinks_as_workers_become_idle() {
    let mut scene = Scene::ready(2);
    assert_eq!(spawned(&scene.event(Event::Resize(4))), 2);
    scene.greet_all();
    for id in 1..=4 {
        scene.submit(id);
        scene.worker(id as usize - 1, WorkerEvent::Started(id));
    }
    assert!(
        scene.event(Event::Resize(1)).is_empty(),
        "no job is interrupted"
    );
    assert_eq!(kills(&scene.refuse(3, 4)), [(3, "surplus")]);
    scene.die(3);
    assert_eq!(scene.farm.slots().len(), 3);
    assert_eq!(kills(&scene.refuse(1, 2)), [(1, "surplus")]);
    scene.die(1);
    assert_eq!(spawned(&scene.event(Event::Tick)), 0);
    let deadline = scene.now + DEADLINE;
    assert_eq!(
        scene.farm.next_wakeup(),
        Some(deadline),
        "an empty surplus slot wakes nobody"
    );
    assert_eq!(kills(&scene.refuse(2, 3)), [(2, "surplus")]);
    scene.die(2);
    assert_eq!(scene.farm.slots().len(), 1, "the empty slots are gone");
    assert!(kills(&scene.refuse(0, 1)).is_empty());
    scene.event(Event::Resize(0));
    assert_eq!(scene.farm.slots().len(), 1, "never none");
}

#[test]
fn other_settings_change_the_bounds_and_only_with_the_number_of_workers_the_size() {
    let mut scene = Scene::ready(1);
    scene.event(Event::Resize(3));
    scene.greet_all();
    let mut dimensions = scene.farm.dimensions;
    dimensions.queue_jobs = 1;
    scene.event(Event::Follow(dimensions));
    assert_eq!(scene.farm.size(), 3, "an operator's word stands");
    for id in 1..=4 {
        scene.submit(id);
    }
    assert!(matches!(
        error_of(&scene.submit(5), 5),
        Some(JobError::Overloaded {
            limit: QueueLimit::Jobs,
            ..
        })
    ));
    dimensions.workers = 4;
    assert_eq!(spawned(&scene.event(Event::Follow(dimensions))), 1);
}

#[test]
fn another_share_of_jobs_counts_for_the_workers_that_are_there() {
    let mut scene = Scene::wearing(1, u64::MAX, Duration::MAX);
    scene.work(1);
    let mut dimensions = scene.farm.dimensions;
    dimensions.worker_jobs_max = 1;
    assert_eq!(
        kills(&scene.event(Event::Follow(dimensions))),
        [(0, "recycled")]
    );
}

#[test]
fn all_workers_are_renewed_one_by_one_and_never_under_their_job() {
    let mut scene = Scene::ready(2);
    scene.submit(1);
    assert_eq!(kills(&scene.event(Event::Renew)), [(1, "recycled")]);
    scene.worker(0, WorkerEvent::Started(1));
    assert!(kills(&scene.refuse(0, 1)).is_empty(), "one at a time");
    scene.die(1);
    let effects = scene.worker(1, WorkerEvent::Ready);
    assert_eq!(kills(&effects), [(0, "recycled")]);
    scene.die(0);
    assert!(
        kills(&scene.worker(0, WorkerEvent::Ready)).is_empty(),
        "once"
    );
}

#[test]
fn a_worker_that_dies_on_its_way_out_is_not_replaced() {
    let mut scene = Scene::ready(2);
    scene.submit(1);
    scene.submit(2);
    scene.worker(1, WorkerEvent::Started(2));
    scene.event(Event::Resize(1));
    let effects = scene.die(1);
    assert!(matches!(
        error_of(&effects, 2),
        Some(JobError::WorkerDied(_))
    ));
    assert_eq!(spawned(&effects), 0);
    assert_eq!(scene.farm.slots().len(), 1);
}
