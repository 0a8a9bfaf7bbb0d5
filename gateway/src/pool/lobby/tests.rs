use super::*;
use crate::pool::share::Priority;

fn lobby(waiting: usize, edition: u64) -> Arc<Lobby> {
    let lobby = Arc::<Lobby>::default();
    show(&lobby, waiting, edition);
    lobby
}

fn show(lobby: &Lobby, waiting: usize, edition: u64) {
    lobby.show(crowd(waiting, edition));
}

fn crowd(waiting: usize, edition: u64) -> Crowd {
    Crowd {
        waiting,
        jobs_max: 4,
        jobs_per_s: 100.0,
        full: waiting >= 4,
        edition,
    }
}

fn share(account: u64) -> Share {
    Share {
        account,
        priority: Priority::Normal,
    }
}

fn full(value: u64) -> JobError {
    JobError::Overloaded {
        limit: QueueLimit::Jobs,
        value,
    }
}

fn is_doubtful(lobby: &Arc<Lobby>, coming: usize) -> bool {
    let places: Vec<_> = (0..coming).map(|_| lobby.enter()).collect();
    let last = lobby.enter();
    drop(places);
    last.is_doubtful()
}

#[test]
fn while_others_wait_no_more_may_come_than_there_are_places() {
    for (waiting, coming, doubtful) in [
        (3, 0, false),
        (3, 1, true),
        (1, 2, false),
        (1, 3, true),
        (0, 100, false),
        (4, 0, true),
    ] {
        let given = is_doubtful(&lobby(waiting, 1), coming);
        assert_eq!(given, doubtful, "{waiting} waiting, {coming} coming");
    }
}

#[test]
fn where_pictures_take_long_to_come_all_may_who_find_a_place() {
    let lobby = lobby(3, 1);
    // At 100 jobs a second, 1 and 2 of 4 places.
    for (takes_us, doubtful) in [(10_000, true), (20_000, false)] {
        lobby.takes_us.store(takes_us, Ordering::Relaxed);
        show(&lobby, 3, 2);
        assert_eq!(is_doubtful(&lobby, 50), doubtful, "{takes_us} µs");
    }
    show(&lobby, 4, 3);
    assert!(is_doubtful(&lobby, 0), "it is full all the same");
}

#[test]
fn how_long_it_takes_to_come_is_learnt_from_who_has_come() {
    let lobby = lobby(3, 1);
    let before = Instant::now();
    let mut place = lobby.enter();
    place.since = before
        .checked_sub(std::time::Duration::from_secs(16))
        .unwrap();
    lobby.welcome(&place);
    let takes_us = lobby.takes_us.load(Ordering::Relaxed);
    assert!((1_000_000..2_000_000).contains(&takes_us), "{takes_us}");
    drop(lobby.enter());
    assert_eq!(
        lobby.takes_us.load(Ordering::Relaxed),
        takes_us,
        "it has not come"
    );
    assert_eq!(lobby.coming.load(Ordering::Relaxed), 0);
}

#[test]
fn who_leaves_is_not_coming_any_more() {
    let lobby = lobby(3, 1);
    let first = lobby.enter();
    assert!(lobby.enter().is_doubtful());
    drop(first);
    assert!(!lobby.enter().is_doubtful());
    let second = lobby.enter();
    second.arrive();
    second.arrive();
    assert!(!lobby.enter().is_doubtful());
    drop(second);
    assert_eq!(lobby.coming.load(Ordering::Relaxed), 0, "it left once");
}

#[test]
fn a_verdict_is_repeated_until_the_queue_changes_or_fewer_are_coming() {
    let lobby = lobby(3, 7);
    let before = [lobby.enter(), lobby.enter()];
    lobby.keep(7, share(1), 1, &full(4));
    let said = |account| lobby.enter().known(share(account)).is_some();
    assert!(said(1));
    assert!(!said(2), "of another account nothing is known");
    drop(before);
    assert!(!said(1), "nobody is coming any more");
    lobby.keep(7, share(1), 0, &full(4));
    assert!(said(1));
    show(&lobby, 3, 8);
    assert!(!said(1), "the queue is another one");
    lobby.keep(7, share(1), 0, &full(4));
    assert!(!said(1), "it was about the one before");
}

#[test]
fn of_a_queue_that_stands_still_not_everything_is_kept() {
    let lobby = lobby(4, 1);
    for account in 0..3 * VERDICTS_MAX as u64 {
        lobby.keep(1, share(account), 0, &full(4));
        assert!(lobby.enter().known(share(account)).is_some());
    }
    assert!(lobby.refused.lock().unwrap().verdicts.len() <= VERDICTS_MAX);
}

#[test]
fn what_depends_on_the_time_is_not_repeated() {
    let lobby = lobby(4, 1);
    let wait = JobError::Overloaded {
        limit: QueueLimit::Wait,
        value: 9,
    };
    lobby.keep(1, share(1), 0, &wait);
    lobby.keep(1, share(1), 0, &JobError::Draining);
    assert!(lobby.enter().known(share(1)).is_none());
}
