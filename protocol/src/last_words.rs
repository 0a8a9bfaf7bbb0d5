//! What a worker says when it ends itself: an exit code, and one line on standard error with
//! the figures. The gateway reads the line as it reads everything from a worker: to show it,
//! never to act on it.

use std::fmt;

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

    /// The exit code that goes with the line.
    #[must_use]
    pub fn exit_code(self) -> i32 {
        match self {
            Self::ForbiddenCall { .. } => Self::EXIT_FORBIDDEN_CALL,
            Self::OutOfMemory { .. } => Self::EXIT_OUT_OF_MEMORY,
        }
    }

    /// Reads a line that [`Display`](fmt::Display) wrote.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        if let Some(number) = line.strip_prefix("forbidden system call: ") {
            let number = number.parse().ok()?;
            return Some(Self::ForbiddenCall { number });
        }
        let figures = line.strip_prefix("memory limit: asked ")?;
        let (asked, cap) = figures.split_once(" bytes, cap ")?;
        Some(Self::OutOfMemory {
            asked: asked.parse().ok()?,
            cap: cap.parse().ok()?,
        })
    }
}

impl fmt::Display for LastWords {
    // Neither allocates nor locks: it runs inside the allocator and inside a signal handler.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForbiddenCall { number } => write!(f, "forbidden system call: {number}"),
            Self::OutOfMemory { asked, cap } => {
                write!(f, "memory limit: asked {asked} bytes, cap {cap}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_read_as_it_was_written() {
        for words in [
            LastWords::ForbiddenCall { number: 257 },
            LastWords::OutOfMemory {
                asked: u64::MAX,
                cap: 1 << 30,
            },
        ] {
            assert_eq!(LastWords::read(&words.to_string()), Some(words));
        }
    }

    #[test]
    fn other_lines_say_nothing() {
        for line in [
            "",
            "memory limit: asked 1 bytes, cap",
            "memory limit: asked x bytes, cap 5",
            "forbidden system call: openat",
            "memory allocation of 99 bytes failed",
        ] {
            assert_eq!(LastWords::read(line), None, "{line}");
        }
    }
}
