//! Whose job is next when there is more work than workers, and who gives way when the queue is full.

use std::thread;
use std::time::Duration;

use crate::heavy;
use crate::made;
use crate::postlude::Baseline;
use crate::raw::Connection;
use crate::service::{Service, holds_within};
use crate::token_file::{Tokens, token};

const PATH: &str = "/v1/process";

/// One fake worker, which notes the order in which it was given jobs.
struct Scene {
    service: Service,
    waiting: u64,
    connections: Vec<Connection>,
    _tokens: Tokens,
}

impl Scene {
    fn new(entries: &[(&str, &str)], settings: &[(&str, &str)]) -> Self {
        let tokens = Tokens::new(entries);
        let (name, path) = tokens.setting();
        let mut all = vec![("workers", "1"), ("allow_anonymous", "true"), (name, &path)];
        all.extend(settings);
        Self {
            service: Service::with_fake("greets", &all),
            waiting: 0,
            connections: Vec::new(),
            _tokens: tokens,
        }
    }

    /// The only worker is busy until the connection is dropped.
    fn occupy(&self) -> Connection {
        let mut busy = Connection::to(&self.service);
        busy.post_as(&token("first"), PATH, b"hang");
        self.service.busy_pid();
        busy
    }

    fn send(&mut self, name: &str, body: &[u8]) {
        let mut connection = Connection::to(&self.service);
        let authorization = if name.is_empty() {
            String::new()
        } else {
            token(name)
        };
        connection.post_as(&authorization, PATH, body);
        self.connections.push(connection);
    }

    /// A job that waits and notes its name when it is done; padded to so many bytes.
    fn queue(&mut self, name: &str, note: &str, bytes: usize) {
        let notes = self.service.folder().join("notes");
        let mut script = format!("note:{}:{note}", notes.display()).into_bytes();
        script.resize(script.len().max(bytes), b' ');
        self.send(name, &script);
        self.waiting += 1;
        let waiting = self.waiting;
        self.service.wait_until("it waits", || {
            self.service.status()["queue"]["jobs"] == waiting
        });
    }

    /// Frees the worker; the notes when every job is answered.
    fn order(&mut self, busy: Connection) -> Vec<String> {
        drop(busy);
        for connection in &mut self.connections {
            assert_eq!(connection.answer().0, 200);
        }
        self.connections.clear();
        let notes = std::fs::read_to_string(self.service.folder().join("notes")).unwrap();
        notes.lines().map(|line| line.trim().to_owned()).collect()
    }
}

const LIMITS: &str = "jobs_max = 100\nrequests_per_minute = 1000";

#[test]
fn a_burst_of_one_token_does_not_starve_another() {
    let first = ("first", LIMITS);
    let mut scene = Scene::new(
        &[first, ("a", LIMITS), ("b", LIMITS)],
        &[("queue_jobs", "50")],
    );
    let baseline = Baseline::of(&scene.service);
    let busy = scene.occupy();
    for job in 0..10 {
        scene.queue("a", &format!("a{job}"), 0);
    }
    for job in 0..3 {
        scene.queue("b", &format!("b{job}"), 0);
    }
    let queued = scene.service.status()["tokens"].clone();
    let of = |name: &str| {
        let found = queued.as_array().unwrap().iter();
        let found = found.clone().find(|token| token["name"] == name);
        found.unwrap()["queued"].clone()
    };
    assert_eq!((of("a"), of("b")), (10.into(), 3.into()));
    let order = scene.order(busy);
    let expected = "a0 b0 a1 b1 a2 b2 a3 a4 a5 a6 a7 a8 a9";
    assert_eq!(order.join(" "), expected);
    baseline.returns(&mut scene.service);
}

#[test]
fn priorities_share_the_turns_and_the_lowest_has_some() {
    let entries = [
        ("first", LIMITS.to_owned()),
        ("high", format!("{LIMITS}\npriority = \"high\"")),
        ("normal", LIMITS.to_owned()),
        ("low", format!("{LIMITS}\npriority = \"low\"")),
    ];
    let entries: Vec<_> = entries
        .iter()
        .map(|(name, more)| (*name, more.as_str()))
        .collect();
    let settings = [
        ("queue_jobs", "100"),
        ("anonymous_jobs_max", "100"),
        ("anonymous_burst", "1000"),
    ];
    let mut scene = Scene::new(&entries, &settings);
    let busy = scene.occupy();
    for _ in 0..13 {
        for (name, note) in [
            ("low", "low"),
            ("", "low"),
            ("normal", "normal"),
            ("high", "high"),
        ] {
            scene.queue(name, note, 0);
        }
    }
    let order = scene.order(busy);
    let of = |note: &str| order.iter().take(13).filter(|noted| *noted == note).count();
    // 9, 3 and 1 of 13; the jobs before may have moved each class by one.
    let turns = (of("high"), of("normal"), of("low"));
    assert!(
        (8..=10).contains(&turns.0) && (2..=4).contains(&turns.1) && (1..=2).contains(&turns.2),
        "{turns:?}: {order:?}"
    );
}

