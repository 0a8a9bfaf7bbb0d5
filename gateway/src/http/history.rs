//! The last minutes, second by second: what `/status` draws its curves from, so that they are
//! there as soon as the page is. Figures for machines are in `metrics.rs`; nothing here outlives
//! the process or grows.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web;
use serde::Serialize;

use super::State;

/// Seconds that are kept.
const KEPT: usize = 300;
/// How long one sample is.
const PERIOD: Duration = Duration::from_secs(1);
/// Times are counted in classes, each a quarter longer than the one before: from 0.5 ms to beyond the
/// longest deadline (an hour).
const CLASSES: usize = 76;
const SHORTEST_MS: f64 = 0.5;
const RATIO: f64 = 1.25;

/// Answers to requests for pictures within one second.
#[derive(Debug, Clone)]
struct Tally {
    finished: u32,
    refused: u32,
    failed: u32,
    times: [u32; CLASSES],
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            finished: 0,
            refused: 0,
            failed: 0,
            times: [0; CLASSES],
        }
    }
}

/// One second as `/status/history.json` shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Second {
    /// Counts up by one; a reader asks for those after the last that it has.
    number: u64,
    /// Requests for pictures answered with a picture.
    finished: u32,
    /// With a status from 400 to 499: the request's or the picture's doing.
    refused: u32,
    /// With a status from 500 on.
    failed: u32,
    /// Times of all these, ms; `None` when there were none.
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    /// At its end: jobs that wait, workers at work, workers there are.
    queue_jobs: usize,
    busy: usize,
    workers: usize,
}

#[derive(Debug, Default)]
struct Inner {
    number: u64,
    now: Tally,
    kept: VecDeque<Second>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<Inner>);

impl History {
    /// Counts one answer to a request for a picture.
    pub(crate) fn answered(&self, status: u16, took: Duration) {
        let mut inner = self.lock();
        let tally = &mut inner.now;
        match status {
            ..400 => tally.finished += 1,
            400..500 => tally.refused += 1,
            _ => tally.failed += 1,
        }
        tally.times[class(took)] += 1;
    }

    /// The seconds after that number, oldest first.
    pub(crate) fn after(&self, number: u64) -> Vec<Second> {
        let inner = self.lock();
        let later = inner.kept.iter().filter(|second| second.number > number);
        later.cloned().collect()
    }

    /// Ends a second.
    fn close(&self, queue_jobs: usize, busy: usize, workers: usize) {
        let mut inner = self.lock();
        let tally = std::mem::take(&mut inner.now);
        inner.number += 1;
        let second = Second {
            number: inner.number,
            finished: tally.finished,
            refused: tally.refused,
            failed: tally.failed,
            p50_ms: quantile(&tally.times, 0.5),
            p99_ms: quantile(&tally.times, 0.99),
            queue_jobs,
            busy,
            workers,
        };
        if inner.kept.len() == KEPT {
            inner.kept.pop_front();
        }
        inner.kept.push_back(second);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // It is whole after every statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends second after second for as long as there is a farm to ask.
pub(crate) async fn keep(state: web::Data<State>) {
    let mut ticks = tokio::time::interval(PERIOD);
    // A gateway that stood still has nothing to tell about that time.
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let Some(status) = state.pool.status().await else {
            return;
        };
        let busy = status
            .workers
            .iter()
            .filter(|worker| worker.state == "busy");
        let (queue, workers) = (status.queue_jobs, status.workers.len());
        state.history.close(queue, busy.count(), workers);
    }
}

fn class(took: Duration) -> usize {
    let ms = took.as_secs_f64() * 1e3;
    let class = (ms / SHORTEST_MS).log(RATIO).ceil().max(0.0);
    (class as usize).min(CLASSES - 1)
}

/// The time that this share of the answers took at most, to a quarter: the end of its class.
fn quantile(times: &[u32; CLASSES], share: f64) -> Option<f64> {
    let count: u32 = times.iter().sum();
    let rank = (f64::from(count) * share).ceil().max(1.0) as u32;
    let mut below = 0;
    let reaches = |of_class: &u32| {
        below += of_class;
        below >= rank
    };
    let class = times.iter().position(reaches)?;
    Some(SHORTEST_MS * RATIO.powi(class as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(history: &History) -> Second {
        history.after(0).pop().expect("a second")
    }

    #[test]
    fn a_second_tells_what_was_answered_in_it_and_how_fast() {
        let history = History::default();
        for ms in 1..=100 {
            history.answered(200, Duration::from_millis(ms));
        }
        history.answered(422, Duration::from_millis(1));
        history.answered(503, Duration::from_micros(1));
        history.close(3, 1, 2);
        let second = last(&history);
        assert_eq!(
            (second.finished, second.refused, second.failed),
            (100, 1, 1)
        );
        assert_eq!((second.queue_jobs, second.busy, second.workers), (3, 1, 2));
        let (p50, p99) = (second.p50_ms.unwrap(), second.p99_ms.unwrap());
        assert!((50.0 / RATIO..=50.0 * RATIO).contains(&p50), "{p50}");
        assert!((99.0 / RATIO..=99.0 * RATIO).contains(&p99), "{p99}");

        history.close(0, 0, 2);
        assert_eq!((last(&history).finished, last(&history).p50_ms), (0, None));
    }

    #[test]
    fn only_the_last_minutes_are_kept_and_a_reader_gets_what_is_new() {
        let history = History::default();
        (0..KEPT + 7).for_each(|_| history.close(0, 0, 0));
        let all = history.after(0);
        assert_eq!((all.len(), all[0].number), (KEPT, 8));
        let newest = KEPT as u64 + 7;
        assert_eq!(history.after(newest - 2).len(), 2);
        assert!(history.after(newest).is_empty());
    }

    #[test]
    fn every_time_has_a_class() {
        assert_eq!(class(Duration::ZERO), 0);
        assert!(class(Duration::from_secs(3600)) < CLASSES - 1);
        assert_eq!(class(Duration::from_secs(1 << 40)), CLASSES - 1);
    }
}
