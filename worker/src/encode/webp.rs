//! Frames to WebP. libwebp codes each picture; the container is written here, so that frames
//! leave memory as they come, which libwebp's own animation encoder does not allow.
//!
//! Source: "WebP Container Specification", <https://developers.google.com/speed/webp/docs/riff_container>.

mod alpha;
mod matches;
mod predict;
mod prefix;

use std::io::Write;
use std::ops::Deref;

use protocol::Traded;
use webp::{Encoder, WebPConfig, WebPEncodingError, WebPMemory};

use super::bounded::Bounded;
use super::settings::Settings;
use super::step::Step;
use super::still;
use crate::memory;
use crate::picture::{Area, Clock, Delay, Patch, Picture, Plays, Size, is_opaque};
use crate::refused::Refused;
use crate::riff;

/// Longest side of a picture, px: 14 bits.
pub(super) const SIDE_MAX: u32 = 16_383;
/// Longest delay, ms: 24 bits.
const DELAY_MAX: u32 = 0xff_ffff;
/// RIFF header, VP8X and ANIM: written last, before the frames.
const HEADER_BYTES: usize = RIFF_BYTES + 18 + 14;
const RIFF_BYTES: usize = 12;
const ALPHA_CHUNK: &riff::Kind = b"ALPH";
const ANIMATED: u8 = 0x02;
const ALPHA: u8 = 0x10;
/// In a frame: it replaces what it covers.
const REPLACE: u8 = 0x02;

/// The file of a still.
pub(super) enum Coded {
    Libwebp(WebPMemory),
    Ours(Vec<u8>),
}

impl Deref for Coded {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Libwebp(file) => file,
            Self::Ours(file) => file,
        }
    }
}

/// A WebP that is being written.
pub(super) struct Animation {
    settings: Settings,
    plays: Plays,
    clock: Clock,
    bytes: Bounded,
    /// What is shown once all frames so far are drawn.
    canvas: Option<Picture>,
    /// The first frame, which may yet be a still, and for how long it is shown.
    first: Option<(Coded, Delay)>,
    has_alpha: bool,
}

impl Animation {
    pub(super) fn new(mut bytes: Bounded, plays: Plays, settings: &Settings) -> Self {
        bytes.reserve_header(HEADER_BYTES);
        Self {
            settings: *settings,
            plays,
            clock: Clock::new(1000, DELAY_MAX),
            bytes,
            canvas: None,
            first: None,
            has_alpha: false,
        }
    }

    /// Takes the next frame. The first one is written once there is a second.
    pub(super) fn push(&mut self, patch: Patch) -> Result<(), Refused> {
        let Patch { canvas, delay, .. } = patch;
        still::check_side(canvas, SIDE_MAX)?;
        self.has_alpha |= patch.picture.has_alpha();
        let whole = Area::all(canvas);
        let Some(mut canvas) = self.canvas.take() else {
            let picture = patch.picture;
            let coded = self.coded(&Step::whole(&picture))?;
            self.first = Some((coded, delay));
            self.canvas = Some(picture);
            return Ok(());
        };
        if let Some((coded, delay)) = self.first.take() {
            self.write(&coded, whole, false, delay)?;
        }
        let exact = self.settings.lossless;
        let step = Step::between(&mut canvas, patch, true, exact);
        let coded = self.coded(&step)?;
        self.write(&coded, step.area, step.over, delay)?;
        self.canvas = Some(canvas);
        Ok(())
    }

    pub(super) fn written(&self) -> u64 {
        self.bytes.written()
    }

    /// The whole file: a still if there was one frame.
    pub(super) fn finish(mut self, max: u64) -> Result<(Bounded, Option<Traded>), Refused> {
        let Some(canvas) = self.canvas.take() else {
            return Err(Refused::bug("a WebP without frames"));
        };
        if let Some((coded, _)) = self.first.take() {
            drop(self.bytes);
            return match self.settings.budget {
                Some(budget) if coded.len() as u64 > budget => {
                    drop(coded);
                    let format = protocol::OutputFormat::Webp;
                    still::encode(canvas, format, &self.settings, max)
                }
                _ => {
                    let mut bytes = Bounded::new(max);
                    bytes.write_all(&coded).map_err(Refused::bug)?;
                    Ok((bytes, None))
                }
            };
        }
        let header = self.header(canvas.size);
        self.bytes.fill_header(&header);
        Ok((self.bytes, None))
    }

    fn coded(&self, step: &Step<'_>) -> Result<Coded, Refused> {
        // What stays as it is must not be approximated again.
        let settings = Settings {
            lossless: self.settings.lossless || step.over,
            ..self.settings
        };
        encode(&step.pixels, step.size(), settings.quality, &settings)
    }

