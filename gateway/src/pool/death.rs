//! How a worker process ended, and what that means for the job it had.

use std::fmt;

use nix::sys::signal::Signal;
use protocol::{Breadcrumb, LastWords};

/// How the kernel says that a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It returned, or called exit, with this code.
    Exited(i32),
    /// This signal ended it.
    Signalled(i32),
}

/// What a death means. The order of [`Death::cause`] decides between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A system call that no picture needs.
    SandboxViolation,
    /// More memory than the worker may have.
    MemoryLimit(MemoryLimit),
    /// More CPU time than the job may have.
    CpuLimit,
    /// SIGKILL, and not by us: an operator or the kernel.
    Killed,
    /// Any other signal, or an exit in the middle of a job.
    Crashed,
}

impl Cause {
    /// What operators call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SandboxViolation => "sandbox_violation",
            Self::MemoryLimit(_) => "memory_limit",
            Self::CpuLimit => "cpu_limit",
            Self::Killed => "killed",
            Self::Crashed => "crashed",
        }
    }

    /// Whether the job itself brought it about, in a way that has no exact answer of its own:
    /// memory has one, if it went through the allocator, as no decoder avoids by accident; and
    /// SIGKILL came from outside.
    pub(crate) fn is_the_jobs_doing(self) -> bool {
        matches!(
            self,
            Self::SandboxViolation
                | Self::MemoryLimit(MemoryLimit::Cgroup)
                | Self::CpuLimit
                | Self::Crashed
        )
    }
}

/// Which of the limits on memory it was, from the precise to the blunt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemoryLimit {
    /// The worker's own count of what it allocates.
    Allocator,
    /// RLIMIT_DATA: the kernel refused memory, and the worker gave up.
    Rlimit,
    /// Its control group: the kernel killed it.
    Cgroup,
}

impl MemoryLimit {
    /// The `source` in error bodies.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Allocator => "allocator",
            Self::Rlimit => "rlimit",
            Self::Cgroup => "cgroup",
        }
    }
}

/// One worker's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Death {
    pub(crate) pid: u32,
    pub(crate) ending: Ending,
    /// The last lines that it wrote to stderr, clipped.
    pub(crate) stderr: String,
    /// What it left on its page.
    pub(crate) breadcrumb: Breadcrumb,
    /// The kernel says that it killed in the worker's control group, because that was full.
    pub(crate) outgrew_its_leaf: bool,
}

impl Death {
    pub(crate) fn cause(&self) -> Cause {
        let signal = self.signal();
        if self.exit_code() == Some(LastWords::EXIT_FORBIDDEN_CALL)
            || signal == Some(Signal::SIGSYS as i32)
        {
            Cause::SandboxViolation
        } else if self.exit_code() == Some(LastWords::EXIT_OUT_OF_MEMORY) {
            Cause::MemoryLimit(MemoryLimit::Allocator)
        } else if signal == Some(Signal::SIGABRT as i32) && self.ran_out_of_memory() {
            Cause::MemoryLimit(MemoryLimit::Rlimit)
        } else if signal == Some(Signal::SIGXCPU as i32) {
            Cause::CpuLimit
        } else if signal == Some(Signal::SIGKILL as i32) && self.outgrew_its_leaf {
            Cause::MemoryLimit(MemoryLimit::Cgroup)
        } else if signal == Some(Signal::SIGKILL as i32) {
            Cause::Killed
        } else {
            Cause::Crashed
        }
    }

    pub(crate) fn signal(&self) -> Option<i32> {
        match self.ending {
            Ending::Signalled(signal) => Some(signal),
            Ending::Exited(_) => None,
        }
    }

    pub(crate) fn exit_code(&self) -> Option<i32> {
        match self.ending {
            Ending::Exited(code) => Some(code),
            Ending::Signalled(_) => None,
        }
    }

    /// The last line of stderr: what the worker itself said of its end.
    pub(crate) fn last_words(&self) -> Option<&str> {
        // The runtime's advice on backtraces comes last and says nothing of the cause.
        let telling = |line: &&str| !line.trim().is_empty() && !line.starts_with("note: ");
        self.stderr.lines().rfind(telling)
    }

