//! How long an empty slot stays empty after its worker failed: not at all the first time,
//! then 100 ms doubling to 10 s, each spread by ± 20 % so that slots that fail together do not
//! come back together. The first successful job resets it.

use std::time::Duration;

const FIRST_PAUSE_MS: u64 = 100;
const PAUSE_MS_MAX: u64 = 10_000;
const SPREAD_PERCENT: u64 = 20;

/// Failures in a row from which a slot counts as crash-looping. Below it the pauses are short
/// enough for a job to wait them out in the queue.
pub(crate) const CRASH_LOOP_FAILURES: u32 = 4;

/// The pause after the given number of failures in a row.
pub(crate) fn pause(failures: u32) -> Duration {
    let doublings = match failures {
        0 | 1 => return Duration::ZERO,
        n => (n - 2).min(16),
    };
    let middle = (FIRST_PAUSE_MS << doublings).min(PAUSE_MS_MAX);
    let spread = middle * SPREAD_PERCENT / 100;
    Duration::from_millis(fastrand::u64(middle - spread..=middle + spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_costs_nothing() {
        assert_eq!(pause(0), Duration::ZERO);
        assert_eq!(pause(1), Duration::ZERO);
    }

    #[test]
    fn pauses_double_up_to_ten_seconds() {
        for (failures, middle) in [
            (2, 100),
            (3, 200),
            (4, 400),
            (8, 6400),
            (9, 10_000),
            (u32::MAX, 10_000),
        ] {
            let pause = pause(failures).as_millis();
            assert!(pause * 10 >= middle * 8, "{failures}: {pause}");
            assert!(pause * 10 <= middle * 12, "{failures}: {pause}");
        }
    }
}
