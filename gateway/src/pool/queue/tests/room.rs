//! Who has to leave a full queue, and that the books are right whatever happens.

use super::*;

#[test]
fn who_fills_the_queue_makes_room_for_others_down_to_an_equal_share() {
    let mut scene = Scene::new(6, 1 << 30);
    let hog: Vec<_> = (0..6).map(|_| scene.push(1, NORMAL, 10)).collect();
    assert_eq!(scene.join(1, NORMAL, 10), Err(Full::Jobs), "its own share");
    assert_eq!(scene.join(2, NORMAL, 10), Ok(vec![hog[5]]), "the youngest");
    assert_eq!(scene.join(2, NORMAL, 10), Ok(vec![hog[4]]));
    assert_eq!(scene.join(2, NORMAL, 10), Ok(vec![hog[3]]));
    assert_eq!(
        scene.join(2, NORMAL, 10),
        Err(Full::Jobs),
        "three and three"
    );
    assert_eq!(scene.join(1, NORMAL, 10), Err(Full::Jobs));
    // A third takes from either, until all have two.
    assert!(scene.join(3, NORMAL, 10).is_ok());
    assert!(scene.join(3, NORMAL, 10).is_ok());
    assert_eq!(scene.join(3, NORMAL, 10), Err(Full::Jobs));
    let mut waiting: Vec<_> = scene.queue.waiting().collect();
    waiting.sort_unstable();
    assert_eq!(waiting, [(1, 2), (2, 2), (3, 2)]);
}

#[test]
fn two_accounts_cannot_push_each_other_out_in_turn() {
    let mut scene = Scene::new(1, 100);
    scene.push(1, NORMAL, 10);
    assert_eq!(scene.join(2, NORMAL, 10), Err(Full::Jobs));
    assert_eq!(scene.join(2, Priority::High, 10), Err(Full::Jobs));
    let mut scene = Scene::new(3, 1000);
    for account in [1, 1, 2] {
        scene.push(account, NORMAL, 10);
    }
    assert_eq!(
        scene.join(2, NORMAL, 10),
        Err(Full::Jobs),
        "two and one stay"
    );
}

#[test]
fn bytes_are_shared_too_and_several_small_jobs_may_leave_for_a_large_one() {
    let mut scene = Scene::new(100, 1000);
    let hog: Vec<_> = (0..10).map(|_| scene.push(1, NORMAL, 100)).collect();
    assert_eq!(scene.join(2, NORMAL, 300), Ok(vec![hog[9], hog[8], hog[7]]));
    assert_eq!(scene.queue.bytes(), 1000);
    assert_eq!(scene.join(2, NORMAL, 300), Err(Full::Bytes), "600 to 400");
    assert_eq!(scene.queue.bytes(), 1000, "a refusal moves nobody");
    assert_eq!(scene.join(2, NORMAL, 200), Ok(vec![hog[6], hog[5]]));
}

#[test]
fn a_full_queue_is_divided_among_classes_by_weight() {
    let mut scene = Scene::new(13, 1 << 30);
    for account in 0..13 {
        scene.push(100 + account, Priority::Low, 10);
    }
    let joined = (0..13).filter(|_| scene.join(1, Priority::High, 10).is_ok());
    assert_eq!(
        joined.count(),
        11,
        "all but two: 11 to 2 is less than 9 to 1, 12 to 1 is more"
    );
    assert_eq!(scene.join(2, Priority::Low, 10), Err(Full::Jobs));
    // Within the class its accounts share what it has.
    assert!(scene.join(3, Priority::High, 10).is_ok());
}

/// Whatever happens in whatever order: the sums are right, nobody is lost and nobody comes twice.
#[test]
fn nothing_is_lost_and_nothing_comes_twice_in_ten_thousand_random_steps() {
    for seed in 0..10 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut scene = Scene::new(20, 20_000);
        let mut inside: HashMap<u64, u64> = HashMap::new();
        for _ in 0..1000 {
            let priority = Priority::ALL[random.usize(..3)];
            let (account, bytes) = (random.u64(1..6), random.u64(1..4000));
            match random.u8(..10) {
                0..=5 => {
                    let ticket = scene.ticket(account, priority, bytes);
                    if let Ok(leaving) = scene.queue.admit(&ticket) {
                        for id in leaving {
                            let ticket = scene.queue.remove(id).unwrap();
                            assert_eq!(inside.remove(&id), Some(ticket.bytes));
                        }
                        inside.insert(ticket.id, bytes);
                        scene.queue.push(ticket);
                        let queue = &scene.queue;
                        assert!(queue.len() <= 20 && queue.bytes() <= 20_000);
                    }
                }
                6..=7 => {
                    if let Some(ticket) = scene.queue.pop() {
                        assert_eq!(inside.remove(&ticket.id), Some(ticket.bytes));
                    }
                }
                8 => {
                    let some = random.u64(1..scene.next_id + 1);
                    let removed = scene.queue.remove(some).map(|ticket| ticket.bytes);
                    assert_eq!(inside.remove(&some), removed);
                }
                _ => {
                    // Lost its worker: it comes back, past every bound, if there was one to lose.
                    if let Some(ticket) = scene.queue.pop() {
                        scene.queue.push_first(ticket);
                    }
                }
            }
            assert_eq!(scene.queue.len(), inside.len());
            assert_eq!(scene.queue.bytes(), inside.values().sum::<u64>());
            let in_lines: u64 = scene.queue.waiting().map(|(_, jobs)| jobs).sum();
            assert_eq!(
                in_lines + scene.queue.returned.len() as u64,
                inside.len() as u64
            );
        }
        let mut left = scene.ids();
        left.sort_unstable();
        let mut expected: Vec<_> = inside.into_keys().collect();
        expected.sort_unstable();
        assert_eq!(left, expected);
        assert_eq!(scene.queue.next_deadline(), None);
    }
}