    /// Writes a frame that is coded already, to be laid `over` what it covers or to replace it.
    fn write(&mut self, coded: &[u8], area: Area, over: bool, delay: Delay) -> Result<(), Refused> {
        let mut chunks = Vec::new();
        for chunk in riff::chunks(coded.get(RIFF_BYTES..).unwrap_or_default()) {
            let (kind, data) = chunk.map_err(Refused::bug)?;
            if [ALPHA_CHUNK, b"VP8 ", b"VP8L"].contains(&&kind) {
                chunks.push((riff::head(&kind, data), data, riff::filling(data)));
            }
        }
        if chunks.is_empty() {
            return Err(Refused::bug("WebP encoder: no picture in its file"));
        }
        let lengths = chunks.iter();
        let length: usize = lengths
            .map(|(head, data, filling)| head.len() + data.len() + filling.len())
            .sum();
        let mut head = b"ANMF".to_vec();
        head.extend(((16 + length) as u32).to_le_bytes());
        for value in [
            area.left as u32 / 2,
            area.top as u32 / 2,
            area.width as u32 - 1,
            area.height as u32 - 1,
            self.clock.ticks(delay),
        ] {
            head.extend(u24(value));
        }
        head.push(if over { 0 } else { REPLACE });
        let pieces = chunks.iter();
        let pieces = pieces.flat_map(|(head, data, filling)| [head.as_slice(), data, filling]);
        for piece in std::iter::once(head.as_slice()).chain(pieces) {
            self.bytes.write_all(piece).map_err(Refused::bug)?;
        }
        Ok(())
    }

    fn header(&self, canvas: Size) -> Vec<u8> {
        let mut header = b"RIFF".to_vec();
        header.extend(
            (self.bytes.written() as u32)
                .saturating_sub(8)
                .to_le_bytes(),
        );
        header.extend(b"WEBPVP8X\x0a\0\0\0");
        header.push(ANIMATED | if self.has_alpha { ALPHA } else { 0 });
        header.extend([0; 3]);
        header.extend(u24(canvas.width - 1));
        header.extend(u24(canvas.height - 1));
        header.extend(b"ANIM\x06\0\0\0\0\0\0\0");
        let plays = u16::try_from(self.plays.0).unwrap_or(u16::MAX);
        header.extend(plays.to_le_bytes());
        header
    }
}

fn u24(value: u32) -> [u8; 3] {
    let [a, b, c, _] = value.to_le_bytes();
    [a, b, c]
}

/// A whole still, of width × height × 4 bytes.
pub(super) fn encode(
    pixels: &[u8],
    size: Size,
    quality: u8,
    settings: &Settings,
) -> Result<Coded, Refused> {
    let mut config = WebPConfig::new().map_err(|()| Refused::bug("libwebp of another version"))?;
    config.method = settings.effort.into();
    config.lossless = settings.lossless.into();
    // Of a lossless picture this is effort again; libwebp's own default.
    config.quality = if settings.lossless {
        75.0
    } else {
        quality.into()
    };
    // The cage forbids threads.
    config.thread_level = 0;
    // As it is, where we code it ourselves.
    config.alpha_compression = (settings.effort > alpha::EFFORT_MAX).into();
    let file = Encoder::from_rgba(pixels, size.width, size.height)
        .encode_advanced(&config)
        .map_err(|error| match error {
            // The second last is what comes of a result, the last of a copy of the canvas, that there was no
            // memory for.
            WebPEncodingError::VP8_ENC_ERROR_OUT_OF_MEMORY
            | WebPEncodingError::VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY
            | WebPEncodingError::VP8_ENC_ERROR_BAD_WRITE
            | WebPEncodingError::VP8_ENC_ERROR_NULL_PARAMETER => {
                memory::refused_to_a_library(pixels.len())
            }
            error => Refused::bug(format!("WebP encoder: {error:?}")),
        })?;
    Ok(match with_alpha_coded(&file, size)? {
        Some(coded) => Coded::Ours(coded),
        None => Coded::Libwebp(file),
    })
}

/// The same file with its alpha compressed; `None` if there is none that is not.
fn with_alpha_coded(file: &[u8], size: Size) -> Result<Option<Vec<u8>>, Refused> {
    let mut body = b"WEBP".to_vec();
    let mut is_changed = false;
    for chunk in riff::chunks(file.get(RIFF_BYTES..).unwrap_or_default()) {
        let (kind, data) = chunk.map_err(Refused::bug)?;
        match (&kind, data.split_first()) {
            (ALPHA_CHUNK, Some((&alpha::RAW, plane))) if plane.len() as u64 == size.pixels() => {
                riff::push(&mut body, &kind, &alpha::coded(plane, size.width as usize));
                is_changed = true;
            }
            // What has alpha says so first, and the alpha comes before the colours.
            (b"VP8X", _) => riff::push(&mut body, &kind, data),
            _ if !is_changed => return Ok(None),
            _ => riff::push(&mut body, &kind, data),
        }
    }
    let mut coded = Vec::with_capacity(body.len() + 8);
    riff::push(&mut coded, b"RIFF", &body);
    Ok(is_changed.then_some(coded))
}

impl Picture {
    /// Whether any pixel is not opaque.
    pub(super) fn has_alpha(&self) -> bool {
        !is_opaque(&self.pixels)
    }
}
