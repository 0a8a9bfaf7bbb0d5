//! Remembers what kills workers: a picture that, with the same operations, has killed two is
//! not tried a third time for a while. A worker that was killed from outside is nobody's fault.
//!
//! Computing a key means hashing the picture, so nothing is computed as long as nothing has
//! ever struck.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::Work;
use super::identity::Identity;
use super::outcome::{JobError, Outcome};

/// Dead workers from which a job is quarantined.
const STRIKES: u32 = 2;
/// How far apart they may be.
const WINDOW: Duration = Duration::from_secs(600);
/// Jobs remembered; of more, the one that struck longest ago is forgotten.
const ENTRIES_MAX: usize = 1024;

/// Of operations, output and pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key(Identity);

impl Key {
    pub(crate) async fn of(work: &Work) -> Self {
        let source = match work.identity {
            Some(known) => known,
            None => Identity::of(&work.source).await,
        };
        // Debug text is canonical here: it is only ever compared within one process.
        let plan = format!("{:?} {:?} {:?}", work.output, work.operations, work.cuts);
        Self(source.with(&plan))
    }
}

/// How long a job stays locked out, and after how many dead workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) strikes: u32,
    pub(crate) left: Duration,
}

#[derive(Debug)]
struct Entry {
    strikes: u32,
    last: Instant,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Quarantine {
    /// How long a job is locked out, ms; zero switches it all off.
    term_ms: AtomicU64,
    entries: Mutex<HashMap<Key, Entry>>,
    /// Whether there is any entry, without the lock.
    any: AtomicBool,
}

impl Quarantine {
    /// `term`: how long a job is locked out; zero switches it all off.
    pub(crate) fn new(term: Duration) -> Self {
        Self {
            term_ms: AtomicU64::new(millis(term)),
            entries: Mutex::default(),
            any: AtomicBool::new(false),
        }
    }

    /// From now on jobs are locked out for `term`, those that are already too.
    pub(crate) fn set_term(&self, term: Duration) {
        self.term_ms.store(millis(term), Ordering::Relaxed);
    }

    fn term(&self) -> Duration {
        Duration::from_millis(self.term_ms.load(Ordering::Relaxed))
    }

    /// Whether a job that ended so has struck.
    pub(crate) fn is_strike(&self, outcome: &Outcome) -> bool {
        let Err(JobError::WorkerDied(death)) = outcome else {
            return false;
        };
        !self.term().is_zero() && death.cause().is_the_jobs_doing()
    }

    /// Whether there is anything to check a job against.
    pub(crate) fn is_empty(&self) -> bool {
        !self.any.load(Ordering::Acquire)
    }

    /// A worker died of this job.
    pub(crate) fn strike(&self, key: Key, now: Instant) {
        let mut entries = self.lock();
        self.forget_old(&mut entries, now);
        if entries.len() >= ENTRIES_MAX && !entries.contains_key(&key) {
            let oldest = entries.iter().min_by_key(|(_, entry)| entry.last);
            if let Some(oldest) = oldest.map(|(key, _)| *key) {
                entries.remove(&oldest);
            }
        }
        let entry = entries.entry(key).or_insert(Entry {
            strikes: 0,
            last: now,
        });
        entry.strikes += 1;
        entry.last = now;
        self.any.store(true, Ordering::Release);
    }

    /// Whether the job is locked out.
    pub(crate) fn sentence(&self, key: Key, now: Instant) -> Option<Sentence> {
        let mut entries = self.lock();
        self.forget_old(&mut entries, now);
        let entry = entries.get(&key)?;
        (entry.strikes >= STRIKES).then(|| Sentence {
            strikes: entry.strikes,
            left: self.term().saturating_sub(now - entry.last),
        })
    }

    /// How many jobs are locked out.
    pub(crate) fn count(&self, now: Instant) -> usize {
        let mut entries = self.lock();
        self.forget_old(&mut entries, now);
        let locked_out = entries.values().filter(|entry| entry.strikes >= STRIKES);
        locked_out.count()
    }

