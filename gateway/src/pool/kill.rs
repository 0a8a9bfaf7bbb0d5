//! Why workers are killed. There is one way to do it, and these are the reasons.

/// Why the gateway killed a worker.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Kill {
    /// The job ran past its deadline.
    Deadline,
    /// The client left while the job ran.
    ClientGone,
    /// The gateway is stopping.
    Drain,
    /// What the worker sent is not the protocol.
    Protocol(String),
    /// No hello in time.
    StartTimeout,
    /// A job was sent, and the worker did not confirm it in time.
    AckTimeout,
    /// It has done its share and makes room for a fresh one.
    Recycled,
    /// The farm was made smaller.
    Surplus,
}

impl Kill {
    /// The label in logs and metrics.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::ClientGone => "client_gone",
            Self::Drain => "drain",
            Self::Protocol(_) => "protocol_error",
            Self::StartTimeout => "start_timeout",
            Self::AckTimeout => "ack_timeout",
            Self::Recycled => "recycled",
            Self::Surplus => "surplus",
        }
    }

    /// Whether the worker, rather than its job or the gateway, is to blame.
    pub(super) fn is_the_workers_fault(&self) -> bool {
        matches!(
            self,
            Self::Protocol(_) | Self::StartTimeout | Self::AckTimeout
        )
    }
}
