//! Counts the requests that are being answered, so that draining can wait for the last.

use tokio::sync::watch;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct InFlight {
    count: watch::Sender<usize>,
}

impl Default for InFlight {
    fn default() -> Self {
        Self {
            count: watch::Sender::new(0),
        }
    }
}

impl InFlight {
    /// One more, until the guard is dropped.
    pub(crate) fn enter(&self) -> Guard {
        self.count.send_modify(|count| *count += 1);
        Guard(self.clone())
    }

    pub(crate) fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// Returns when there is none.
    pub(crate) async fn none(&self) {
        // It fails only without a sender, and this is one.
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }
}

/// Stands for one request.
#[derive(Debug)]
pub(crate) struct Guard(InFlight);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.count.send_modify(|count| *count -= 1);
    }
}