    fn forget_old(&self, entries: &mut HashMap<Key, Entry>, now: Instant) {
        let term = self.term();
        entries.retain(|_, entry| {
            let kept = if entry.strikes >= STRIKES {
                term
            } else {
                WINDOW
            };
            now.saturating_duration_since(entry.last) < kept
        });
        self.any.store(!entries.is_empty(), Ordering::Release);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Entry>> {
        // The map is whole after every statement, whatever happened to another thread.
        self.entries
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::death::{Death, Ending};
    use super::super::identity::PIECE_BYTES;
    use protocol::{Breadcrumb, Operation, Output};

    use super::*;

    const TERM: Duration = Duration::from_secs(3600);

    fn key(name: &str) -> Key {
        key_of(&work(name.as_bytes(), &[], Output::default()))
    }

    fn work(source: &[u8], operations: &[Operation], output: Output) -> Work {
        Work {
            operations: operations.to_vec(),
            output,
            ..Work::with(source)
        }
    }

    fn key_of(work: &Work) -> Key {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(Key::of(work))
    }

    #[test]
    fn two_dead_workers_lock_a_job_out_for_the_term() {
        let (quarantine, now) = (Quarantine::new(TERM), Instant::now());
        assert!(quarantine.is_empty());
        quarantine.strike(key("a"), now);
        assert_eq!(quarantine.sentence(key("a"), now), None);
        quarantine.strike(key("a"), now + WINDOW / 2);
        let begun = now + WINDOW / 2;
        let sentence = quarantine.sentence(key("a"), begun + TERM / 4);
        let expected = Sentence {
            strikes: 2,
            left: TERM - TERM / 4,
        };
        assert_eq!(sentence, Some(expected));
        assert_eq!(quarantine.sentence(key("b"), begun), None, "others may");
        assert_eq!(quarantine.sentence(key("a"), begun + TERM), None);
        assert!(quarantine.is_empty());
    }

    #[test]
    fn strikes_far_apart_do_not_add_up() {
        let (quarantine, now) = (Quarantine::new(TERM), Instant::now());
        quarantine.strike(key("a"), now);
        quarantine.strike(key("a"), now + WINDOW);
        assert_eq!(quarantine.sentence(key("a"), now + WINDOW), None);
    }

    #[test]
    fn the_memory_is_bounded() {
        let (quarantine, now) = (Quarantine::new(TERM), Instant::now());
        for index in 0..=ENTRIES_MAX {
            let at = now + Duration::from_millis(index as u64);
            quarantine.strike(key(&index.to_string()), at);
        }
        let later = now + Duration::from_secs(2);
        quarantine.strike(key("0"), later);
        assert_eq!(quarantine.sentence(key("0"), later), None, "forgotten");
        quarantine.strike(key("9"), later);
        assert!(quarantine.sentence(key("9"), later).is_some());
    }

    #[test]
    fn the_key_tells_pictures_and_operations_apart() {
        let blur = Operation::from_text("blur").unwrap();
        let natural = Output::default();
        let coarse = Output {
            quality: Some(1),
            ..natural
        };
        let cut = |at| Work {
            cuts: vec![at],
            ..work(b"ab", &[], natural)
        };
        let jobs = [
            work(b"a", &[], natural),
            work(b"b", &[], natural),
            work(b"ab", &[], natural),
            cut(1),
            cut(2),
            work(b"a", &[blur], natural),
            work(b"a", &[blur, blur], natural),
            work(b"a", &[], coarse),
            work(&[0; PIECE_BYTES], &[], natural),
            work(&[0; PIECE_BYTES + 1], &[], natural),
        ];
        let keys = jobs.each_ref().map(key_of);
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{index}");
        }
    }

    #[test]
    fn only_a_death_by_the_jobs_own_doing_is_a_strike() {
        let quarantine = Quarantine::new(TERM);
        let died = |ending, stderr: &str| {
            Err(JobError::WorkerDied(Death {
                pid: 1,
                ending,
                stderr: stderr.to_owned(),
                breadcrumb: Breadcrumb::default(),
                outgrew_its_leaf: stderr == "leaf",
            }))
        };
        for (outcome, strike) in [
            (died(Ending::Signalled(11), ""), true),
            (died(Ending::Exited(42), ""), true),
            (died(Ending::Signalled(24), ""), true),
            (died(Ending::Signalled(9), ""), false),
            (died(Ending::Signalled(9), "leaf"), true),
            (died(Ending::Signalled(6), "memory allocation of 9"), false),
            (
                Err(JobError::DeadlineExceeded(Breadcrumb::default())),
                false,
            ),
        ] {
            assert_eq!(quarantine.is_strike(&outcome), strike, "{outcome:?}");
        }
        let off = Quarantine::new(Duration::ZERO);
        assert!(!off.is_strike(&died(Ending::Signalled(11), "")));
    }
}
