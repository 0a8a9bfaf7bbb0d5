//! What becomes of a job: turns, deaths under it, deadlines, the queue, clients that leave, answers out of turn.

use super::super::expiry::ACK_BUDGET;
use super::*;
use crate::pool::QueueLimit;
use crate::pool::inbox::Room;
use crate::pool::share::{Priority, Share};

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
