//! The operation catalogue: every operation, its parameters, their ranges and defaults, by
//! groups.
//!
//! An entry in one of the groups and a file in the folder of the same name under
//! `worker/src/operations/` are all that an operation needs.

#[macro_use]
mod entries;
mod animation;
mod choices;
mod composite;
mod detail;
mod effect;
mod geometry;
mod tone;

pub use animation::*;
pub use choices::{Beside, Blend, Filter, Fit, Flag, Focus, Gravity};
pub use composite::*;
pub use detail::*;
pub use effect::*;
pub use geometry::*;
pub use tone::*;

use std::fmt;

use crate::arguments::{Arguments, Fault};
use crate::catalogue::OperationSpec;
use crate::codec::{Decode, Encode};

/// Declares the enum of all groups and the table of all their entries.
macro_rules! groups {
    ($(#[$meta:meta])* pub enum Operation { $($(#[$doc:meta])+ $group:ident),+ $(,)? }) => {
        $(#[$meta])*
        pub enum Operation {
            $($(#[$doc])+ $group($group)),+
        }

        impl Operation {
            /// Its entry in the [`CATALOGUE`].
            #[must_use]
            pub fn spec(&self) -> &'static OperationSpec {
                match self { $(Self::$group(operation) => operation.spec()),+ }
            }

            fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$group(operation) => operation.write(f)),+ }
            }

            pub(crate) fn read(name: &str, arguments: &Arguments<'_>) -> Result<Self, Fault> {
                None$(.or_else(|| $group::read(name, arguments)))+.unwrap_or_else(|| {
                    Err(Fault::UnknownOperation { name: name.to_owned(), suggestion: None })
                })
            }
        }

        const GROUPS: &[&[&OperationSpec]] = &[$($group::SPECS),+];
    };
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

groups! {
    /// One step of a job: an operation with valid parameters.
    #[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
    pub enum Operation {
        /// Size, place and outline.
        Geometry,
        /// Colours, each pixel by itself.
        Tone,
        /// What depends on a pixel's neighbours.
        Detail,
        /// Frames and their times.
        Animation,
        /// Whole looks.
        Effect,
        /// A second picture on the first.
        Composite,
    }
}

impl Operation {
    /// The number of the picture that it takes beside the one it is done to; 2 is the second.
    #[must_use]
    pub fn picture(&self) -> Option<u32> {
        match self {
            Self::Composite(Composite::Overlay(overlay)) => Some(overlay.picture),
            Self::Geometry(_)
            | Self::Tone(_)
            | Self::Detail(_)
            | Self::Animation(_)
            | Self::Effect(_) => None,
        }
    }
}

const fn count() -> usize {
    let (mut sum, mut group) = (0, 0);
    while group < GROUPS.len() {
        sum += GROUPS[group].len();
        group += 1;
    }
    sum
}

const ALL: [&OperationSpec; count()] = {
    let mut all = [GROUPS[0][0]; count()];
    let (mut at, mut group) = (0, 0);
    while group < GROUPS.len() {
        let mut entry = 0;
        while entry < GROUPS[group].len() {
            all[at] = GROUPS[group][entry];
            (at, entry) = (at + 1, entry + 1);
        }
        group += 1;
    }
    all
};

/// Every operation, group by group.
pub static CATALOGUE: &[&OperationSpec] = &ALL;
