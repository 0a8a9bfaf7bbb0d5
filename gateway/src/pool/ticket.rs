//! What the farm knows of a job: everything but the picture.

use std::time::Instant;

/// A job's place in the farm. The picture itself stays with the driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// Unique in this gateway.
    pub(crate) id: u64,
    /// Length of the source, bytes.
    pub(crate) bytes: u64,
    /// When it was submitted.
    pub(crate) submitted: Instant,
    /// When it is over, finished or not.
    pub(crate) deadline: Instant,
    /// Whether a worker died before starting it.
    pub(crate) retried: bool,
}
