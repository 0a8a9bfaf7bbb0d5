//! What becomes of a worker that fails: at the start, between jobs, by its own or another's doing.

use super::*;

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
fn what_waits_is_sent_away_when_the_last_worker_is_given_up() {
    let mut scene = Scene::ready(2);
    for failures in 1..=4 {
        scene.crash(0);
        if failures < 4 {
            scene.crash(1);
            scene.after(Duration::from_secs(20));
        }
    }
    assert!(error_of(&scene.submit(1), 1).is_none(), "one is left");
    assert!(matches!(
        error_of(&scene.crash(1), 1),
        Some(JobError::NoWorkers { .. })
    ));
    assert!(scene.farm.queue().is_empty());
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
