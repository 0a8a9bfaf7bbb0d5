//! On whose account a job is done, and how that account stands to others. Who is behind an account
//! is not known here.

/// How often one class has its turn compared with the others, while jobs of all of them wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Priority {
    High,
    Normal,
    Low,
}

impl Priority {
    /// From the one with most turns to the one with fewest.
    pub(crate) const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    /// Its name in a tokens file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    /// Turns of the class, of the thirteen that all three have together. Each is three times as
    /// often as the next: enough to feel, and the lowest still moves.
    pub(crate) fn weight(self) -> u64 {
        match self {
            Self::High => 9,
            Self::Normal => 3,
            Self::Low => 1,
        }
    }
}

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Share {
    /// Unique among the accounts of this gateway.
    pub(crate) account: u64,
    pub(crate) priority: Priority,
}

impl Share {
    /// The gateway's own jobs.
    pub(crate) const OWN: Self = Self {
        account: 0,
        priority: Priority::High,
    };
}
