//! Load for the chaos tests: clients that ask for known pictures at a measured share of what the
//! service can do, and judge every answer.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::made;
use crate::service::{Answer, PATIENCE, Service};

/// Of what the service can do.
const SHARE: f64 = 0.8;
/// How many clients share the load. More than workers, so that some always wait.
const CLIENTS: u32 = 6;
/// A request that takes longer hangs.
const BOUND: Duration = PATIENCE;

/// A request and its only right answer.
struct Task {
    path: &'static str,
    body: Vec<u8>,
    expected: Vec<u8>,
}

/// What the clients do, and what came of it.
pub(crate) struct Load {
    tasks: Vec<Task>,
    /// Between two requests of one client.
    pause: Duration,
    /// Codes that a request may fail with.
    allowed: &'static [&'static str],
    over: AtomicBool,
    pub(crate) answered: AtomicUsize,
    pub(crate) failed: AtomicUsize,
    slowest: Mutex<Duration>,
}

impl Load {
    /// Asks an unharmed service for the right answers, and measures how long it takes for them.
    pub(crate) fn measured_on(service: &Service, allowed: &'static [&'static str]) -> Self {
        let sources = [
            ("/v1/process?op=blur:3", made::png(&made::still(256, 256))),
            (
                "/v1/process?op=resize:100",
                made::png(&made::opaque_still(400, 300)),
            ),
            ("/v1/process?op=invert", made::animation()),
            ("/v1/process?op=rotate:30", made::many_colours()),
        ];
        let tasks: Vec<_> = sources
            .into_iter()
            .map(|(path, body)| {
                let answer = service.post(path, &body);
                assert_eq!(answer.verdict(), (200, String::new()));
                let expected = answer.body;
                Task {
                    path,
                    body,
                    expected,
                }
            })
            .collect();
        let mut load = Self {
            tasks,
            pause: Duration::ZERO,
            allowed,
            over: AtomicBool::new(false),
            answered: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
            slowest: Mutex::new(Duration::ZERO),
        };
        load.pause = load.pause_for_the_share(service);
        load
    }

    /// All clients at once as fast as they can; then each is made to wait between its requests.
    fn pause_for_the_share(&self, service: &Service) -> Duration {
        const ROUNDS: u32 = 10;
        let begun = Instant::now();
        thread::scope(|scope| {
            for client in 0..CLIENTS {
                scope
                    .spawn(move || (0..ROUNDS).for_each(|round| self.ask(service, client + round)));
            }
        });
        assert_eq!(
            self.failed.load(Ordering::Relaxed),
            0,
            "nothing was in the way yet"
        );
        self.answered.store(0, Ordering::Relaxed);
        *self.slowest.lock().unwrap() = Duration::ZERO;
        begun.elapsed().div_f64(f64::from(ROUNDS) * SHARE)
    }

    /// Keeps asking until [`Load::end`].
    pub(crate) fn client(&self, service: &Service, client: u32) {
        let mut next = Instant::now();
        let mut round = client;
        while !self.over.load(Ordering::Relaxed) {
            self.ask(service, round);
            round += 1;
            // At its own pace, not the service's: what was missed is made up for.
            next += self.pause;
            thread::sleep(next.saturating_duration_since(Instant::now()));
            next = next.max(Instant::now() - 5 * self.pause);
        }
    }

    pub(crate) fn clients() -> std::ops::Range<u32> {
        0..CLIENTS
    }

    fn ask(&self, service: &Service, round: u32) {
        let task = &self.tasks[round as usize % self.tasks.len()];
        let begun = Instant::now();
        let answer = service.post(task.path, &task.body);
        let took = begun.elapsed();
        assert!(
            took < BOUND,
            "{took:?} for {}: {}",
            task.path,
            service.log()
        );
        let mut slowest = self.slowest.lock().unwrap();
        *slowest = took.max(*slowest);
        drop(slowest);
        self.judge(task, &answer);
    }

    fn judge(&self, task: &Task, answer: &Answer) {
        self.answered.fetch_add(1, Ordering::Relaxed);
        if answer.status == 200 {
            assert!(
                answer.body == task.expected,
                "a wrong picture for {}",
                task.path
            );
        } else {
            self.failed.fetch_add(1, Ordering::Relaxed);
            let code = answer.code();
            assert!(self.allowed.contains(&code.as_str()), "{code}: {answer:?}");
        }
    }

    /// No client asks again.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    pub(crate) fn slowest(&self) -> Duration {
        *self.slowest.lock().unwrap()
    }
}

/// Ends the load even when a client has failed, so that nobody waits for ever.
pub(crate) struct EndOnDrop<'a>(pub(crate) &'a Load);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}