#[test]
fn light_jobs_of_a_token_go_before_heavy_ones_which_move_all_the_same() {
    let mut scene = Scene::new(&[("first", LIMITS), ("a", LIMITS)], &[("queue_jobs", "50")]);
    let busy = scene.occupy();
    scene.queue("a", "heavy", 4 << 20);
    for job in 0..6 {
        scene.queue("a", &format!("light{job}"), 0);
    }
    let order = scene.order(busy);
    assert_eq!(
        order.join(" "),
        "light0 light1 light2 heavy light3 light4 light5"
    );
}

#[test]
fn a_full_queue_makes_room_for_a_token_with_less_in_it_and_says_so() {
    let entries = [("first", LIMITS), ("hog", LIMITS), ("b", LIMITS)];
    let mut scene = Scene::new(&entries, &[("queue_jobs", "4")]);
    let baseline = Baseline::of(&scene.service);
    let busy = scene.occupy();
    for job in 0..4 {
        scene.queue("hog", &format!("hog{job}"), 0);
    }
    // Its own share is full; that of others is not.
    let authorization = token("hog");
    let refused = scene
        .service
        .post_with(PATH, &[("authorization", &authorization)], b"echo");
    assert_eq!(refused.verdict(), (503, "overloaded".to_owned()));
    assert_eq!(refused.json()["limit"], "queue_jobs");
    scene.waiting -= 1;
    scene.queue("b", "b0", 0);
    // The youngest job of the hog has left, and its client knows.
    let mut displaced = scene.connections.remove(3);
    let head = displaced.read_until_body();
    assert!(
        head.starts_with("http/1.1 503") && head.contains("retry-after: 1"),
        "{head}"
    );
    scene.waiting -= 1;
    scene.queue("b", "b1", 0);
    let mut displaced_too = scene.connections.remove(2);
    assert_eq!(displaced_too.answer().0, 503);
    drop((displaced, displaced_too));
    // Two and two: now it is full for both.
    for name in ["hog", "b"] {
        let authorization = token(name);
        let refused = scene
            .service
            .post_with(PATH, &[("authorization", &authorization)], b"echo");
        assert_eq!(refused.verdict(), (503, "overloaded".to_owned()));
    }
    assert_eq!(scene.order(busy).join(" "), "hog0 b0 hog1 b1");
    assert_eq!(
        scene
            .service
            .metric("framefarm_jobs_total{reason=\"displaced\"}"),
        2.0
    );
    baseline.returns(&mut scene.service);
}

/// The same with a real worker and real work: the second token's picture does not wait for all
/// that the first has sent.
#[test]
fn a_picture_of_one_token_is_done_before_the_long_jobs_of_another() {
    const LONG: usize = 6;
    let tokens = Tokens::new(&[("a", LIMITS), ("b", LIMITS)]);
    let settings = [
        ("workers", "1"),
        ("queue_jobs", "50"),
        ("job_deadline_ms", "600000"),
    ];
    let service = tokens.service(&settings);
    let operations = ["op=zoomblur"; 4].join("&");
    let picture = heavy::picture();
    thread::scope(|scope| {
        let long: Vec<_> = (0..LONG)
            .map(|_| {
                let mut connection = Connection::to(&service);
                connection.post_as(&token("a"), &format!("{PATH}?{operations}"), &picture);
                connection
            })
            .collect();
        service.wait_until("they wait", || {
            service.status()["queue"]["jobs"] == LONG - 1
        });
        let answer = scope.spawn(|| {
            let b = token("b");
            let picture = made::png(&made::still(8, 8));
            service.post_with("/image/invert/", &[("authorization", &b)], &picture)
        });
        assert_eq!(answer.join().unwrap().status, 200);
        let waiting = service.status()["queue"]["jobs"].as_u64().unwrap();
        // One ran, one may have had its turn before.
        assert!(waiting >= LONG as u64 - 3, "{waiting} still wait");
        drop(long);
        assert!(holds_within(Duration::from_secs(30), || {
            service.status()["queue"]["jobs"] == 0
        }));
    });
}
