//! Whose turn it is.

mod room;

use std::time::Duration;

use super::line::OVERTAKEN_MAX;
use super::*;

/// A queue, and a short way to write jobs: account, class, bytes.
struct Scene {
    queue: Queue,
    now: Instant,
    next_id: u64,
}

const NORMAL: Priority = Priority::Normal;

impl Scene {
    fn new(jobs_max: usize, bytes_max: u64) -> Self {
        Self {
            queue: Queue::new(jobs_max, bytes_max),
            now: Instant::now(),
            next_id: 1,
        }
    }

    fn ticket(&mut self, account: u64, priority: Priority, bytes: u64) -> Ticket {
        self.next_id += 1;
        Ticket {
            id: self.next_id - 1,
            share: Share { account, priority },
            bytes,
            operations: 0,
            submitted: self.now,
            deadline: self.now + Duration::from_secs(30),
            retried: false,
        }
    }

    fn push(&mut self, account: u64, priority: Priority, bytes: u64) -> u64 {
        let ticket = self.ticket(account, priority, bytes);
        let id = ticket.id;
        self.queue.push(ticket);
        id
    }

    /// Joins if it may; returns who had to leave.
    fn join(&mut self, account: u64, priority: Priority, bytes: u64) -> Result<Vec<u64>, Full> {
        let ticket = self.ticket(account, priority, bytes);
        let leaving = self.queue.admit(&ticket)?;
        for id in &leaving {
            assert!(self.queue.remove(*id).is_some());
        }
        self.queue.push(ticket);
        Ok(leaving)
    }

    fn accounts(&mut self, jobs: usize) -> Vec<u64> {
        let popped = (0..jobs).map_while(|_| self.queue.pop());
        popped.map(|ticket| ticket.share.account).collect()
    }

    fn ids(&mut self) -> Vec<u64> {
        std::iter::from_fn(|| self.queue.pop())
            .map(|ticket| ticket.id)
            .collect()
    }
}

#[test]
fn one_account_is_first_in_first_out_among_equal_jobs() {
    let mut scene = Scene::new(9, 1 << 30);
    let pushed: Vec<_> = (0..9).map(|_| scene.push(1, NORMAL, 100)).collect();
    assert_eq!(scene.ids(), pushed);
    assert!(scene.queue.is_empty() && scene.queue.bytes() == 0);
    assert_eq!(scene.queue.next_deadline(), None);
}

#[test]
fn a_burst_of_one_account_starves_no_other() {
    let mut scene = Scene::new(1000, 1 << 30);
    for _ in 0..100 {
        scene.push(1, NORMAL, 100);
    }
    for account in [2, 3] {
        scene.push(account, NORMAL, 100);
        scene.push(account, NORMAL, 100);
    }
    assert_eq!(scene.accounts(8), [1, 2, 3, 1, 2, 3, 1, 1]);
    // Who comes back with one job at a time has every second turn.
    for _ in 0..5 {
        scene.push(2, NORMAL, 100);
        assert_eq!(scene.accounts(2), [1, 2]);
    }
}

#[test]
fn classes_have_their_turns_by_weight_and_none_starves() {
    let mut scene = Scene::new(1000, 1 << 30);
    for _ in 0..100 {
        scene.push(1, Priority::High, 100);
        scene.push(2, Priority::Normal, 100);
        scene.push(3, Priority::Low, 100);
    }
    let turns = scene.accounts(130);
    let of = |account| turns.iter().filter(|turn| **turn == account).count();
    assert_eq!((of(1), of(2), of(3)), (90, 30, 10));
    let first_low = turns.iter().position(|turn| *turn == 3).unwrap();
    assert!(first_low < 13, "{turns:?}");
}

#[test]
fn a_class_that_had_nothing_waiting_has_saved_up_no_turns() {
    let mut scene = Scene::new(1000, 1 << 30);
    for _ in 0..90 {
        scene.push(1, Priority::High, 100);
    }
    scene.accounts(60);
    for _ in 0..10 {
        scene.push(3, Priority::Low, 100);
    }
    let turns = scene.accounts(20);
    let low = turns.iter().filter(|turn| **turn == 3).count();
    assert!((1..=3).contains(&low), "{turns:?}");
}

#[test]
fn many_accounts_of_a_class_have_no_more_turns_together_than_one() {
    let mut scene = Scene::new(1000, 1 << 30);
    for account in 100..200 {
        scene.push(account, Priority::Low, 100);
    }
    for _ in 0..12 {
        scene.push(1, NORMAL, 100);
    }
    let turns = scene.accounts(16);
    let normal = turns.iter().filter(|turn| **turn == 1).count();
    assert_eq!(normal, 12, "{turns:?}");
}

