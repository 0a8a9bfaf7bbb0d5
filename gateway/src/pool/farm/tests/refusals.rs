//! Which jobs are not taken: what is full, for whom, and what can be known before.

use super::*;
use crate::pool::QueueLimit;
use crate::pool::inbox::Room;
use crate::pool::share::{Priority, Share};

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
fn a_full_queue_makes_room_for_an_account_with_less_in_it() {
    let mut scene = Scene::ready(1);
    for id in 1..=5 {
        scene.submit_for(1, id, 10);
    }
    let effects = scene.submit_for(2, 6, 10);
    assert!(matches!(error_of(&effects, 5), Some(JobError::Displaced)));
    assert!(error_of(&effects, 6).is_none());
    scene.worker(0, WorkerEvent::Started(1));
    // Account 1 was there first; then they take turns.
    assert_eq!(assigned(&scene.refuse(0, 1)), [(0, 2)]);
    scene.worker(0, WorkerEvent::Started(2));
    assert_eq!(assigned(&scene.refuse(0, 2)), [(0, 6)]);
}

#[test]
fn who_asks_first_hears_what_submitting_would_have_brought() {
    let mut scene = Scene::ready(1);
    let would = |scene: &Scene, account| {
        let share = Share {
            account,
            priority: Priority::Normal,
        };
        let room = Room {
            share,
            deadline: scene.now + Duration::from_secs(30),
            others: None,
        };
        scene.farm.would_take(room, scene.now)
    };
    for id in 1..=5 {
        assert!(!scene.farm.crowd().full);
        assert!(would(&scene, 1).is_ok());
        scene.submit_for(1, id, 10);
    }
    assert!(scene.farm.crowd().full);
    let full = JobError::Overloaded {
        limit: QueueLimit::Jobs,
        value: 4,
    };
    assert_eq!(
        format!("{:?}", would(&scene, 1)),
        format!("{:?}", Err::<(), _>(full))
    );
    assert!(would(&scene, 2).is_ok(), "room would be made for it");
}

#[test]
fn when_no_more_may_come_only_who_has_less_waiting_does() {
    let mut scene = Scene::ready(1);
    let would = |scene: &Scene, account, others| {
        let room = Room {
            share: Share {
                account,
                priority: Priority::Normal,
            },
            deadline: scene.now + Duration::from_secs(30),
            others,
        };
        scene.farm.would_take(room, scene.now)
    };
    // One at work, two waiting of four at most.
    for id in 1..=3 {
        scene.submit_for(1, id, 10);
    }
    assert!(would(&scene, 1, None).is_ok());
    let Err(JobError::Overloaded { limit, value }) = would(&scene, 1, Some(5)) else {
        panic!("no more may come");
    };
    assert_eq!((limit, value), (QueueLimit::Jobs, 7));
    assert!(would(&scene, 2, Some(5)).is_ok(), "it has less waiting");
}

#[test]
fn how_fast_jobs_are_is_learnt_from_clients_and_not_from_probes() {
    let mut scene = Scene::ready(1);
    let mut rate_after = |share, id| {
        scene.submit_as(share, id, 10);
        scene.worker(0, WorkerEvent::Started(id));
        scene.now += MS;
        scene.refuse(0, id);
        scene.farm.crowd().jobs_per_s
    };
    assert_eq!(rate_after(Share::OWN, 1), 0.0);
    let of_a_client = Share {
        account: 1,
        priority: Priority::Normal,
    };
    assert!(rate_after(of_a_client, 2) > 0.0);

    let mut scene = Scene::ready(1);
    scene.submit_as(Share::OWN, 1, 10);
    scene.worker(0, WorkerEvent::Started(1));
    assert_eq!(kills(&scene.after(DEADLINE)), [(0, "deadline")]);
    assert_eq!(scene.farm.crowd().jobs_per_s, 0.0, "it was late");
}

/// By forty of them, 1 to 40, one after the other.
fn learn_that_jobs_take_20_s(scene: &mut Scene) {
    for id in 1..=40 {
        scene.submit(id);
        scene.worker(0, WorkerEvent::Started(id));
        scene.now += Duration::from_secs(20);
        scene.refuse(0, id);
    }
}

#[test]
fn the_backlog_of_one_account_is_no_reason_to_refuse_another() {
    let mut scene = Scene::ready(1);
    learn_that_jobs_take_20_s(&mut scene);
    for id in 41..=43 {
        scene.submit(id);
    }
    assert!(error_of(&scene.submit(44), 44).is_some());
    assert!(error_of(&scene.submit_for(2, 45, 10), 45).is_none());
}

#[test]
fn a_job_that_cannot_start_in_time_is_refused_now() {
    let mut scene = Scene::ready(1);
    learn_that_jobs_take_20_s(&mut scene);
    scene.submit(41);
    scene.submit(42);
    scene.submit(43);
    let effects = scene.submit(44);
    let Some(JobError::Overloaded { limit, .. }) = error_of(&effects, 44) else {
        panic!("{effects:?}");
    };
    assert_eq!(*limit, QueueLimit::Wait);
}
