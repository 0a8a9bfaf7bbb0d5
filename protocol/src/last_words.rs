//! Why a worker ended itself: an exit code, and figures on the page that it shares with the
//! gateway (`breadcrumb.rs`).

/// Why a worker ended itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastWords {
    /// It made a system call that its filter does not let through.
    ForbiddenCall {
        /// The number, as the architecture counts them.
        number: i64,
    },
    /// A job wanted more memory than it may have.
    OutOfMemory {
        /// What the worker would have held, bytes.
        asked: u64,
        /// What it may hold, bytes.
        cap: u64,
    },
}

impl LastWords {
    /// Exit code of a worker that its system-call filter stopped: 128 + SIGSYS.
    pub const EXIT_FORBIDDEN_CALL: i32 = 159;
    /// Exit code of a worker that a job drove over its cap: the next one, which no signal has.
    pub const EXIT_OUT_OF_MEMORY: i32 = 160;

    /// The exit code that goes with the figures.
    #[must_use]
    pub fn exit_code(self) -> i32 {
        match self {
            Self::ForbiddenCall { .. } => Self::EXIT_FORBIDDEN_CALL,
            Self::OutOfMemory { .. } => Self::EXIT_OUT_OF_MEMORY,
        }
    }
}
