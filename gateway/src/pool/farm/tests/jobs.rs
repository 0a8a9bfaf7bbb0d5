//! What becomes of a job: turns, deaths under it, deadlines, clients that leave, answers out of turn.

use super::super::expiry::ACK_BUDGET;
use super::*;

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
