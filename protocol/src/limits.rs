//! The numbers that both sides must agree on.

use std::fmt;

use crate::codec::{Decode, Encode};

/// Version of the wire; raised by every change to a message.
pub const PROTOCOL_VERSION: u16 = 2;
/// Longest bincode header in bytes: room for 32 operations and two long texts, no picture.
pub const HEADER_BYTES_MAX: usize = 64 * 1024;
/// Most operations in one job.
pub const OPERATIONS_MAX: usize = 32;
/// Most pictures in one job.
pub const PICTURES_MAX: u32 = 4;
/// Longest text of a worker that is shown to anyone, in bytes; see [`clip`](crate::clip).
pub const TEXT_BYTES_MAX: usize = 1024;

/// What a job may cost, as the gateway's settings say. The worker enforces them, from the
/// picture's header wherever the header tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Limits {
    /// Width × height of the source canvas, px.
    pub pixels_max: u64,
    /// Frames of the source.
    pub frames_max: u32,
    /// Canvas px × frames of the source.
    pub total_pixels_max: u64,
    /// Width × height of any intermediate or final canvas, px.
    pub output_pixels_max: u64,
    /// Length of the encoded result, bytes.
    pub output_bytes_max: u64,
}

/// Names one of the limits in an error, as the caller and the operator know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Limit {
    /// [`Limits::pixels_max`].
    Pixels,
    /// [`Limits::frames_max`].
    Frames,
    /// [`Limits::total_pixels_max`].
    TotalPixels,
    /// [`Limits::output_pixels_max`].
    OutputPixels,
    /// [`Limits::output_bytes_max`].
    OutputBytes,
    /// Scans of a progressive JPEG: a fixed limit of the decoder, not a setting.
    Scans,
    /// What the caller allowed the file of the result to have.
    MaxBytes,
    /// The longer side of the result: a fixed limit of its format.
    OutputSide,
}

impl Limit {
    /// The name of the setting, or of the fixed limit.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pixels => "pixels_max",
            Self::Frames => "frames_max",
            Self::TotalPixels => "total_pixels_max",
            Self::OutputPixels => "output_pixels_max",
            Self::OutputBytes => "output_bytes_max",
            Self::Scans => "scans_max",
            Self::MaxBytes => "max_bytes",
            Self::OutputSide => "output_side_max",
        }
    }

    /// What is counted, for a sentence.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Pixels | Self::OutputPixels => "pixels per frame",
            Self::Frames => "frames",
            Self::TotalPixels => "pixels in all frames",
            Self::OutputBytes | Self::MaxBytes => "bytes of output",
            Self::Scans => "scans",
            Self::OutputSide => "pixels in a side",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
