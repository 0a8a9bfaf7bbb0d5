//! What a worker is told before there is a wire: its command line, written by the gateway and
//! read by the worker of the same build.

use thiserror::Error;

/// Whether a worker is to close its cage. How many layers must stand is the gateway's to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cage {
    /// Every layer that the kernel offers.
    Closed,
    /// Only what the farm itself relies on: the worker dies with the gateway and has a cap on
    /// its memory. For debugging.
    Open,
}

/// The command line of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// See [`Cage`].
    pub cage: Cage,
    /// Memory that a job may have, bytes.
    pub memory_bytes: u64,
}

/// A command line that no gateway writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the arguments must be closed or open, and a number of bytes")]
pub struct NotAStart;

impl Start {
    /// The arguments, without the program's name.
    #[must_use]
    pub fn arguments(self) -> [String; 2] {
        let cage = match self.cage {
            Cage::Closed => "closed",
            Cage::Open => "open",
        };
        [cage.to_owned(), self.memory_bytes.to_string()]
    }

    /// Reads what [`Start::arguments`] wrote.
    ///
    /// # Errors
    /// For anything else.
    pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, NotAStart> {
        let mut arguments = arguments.into_iter();
        let cage = match arguments.next().as_deref() {
            Some("closed") => Cage::Closed,
            Some("open") => Cage::Open,
            _ => return Err(NotAStart),
        };
        let bytes = arguments.next().and_then(|text| text.parse().ok());
        match (bytes, arguments.next()) {
            (Some(memory_bytes), None) => Ok(Self { cage, memory_bytes }),
            _ => Err(NotAStart),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gateway_writes_is_what_the_worker_reads() {
        for cage in [Cage::Closed, Cage::Open] {
            let start = Start {
                cage,
                memory_bytes: 1 << 30,
            };
            assert_eq!(Start::read(start.arguments()), Ok(start));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for line in ["", "closed", "shut 5", "closed five", "closed 5 6", "5"] {
            let arguments = line.split_whitespace().map(str::to_owned);
            assert_eq!(Start::read(arguments), Err(NotAStart), "{line}");
        }
    }
}
