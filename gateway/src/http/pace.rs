//! How fast a client sends or takes bytes while somebody waits for it, and whether that is too slow.
//! Only waiting is timed: a client that has nothing to do is never slow.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::settings::Settings;

/// See the module.
#[derive(Debug)]
pub(super) struct Pace {
    /// The time over which the rate is taken.
    window: Duration,
    /// What has to move in that time, bytes.
    bytes_min: u64,
    /// The end of the window at hand; `None` while nobody waits.
    end: Option<Pin<Box<Sleep>>>,
    moved: u64,
}

impl Pace {
    pub(super) fn new(settings: &Settings) -> Self {
        let window = settings.slow_client;
        let rate = settings.slow_client_bytes_per_s;
        let bytes = u128::from(rate) * window.as_millis() / 1000;
        Self {
            window,
            // Whatever the rate, a client that stands still is slow.
            bytes_min: u64::try_from(bytes).unwrap_or(u64::MAX).max(1),
            end: None,
            moved: 0,
        }
    }

    /// The client has sent or taken so many bytes.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.moved = self.moved.saturating_add(bytes as u64);
    }

    /// Somebody waits for it: ready as soon as it has been too slow.
    pub(super) fn poll_too_slow(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let end = match &mut self.end {
                Some(end) => end,
                None => {
                    self.moved = 0;
                    let end = sleep_until(Instant::now() + self.window);
                    self.end.insert(Box::pin(end))
                }
            };
            std::task::ready!(end.as_mut().poll(context));
            if self.moved < self.bytes_min {
                return Poll::Ready(());
            }
            self.end = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    fn pace(window_ms: &str, rate: &str) -> Pace {
        let changes = [
            ("slow_client_ms", window_ms),
            ("slow_client_bytes_per_s", rate),
        ];
        Pace::new(&Settings::with(&changes))
    }

    async fn is_slow(pace: &mut Pace, within: Duration) -> bool {
        let slow = poll_fn(|context| pace.poll_too_slow(context));
        tokio::time::timeout(within, slow).await.is_ok()
    }

    #[tokio::test]
    async fn who_moves_enough_in_each_window_is_never_slow() {
        let mut pace = pace("400", "10");
        assert!(!is_slow(&mut pace, Duration::from_millis(1)).await);
        // Far more than 4 bytes, but in the first window only.
        pace.moved(1000);
        assert!(!is_slow(&mut pace, Duration::from_millis(500)).await);
        assert!(is_slow(&mut pace, Duration::from_secs(10)).await);
    }

    #[tokio::test]
    async fn without_a_rate_standing_still_is_slow_and_one_byte_is_not() {
        let mut pace = pace("300", "0");
        assert!(!is_slow(&mut pace, Duration::from_millis(1)).await);
        pace.moved(1);
        assert!(!is_slow(&mut pace, Duration::from_millis(350)).await);
        assert!(is_slow(&mut pace, Duration::from_secs(10)).await);
    }
}
