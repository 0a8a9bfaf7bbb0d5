//! The values of settings that are one of a few names; the names stand in the table.

/// How far the workers' cage must be closed before they may work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sandbox {
    /// No cage at all: for debugging.
    Off,
    /// Every layer that the kernel offers; the missing ones are reported, not fatal.
    BestEffort,
    /// Every layer there is; without one of them nothing starts.
    Required,
}

/// Whether workers get control groups of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WorkerCgroups {
    /// No: the gateway stays in the group that it was started in.
    Off,
    /// Where a part of the hierarchy was delegated to the gateway.
    Auto,
    /// Yes; without them nothing starts.
    Required,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Human,
    /// One JSON object per line.
    Json,
}
