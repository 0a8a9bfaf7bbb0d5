//! Frames to APNG. The `png` crate codes each rectangle; the chunks around it are written
//! here, because the number of frames stands before the first and is known after the last.
//!
//! Source: "Portable Network Graphics (PNG) Specification (Third Edition)", 11.3.6.

use std::io::Write;

use protocol::Compression;

use super::bounded::Bounded;
use super::png;
use super::settings::Settings;
use super::step::Step;
use crate::picture::{Delay, Patch, Picture, Plays, Size, common_divisor};
use crate::refused::Refused;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Signature, IHDR and acTL: written last, before the frames.
const HEADER_BYTES: usize = 8 + 25 + 20;

/// An APNG that is being written.
pub(super) struct Animation {
    compression: Compression,
    plays: Plays,
    bytes: Bounded,
    /// What is shown once all frames so far are drawn.
    canvas: Option<Picture>,
    /// The rows of the first frame, which may yet be a still, and for how long it is shown.
    first: Option<(Option<Vec<u8>>, Delay)>,
    frames: u32,
    sequence: u32,
}

impl Animation {
    pub(super) fn new(mut bytes: Bounded, plays: Plays, settings: &Settings) -> Self {
        bytes.reserve_header(HEADER_BYTES);
        Self {
            compression: settings.compression,
            plays,
            bytes,
            canvas: None,
            first: None,
            frames: 0,
            sequence: 0,
        }
    }

    /// Takes the next frame. The first one is written once there is a second.
    pub(super) fn push(&mut self, patch: Patch) -> Result<(), Refused> {
        let delay = patch.delay;
        self.frames += 1;
        let Some(mut canvas) = self.canvas.take() else {
            let picture = patch.picture;
            // Coded while there is no second frame in memory; what does not move is coded at the end.
            let moves = delay != Delay::NONE;
            let rows = moves.then(|| self.coded(&Step::whole(&picture)));
            let rows = rows.transpose()?;
            self.first = Some((rows, delay));
            self.canvas = Some(picture);
            return Ok(());
        };
        if let Some((rows, delay)) = self.first.take() {
            let whole = Step::whole(&canvas);
            let rows = match rows {
                Some(rows) => rows,
                None => self.coded(&whole)?,
            };
            self.write(&whole, &rows, delay)?;
        }
        let step = Step::between(&mut canvas, patch, false, true);
        let rows = self.coded(&step)?;
        self.write(&step, &rows, delay)?;
        self.canvas = Some(canvas);
        Ok(())
    }

    fn coded(&self, step: &Step<'_>) -> Result<Vec<u8>, Refused> {
        png::coded_rows(&step.pixels, step.size(), self.compression)
    }

    pub(super) fn written(&self) -> u64 {
        self.bytes.written()
    }

    /// The whole file: a plain PNG if there was one frame.
    pub(super) fn finish(mut self, bytes_max: u64) -> Result<Bounded, Refused> {
        let Some(canvas) = self.canvas.take() else {
            return Err(Refused::bug("an APNG without frames"));
        };
        if self.frames == 1 {
            let mut bytes = Bounded::new(bytes_max);
            png::encode(canvas, self.compression, &mut bytes)?;
            return Ok(bytes);
        }
        self.chunk(b"IEND", &[&[]])?;
        let header = self.header(canvas.size);
        self.bytes.fill_header(&header);
        Ok(self.bytes)
    }

    fn write(&mut self, step: &Step<'_>, rows: &[u8], delay: Delay) -> Result<(), Refused> {
        let size = step.size();
        let (numerator, denominator) = fraction(delay);
        let mut control = self.next_in_sequence();
        for value in [
            size.width,
            size.height,
            step.area.left as u32,
            step.area.top as u32,
        ] {
            control.extend(value.to_be_bytes());
        }
        control.extend(numerator.to_be_bytes());
        control.extend(denominator.to_be_bytes());
        // It stays until the next frame; it replaces what it covers, or is laid over it.
        control.extend([0, u8::from(step.over)]);
        let first = self.sequence == 1;
        self.chunk(b"fcTL", &[&control])?;
        if first {
            return self.chunk(b"IDAT", &[rows]);
        }
        let number = self.next_in_sequence();
        self.chunk(b"fdAT", &[&number, rows])
    }

    fn next_in_sequence(&mut self) -> Vec<u8> {
        let number = self.sequence.to_be_bytes();
        self.sequence += 1;
        number.to_vec()
    }

    fn chunk(&mut self, name: &[u8; 4], data: &[&[u8]]) -> Result<(), Refused> {
        write_chunk(&mut self.bytes, name, data).map_err(Refused::bug)
    }

    fn header(&self, size: Size) -> Vec<u8> {
        let mut outline = [size.width.to_be_bytes(), size.height.to_be_bytes()].concat();
        // Eight bits, red, green, blue and alpha, the only methods there are, not interlaced.
        outline.extend([8, 6, 0, 0, 0]);
        let animation = [self.frames.to_be_bytes(), self.plays.0.to_be_bytes()].concat();
        let mut header = SIGNATURE.to_vec();
        // Memory takes everything.
        let _ = write_chunk(&mut header, b"IHDR", &[&outline]);
        let _ = write_chunk(&mut header, b"acTL", &[&animation]);
        header
    }
}

/// A chunk of data in pieces.
fn write_chunk(bytes: &mut impl Write, name: &[u8; 4], data: &[&[u8]]) -> std::io::Result<()> {
    let length: usize = data.iter().map(|piece| piece.len()).sum();
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(name);
    bytes.write_all(&(length as u32).to_be_bytes())?;
    bytes.write_all(name)?;
    for piece in data {
        checksum.update(piece);
        bytes.write_all(piece)?;
    }
    bytes.write_all(&checksum.finalize().to_be_bytes())
}

/// A delay as two numbers of 16 bits: exactly, unless it is longer than 65,535 of its ticks
/// and of no larger ones.
fn fraction(delay: Delay) -> (u16, u16) {
    let (mut ticks, mut per_second) = (delay.ticks, u32::from(delay.per_second));
    let common = common_divisor(ticks, per_second);
    if ticks > u16::MAX.into() {
        ticks /= common;
        per_second /= common;
    }
    while ticks > u16::MAX.into() && per_second > 1 {
        ticks = ticks.div_ceil(2);
        per_second = per_second.div_ceil(2);
    }
    let small = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    (small(ticks), small(per_second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_exact_wherever_sixteen_bits_allow() {
        assert_eq!(fraction(Delay::hundredths(65_535)), (65_535, 100));
        assert_eq!(fraction(Delay::thousandths(15)), (15, 1000));
        assert_eq!(fraction(Delay::thousandths(100_000)), (100, 1));
        let (ticks, per_second) = fraction(Delay::thousandths(100_001));
        let seconds = f64::from(ticks) / f64::from(per_second);
        assert!((seconds - 100.001).abs() < 0.01, "{seconds}");
        assert_eq!(fraction(Delay::thousandths(u32::MAX)), (65_535, 1));
    }
}
