//! What encoders are told: the caller's output, and what is given up of it for a byte budget.

use protocol::{Colour, Compression, Dither, Output, OutputFormat, Subsampling, Traded};

/// Everything that an encoder may want to know, with the format's own defaults filled in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(super) quality: u8,
    pub(super) lossless: bool,
    pub(super) progressive: bool,
    pub(super) subsampling: Subsampling,
    pub(super) effort: u8,
    pub(super) speed: u8,
    pub(super) compression: Compression,
    /// Most colours of one frame's table, 2 to 256.
    pub(super) colors: usize,
    pub(super) dither: Dither,
    pub(super) background: Colour,
    /// Most bytes that the caller allows.
    pub(super) budget: Option<u64>,
}

impl Settings {
    /// Samples of luma to one of chroma, across and down, of a JPEG that is written from planes
    /// in one go.
    pub(crate) fn planes(&self) -> Option<(usize, usize)> {
        let once = !self.progressive && self.budget.is_none();
        once.then(|| super::jpeg::ratio(self.subsampling))
    }

    /// What `output` says, for a result of `format`, with what is `traded` in its place.
    pub(crate) fn new(output: &Output, format: OutputFormat, traded: Traded) -> Self {
        let natural_quality = if format == OutputFormat::Avif { 60 } else { 80 };
        // The gateway holds every number to its range; these hold it whatever the gateway does.
        let quality = output.quality.unwrap_or(natural_quality).clamp(1, 100) as u8;
        let colors = traded.colors.map_or(output.colors as usize, usize::from);
        Self {
            quality: traded.quality.unwrap_or(quality).clamp(1, 100),
            lossless: output.lossless,
            progressive: output.progressive,
            subsampling: output.subsampling,
            effort: output.effort.min(6) as u8,
            speed: output.speed.clamp(1, 10) as u8,
            compression: output.compression,
            colors: colors.clamp(2, 256),
            dither: output.dither,
            background: output.background,
            budget: output.max_bytes.map(u64::from),
        }
    }
}