#[test]
fn light_jobs_go_first_and_the_heavy_one_is_passed_over_a_bounded_number_of_times() {
    let mut scene = Scene::new(1000, 1 << 30);
    let heavy = scene.push(1, NORMAL, 8 << 20);
    let light: Vec<_> = (0..10).map(|_| scene.push(1, NORMAL, 1000)).collect();
    let order = scene.ids();
    assert_eq!(order[0], light[0]);
    let place = order.iter().position(|id| *id == heavy).unwrap();
    assert_eq!(place, OVERTAKEN_MAX as usize);
    let lights: Vec<_> = order.into_iter().filter(|id| *id != heavy).collect();
    assert_eq!(lights, light, "equally light ones keep their order");
}

#[test]
fn every_heavy_job_moves_on_under_an_endless_stream_of_light_ones() {
    let mut scene = Scene::new(1000, 1 << 30);
    let heavy: Vec<_> = (0..5).map(|_| scene.push(1, NORMAL, 8 << 20)).collect();
    let mut begun = Vec::new();
    for turn in 0..u64::from(OVERTAKEN_MAX + 1) * 5 {
        scene.push(1, NORMAL, 1000);
        let popped = scene.queue.pop().unwrap().id;
        if heavy.contains(&popped) {
            begun.push((popped, turn));
        }
    }
    let expected: Vec<_> = heavy.into_iter().zip([3, 7, 11, 15, 19]).collect();
    assert_eq!(begun, expected);
}

#[test]
fn operations_count_as_much_as_bytes() {
    let mut scene = Scene::new(9, 1 << 30);
    let mut many = scene.ticket(1, NORMAL, 1 << 20);
    many.operations = 32;
    let few = scene.ticket(1, NORMAL, 1 << 20);
    assert!(many.weight() > few.weight());
    let (many_id, few_id) = (many.id, few.id);
    scene.queue.push(many);
    scene.queue.push(few);
    assert_eq!(scene.ids(), [few_id, many_id]);
}

#[test]
fn a_returned_job_goes_before_all_others_past_every_bound() {
    let mut scene = Scene::new(2, 1 << 30);
    scene.push(1, Priority::High, 1);
    scene.push(2, Priority::High, 1);
    let ticket = scene.ticket(3, Priority::Low, 8 << 20);
    let id = ticket.id;
    scene.queue.push_first(ticket);
    assert_eq!(scene.queue.len(), 3);
    assert_eq!(scene.ids()[0], id);
}

#[test]
fn jobs_that_leave_take_their_account_out_of_the_round() {
    let mut scene = Scene::new(9, 1 << 30);
    let gone = scene.push(1, NORMAL, 10);
    scene.push(2, NORMAL, 10);
    assert_eq!(scene.queue.remove(gone).unwrap().id, gone);
    assert!(scene.queue.remove(gone).is_none());
    scene.push(1, NORMAL, 10);
    assert_eq!(scene.accounts(9), [2, 1]);
}

#[test]
fn what_expires_first_is_taken_out_first_wherever_it_waits() {
    let mut scene = Scene::new(9, 1 << 30);
    let mut late = scene.ticket(1, NORMAL, 10);
    late.deadline = scene.now + Duration::from_secs(5);
    let late_id = late.id;
    scene.push(2, Priority::High, 10);
    scene.queue.push(late);
    let at = scene.queue.next_deadline().unwrap();
    assert_eq!(at, scene.now + Duration::from_secs(5));
    assert_eq!(scene.queue.pop_expired(at).unwrap().id, late_id);
    assert!(scene.queue.pop_expired(at).is_none());
}

#[test]
fn what_is_ahead_of_a_newcomer_is_not_the_whole_queue() {
    let mut scene = Scene::new(1000, 1 << 30);
    for _ in 0..100 {
        scene.push(1, NORMAL, 10);
    }
    let of_another = scene.ticket(2, NORMAL, 10);
    assert_eq!(scene.queue.ahead_of(&of_another), 1);
    let of_the_same = scene.ticket(1, NORMAL, 10);
    assert_eq!(scene.queue.ahead_of(&of_the_same), 100);
    let urgent = scene.ticket(3, Priority::High, 10);
    assert!(scene.queue.ahead_of(&urgent) <= 2);
    let humble = scene.ticket(3, Priority::Low, 10);
    assert!(scene.queue.ahead_of(&humble) <= 4);
}
