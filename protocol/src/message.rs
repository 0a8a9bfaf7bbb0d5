//! The messages: the only types that cross the socket.

use crate::codec::{Decode, Encode};
use crate::frame::{self, FrameError, Kind};
use crate::layer::Layer;
use crate::limits::{Limit, Limits, TEXT_BYTES_MAX};
use crate::operation::Operation;
use crate::output::{Output, Traded};

/// A type that fills the header of one [`Kind`] of frame.
pub trait Message: Encode + Decode<()> {
    /// The kind that announces it.
    const KIND: Kind;
}

/// Worker → gateway, once: ready for work.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Hello {
    /// [`PROTOCOL_VERSION`](crate::PROTOCOL_VERSION) of the worker.
    pub protocol: u16,
    /// [`build_id`](crate::build_id) of the worker.
    pub build: String,
    /// The layers of the cage that are in force, as the kernel confirmed them.
    pub layers: Vec<Layer>,
}

/// Gateway → worker: apply `operations` to the picture in the body. The body is the source
/// file as it came, of any format; behind it may be further pictures, for operations that take
/// one to lay on the first.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Job {
    /// Echoed by every message about this job.
    pub id: u64,
    /// Time that is left, ms. Advice: the gateway enforces it.
    pub budget_ms: u32,
    /// Applied in order, to every frame; at most [`OPERATIONS_MAX`](crate::OPERATIONS_MAX).
    pub operations: Vec<Operation>,
    /// What the result is to be.
    pub output: Output,
    /// What the job may cost.
    pub limits: Limits,
    /// Where in the body the second picture and each further one begins, bytes; ascending, fewer
    /// than [`PICTURES_MAX`](crate::PICTURES_MAX).
    pub cuts: Vec<u64>,
}

impl Job {
    /// The pictures in `body`, the first and the others; `None` if it cannot be cut so.
    #[must_use]
    pub fn pictures<'a>(&self, body: &'a [u8]) -> Option<(&'a [u8], Vec<&'a [u8]>)> {
        let mut others = Vec::with_capacity(self.cuts.len());
        let mut rest = body;
        for &cut in self.cuts.iter().rev() {
            let (before, picture) = rest.split_at_checked(usize::try_from(cut).ok()?)?;
            others.push(picture);
            rest = before;
        }
        others.reverse();
        Some((rest, others))
    }
}

/// Worker → gateway: the job was read whole and has begun; it must not be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Started {
    /// [`Job::id`].
    pub id: u64,
}

/// Worker → gateway: done; the encoded picture is in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Reply {
    /// [`Job::id`].
    pub id: u64,
    /// Format of the body.
    pub format: OutputFormat,
    /// Width of the result, px.
    pub width: u32,
    /// Height of the result, px.
    pub height: u32,
    /// Frames of the result, 1 for a still.
    pub frames: u32,
    /// What was given up for [`Output::max_bytes`]; `None`: nothing.
    pub traded: Option<Traded>,
    /// Where the time went.
    pub timings: Timings,
}

/// Time spent in each phase of a job, µs of wall clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct Timings {
    /// Source bytes → frames.
    pub decode_us: u64,
    /// All operations on all frames.
    pub operations_us: u64,
    /// Frames → result bytes.
    pub encode_us: u64,
}

/// Worker → gateway: the job cannot be done. The worker itself is well.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Refusal {
    /// [`Job::id`].
    pub id: u64,
    /// Why.
    pub reason: Reason,
    /// How far it came.
    pub phase: Phase,
    /// Index into [`Job::operations`] when an operation was at fault.
    pub operation: Option<u8>,
    /// What the codec or operation said; hostile text, see [`clip`].
    pub detail: String,
}