    /// The figures that a worker left when it ended itself. Its own word: to be shown, no more.
    pub(crate) fn figures(&self) -> Option<LastWords> {
        let words = self.breadcrumb.last_words?;
        (self.exit_code() == Some(words.exit_code())).then_some(words)
    }

    /// The system call that its filter stopped.
    pub(crate) fn forbidden_call(&self) -> Option<i64> {
        match self.figures() {
            Some(LastWords::ForbiddenCall { number }) => Some(number),
            _ => None,
        }
    }

    /// Rust's runtime says this, and aborts, when the allocator returns null.
    fn ran_out_of_memory(&self) -> bool {
        self.stderr.contains("memory allocation of ")
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ending {
            Ending::Exited(code) => write!(f, "exit code {code}"),
            Ending::Signalled(signal) => write!(f, "signal {signal} ({})", signal_name(signal)),
        }
    }
}

fn signal_name(signal: i32) -> &'static str {
    Signal::try_from(signal).map_or("unknown", Signal::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn death(ending: Ending, stderr: &str) -> Death {
        Death {
            pid: 7,
            ending,
            stderr: stderr.to_owned(),
            breadcrumb: Breadcrumb::default(),
            outgrew_its_leaf: false,
        }
    }

    #[test]
    fn every_ending_has_its_exact_cause() {
        let abort = Signal::SIGABRT as i32;
        for (ending, stderr, cause) in [
            (Ending::Exited(159), "", Cause::SandboxViolation),
            (Ending::Signalled(31), "", Cause::SandboxViolation),
            (
                Ending::Exited(160),
                "",
                Cause::MemoryLimit(MemoryLimit::Allocator),
            ),
            (
                Ending::Signalled(abort),
                "memory allocation of 99 bytes failed",
                Cause::MemoryLimit(MemoryLimit::Rlimit),
            ),
            (Ending::Signalled(abort), "stack overflow", Cause::Crashed),
            (Ending::Signalled(24), "", Cause::CpuLimit),
            (Ending::Signalled(9), "", Cause::Killed),
            (Ending::Signalled(11), "", Cause::Crashed),
            (Ending::Exited(0), "", Cause::Crashed),
            (Ending::Exited(42), "", Cause::Crashed),
        ] {
            assert_eq!(death(ending, stderr).cause(), cause, "{ending:?} {stderr}");
        }
    }

    #[test]
    fn a_full_leaf_explains_a_sigkill_and_nothing_else() {
        for (ending, cause) in [
            (
                Ending::Signalled(9),
                Cause::MemoryLimit(MemoryLimit::Cgroup),
            ),
            (Ending::Signalled(31), Cause::SandboxViolation),
            (Ending::Signalled(11), Cause::Crashed),
            (Ending::Exited(0), Cause::Crashed),
        ] {
            let mut death = death(ending, "");
            death.outgrew_its_leaf = true;
            assert_eq!(death.cause(), cause, "{ending:?}");
        }
    }

    #[test]
    fn figures_count_only_with_their_exit_code() {
        let words = LastWords::OutOfMemory { asked: 9, cap: 5 };
        let figures = |ending| {
            let mut death = death(ending, "");
            death.breadcrumb.last_words = Some(words);
            death.figures()
        };
        assert_eq!(figures(Ending::Exited(160)), Some(words));
        assert_eq!(figures(Ending::Exited(159)), None);
        assert_eq!(figures(Ending::Signalled(6)), None);
    }

    #[test]
    fn the_last_words_are_those_that_say_something() {
        let stderr = "memory allocation of 9 bytes failed\nnote: run with RUST_BACKTRACE=1\n\n";
        let death = death(Ending::Signalled(6), stderr);
        assert_eq!(
            death.last_words(),
            Some("memory allocation of 9 bytes failed")
        );
    }

    #[test]
    fn a_signal_is_named() {
        let death = death(Ending::Signalled(11), "");
        assert_eq!(death.to_string(), "signal 11 (SIGSEGV)");
    }
}
