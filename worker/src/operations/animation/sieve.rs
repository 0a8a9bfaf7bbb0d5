//! Frames of which some are left out. Nothing is made of those but what tells where they differ from the ones
//! before: there the next one that is given may differ too.

use crate::decode::Choose;
use crate::operations::chain::{Before, Reel};
use crate::picture::{Area, Delay, Patch};
use crate::refused::Refused;

/// See the module.
pub(super) struct Sieve<'a> {
    before: Before<'a>,
    missed: Missed,
}

/// Where frames that nobody was given may differ from the last one that somebody was.
#[derive(Clone, Copy)]
enum Missed {
    Nowhere,
    Within(Area),
    Anywhere,
}

impl<'a> Sieve<'a> {
    pub(super) fn new(before: Before<'a>) -> Self {
        Self {
            before,
            missed: Missed::Nowhere,
        }
    }

    /// The next frame, or as much of it as is chosen.
    ///
    /// # Errors
    /// As [`Reel::next_frame`].
    pub(super) fn give(&mut self, choose: Option<Choose<'_>>) -> Result<Option<Patch>, Refused> {
        let missed = std::mem::replace(&mut self.missed, Missed::Nowhere);
        let Some(choose) = choose else {
            return Ok(self.before.next_frame()?.map(Patch::from));
        };
        self.before.next_part(&mut |changed, canvas| {
            let changed = match missed {
                Missed::Nowhere => changed,
                Missed::Within(area) => area.around(changed),
                Missed::Anywhere => Area::all(canvas),
            };
            choose(changed, canvas)
        })
    }

    /// Leaves the next frame out; how long it would have been seen.
    ///
    /// # Errors
    /// As [`Reel::next_frame`].
    pub(super) fn leave_out(&mut self) -> Result<Option<Delay>, Refused> {
        // If nothing is said about where it differs.
        let missed = std::mem::replace(&mut self.missed, Missed::Anywhere);
        let patch = self.before.next_part(&mut |changed, _| {
            self.missed = match missed {
                Missed::Nowhere => Missed::Within(changed),
                Missed::Within(area) => Missed::Within(area.around(changed)),
                Missed::Anywhere => Missed::Anywhere,
            };
            Area::FIRST_PIXEL
        })?;
        Ok(patch.map(|patch| patch.delay))
    }

    /// Takes note that a frame that was given is not passed on.
    pub(super) fn forget(&mut self) {
        self.missed = Missed::Anywhere;
    }
}