/// Why a job was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Reason {
    /// The bytes are no image that anyone knows.
    NotAnImage,
    /// An image, of a format or coding that is not read here.
    UnsupportedFormat,
    /// A known format, damaged.
    BadImage,
    /// More pixels (or scans) than a limit allows.
    TooLarge(Excess),
    /// More frames than the limit allows.
    TooManyFrames(Excess),
    /// The result would exceed a limit.
    OutputTooLarge(Excess),
    /// The code panicked and was caught: a bug, contained.
    Panicked,
}

/// A limit, and the value that went over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Excess {
    /// Which limit.
    pub limit: Limit,
    /// What the picture asks for.
    pub value: u64,
    /// What is allowed.
    pub max: u64,
}

/// A part of a job's life in the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Phase {
    /// Source bytes → frames.
    Decode,
    /// The operations.
    Operations,
    /// Frames → result bytes.
    Encode,
}

impl Phase {
    /// The name shown to callers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Operations => "operations",
            Self::Encode => "encode",
        }
    }
}

/// Formats that a result may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum OutputFormat {
    /// A still; of an animation the first frame.
    Png,
    /// Every frame; alpha is none or all.
    Gif,
    /// A still; of an animation the first frame; no alpha.
    Jpeg,
    /// Every frame.
    Webp,
    /// Every frame.
    Apng,
    /// A still; of an animation the first frame.
    Avif,
}

impl OutputFormat {
    /// All of them, in the order in which they are named to callers.
    pub const ALL: [Self; 6] = [
        Self::Png,
        Self::Gif,
        Self::Jpeg,
        Self::Webp,
        Self::Apng,
        Self::Avif,
    ];

    /// The name in `format=` and in file names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Jpeg => "jpeg",
            Self::Webp => "webp",
            Self::Apng => "apng",
            Self::Avif => "avif",
        }
    }

    /// The exact content type; no parameters, because clients compare it as a whole.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Apng => "image/apng",
            Self::Avif => "image/avif",
        }
    }

    /// Whether it holds more than one frame here.
    #[must_use]
    pub fn animates(self) -> bool {
        matches!(self, Self::Gif | Self::Webp | Self::Apng)
    }

    /// The format of that name; `jpg` is one too.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = if name == "jpg" { "jpeg" } else { name };
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

impl Message for Hello {
    const KIND: Kind = Kind::Hello;
}
impl Message for Job {
    const KIND: Kind = Kind::Job;
}
impl Message for Started {
    const KIND: Kind = Kind::Started;
}
impl Message for Reply {
    const KIND: Kind = Kind::Reply;
}
impl Message for Refusal {
    const KIND: Kind = Kind::Refusal;
}

/// Everything that a worker may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromWorker {
    /// See [`Hello`].
    Hello(Hello),
    /// See [`Started`].
    Started(Started),
    /// See [`Reply`].
    Reply(Reply),
    /// See [`Refusal`].
    Refusal(Refusal),
}

impl FromWorker {
    /// Reads the header of a frame that came from a worker.
    ///
    /// # Errors
    /// [`FrameError::UnexpectedKind`] for a kind that workers do not send,
    /// [`FrameError::Malformed`] for a header that is not that kind.
    pub fn decode(kind: Kind, header: &[u8]) -> Result<Self, FrameError> {
        match kind {
            Kind::Hello => frame::decode(kind, header).map(Self::Hello),
            Kind::Started => frame::decode(kind, header).map(Self::Started),
            Kind::Reply => frame::decode(kind, header).map(Self::Reply),
            Kind::Refusal => frame::decode(kind, header).map(Self::Refusal),
            Kind::Job => Err(FrameError::UnexpectedKind(kind as u8)),
        }
    }
}

/// Cuts a text to [`TEXT_BYTES_MAX`] bytes at a character boundary and replaces control
/// characters, so that text from a worker or from a picture can be logged and shown.
#[must_use]
pub fn clip(text: &str) -> String {
    let mut clipped = String::new();
    for c in text.chars() {
        let c = if c.is_control() { ' ' } else { c };
        if clipped.len() + c.len_utf8() > TEXT_BYTES_MAX {
            break;
        }
        clipped.push(c);
    }
    clipped
}
