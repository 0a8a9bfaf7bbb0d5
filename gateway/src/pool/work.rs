//! A job as it is handed in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use protocol::{Limits, Operation, Output};

use super::{Identity, Place, Share};

/// What is to be done, and with what.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    /// On whose account.
    pub(crate) share: Share,
    /// The source file as it came; behind it may be further ones.
    pub(crate) source: Bytes,
    /// What it held until it was handed in.
    pub(crate) place: Option<Arc<Place>>,
    /// Of all of it, if somebody has computed that already.
    pub(crate) identity: Option<Identity>,
    /// Where the further ones begin, see [`protocol::Job::cuts`].
    pub(crate) cuts: Vec<u64>,
    /// Applied in order.
    pub(crate) operations: Vec<Operation>,
    /// What the result is to be.
    pub(crate) output: Output,
    /// When it was handed in.
    pub(crate) submitted: Instant,
    /// When it is over, finished or not.
    pub(crate) deadline: Instant,
    /// What it may cost.
    pub(crate) limits: Limits,
    /// CPU time that it may use.
    pub(crate) cpu: Duration,
}

impl Work {
    /// It needs no place in the queue any more, because it has one or somebody else's job will do.
    pub(crate) fn arrive(&self) {
        if let Some(place) = &self.place {
            place.arrive();
        }
    }
}

#[cfg(test)]
impl Work {
    /// Nothing is done to these bytes, and now.
    pub(crate) fn with(source: &[u8]) -> Self {
        Self {
            share: Share::OWN,
            source: Bytes::copy_from_slice(source),
            place: None,
            identity: None,
            cuts: Vec::new(),
            operations: Vec::new(),
            output: Output::default(),
            submitted: Instant::now(),
            deadline: Instant::now(),
            limits: Limits {
                pixels_max: 1,
                frames_max: 1,
                total_pixels_max: 1,
                output_pixels_max: 1,
                output_bytes_max: 1,
            },
            cpu: Duration::ZERO,
        }
    }
}
