//! What the farm knows of a job: everything but the picture.

use std::time::Instant;

use super::share::Share;

/// Bytes of source below which jobs count as equally light: headers and the like.
const LIGHT_BYTES: u64 = 16 * 1024;

/// A job's place in the farm. The picture itself stays with the driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// Unique in this gateway.
    pub(crate) id: u64,
    /// On whose account it is done.
    pub(crate) share: Share,
    /// Length of the source, bytes.
    pub(crate) bytes: u64,
    /// How many operations it has.
    pub(crate) operations: u32,
    /// When it was submitted.
    pub(crate) submitted: Instant,
    /// When it is over, finished or not.
    pub(crate) deadline: Instant,
    /// Whether a worker died before starting it.
    pub(crate) retried: bool,
}

impl Ticket {
    /// How much work it seems to be, by all that the gateway knows without looking into the picture:
    /// bytes × (operations + 1, for decoding and encoding), in steps of four times as much, because
    /// finer ones would only be noise.
    pub(crate) fn weight(&self) -> u32 {
        let work = self.bytes.max(LIGHT_BYTES);
        let work = work.saturating_mul(u64::from(self.operations) + 1);
        work.ilog2() / 2
    }
}
