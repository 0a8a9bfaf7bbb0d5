//! What was given up for a byte budget.

use std::fmt;

use crate::codec::{Decode, Encode};

/// What was given up for `max_bytes`; `None`: nothing of that kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Traded {
    /// The quality that was used.
    pub quality: Option<u8>,
    /// The most colours of one frame.
    pub colors: Option<u16>,
    /// The size, % of the width and height that were asked for.
    pub scale: Option<u8>,
    /// Every so many frames one was kept; the others' time is its own now.
    pub every: Option<u8>,
}

impl fmt::Display for Traded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("quality", self.quality.map(u16::from)),
            ("colors", self.colors),
            ("scale", self.scale.map(u16::from)),
            ("every", self.every.map(u16::from)),
        ];
        let mut comma = "";
        for (name, value) in parts {
            if let Some(value) = value {
                write!(f, "{comma}{name}={value}")?;
                comma = ", ";
            }
        }
        Ok(())
    }
}
