//! Where a job is and where its time went. Shared by reference and kept in cells, so that it
//! still tells after a panic has unwound through everything else; and left on the shared page,
//! so that it still tells when the whole worker is gone.

use std::cell::Cell;
use std::time::Instant;

use protocol::{Phase, Timings};

use crate::trail::trail;

/// The phase, the operation at work, and the time spent in each phase so far.
#[derive(Debug)]
pub struct Progress {
    phase: Cell<Phase>,
    operation: Cell<Option<u8>>,
    frames: Cell<u64>,
    since: Cell<Instant>,
    timings: Cell<Timings>,
}

impl Default for Progress {
    fn default() -> Self {
        trail().begin();
        Self {
            phase: Cell::new(Phase::Decode),
            operation: Cell::new(None),
            frames: Cell::new(0),
            since: Cell::new(Instant::now()),
            timings: Cell::default(),
        }
    }
}

impl Progress {
    /// Now in `phase`; the time since the last change counts for the phase before.
    pub fn enter(&self, phase: Phase) {
        trail().at_phase(Some(phase));
        let now = Instant::now();
        let spent = now.duration_since(self.since.replace(now)).as_micros() as u64;
        let mut timings = self.timings.get();
        match self.phase.replace(phase) {
            Phase::Decode => timings.decode_us += spent,
            Phase::Operations => timings.operations_us += spent,
            Phase::Encode => timings.encode_us += spent,
        }
        self.timings.set(timings);
        self.operation.set(None);
    }

    /// Now at one frame more.
    pub fn at_next_frame(&self) {
        self.frames.set(self.frames.get() + 1);
        trail().at_frame(self.frames.get());
    }

    /// Now at the operation of that index.
    pub fn at_operation(&self, index: usize) {
        trail().at_operation(index);
        self.operation.set(u8::try_from(index).ok());
    }

    /// The phase that the job is in.
    pub fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// The operation at work, when one is.
    pub fn operation(&self) -> Option<u8> {
        self.operation.get()
    }

    /// Time per phase, up to now.
    pub fn timings(&self) -> Timings {
        self.enter(self.phase());
        self.timings.get()
    }
}

impl Drop for Progress {
    /// The job is over, and what comes next is not its doing.
    fn drop(&mut self) {
        trail().at_phase(None);
    }
}
