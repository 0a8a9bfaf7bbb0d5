//! Draining, giving up, replacing, and changing the size.

use super::*;
use crate::pool::QueueLimit;

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
