//! The 16-byte prelude before every message, and the rules that hold before anything is read.
//!
//! | bytes | field | rule |
//! |---|---|---|
//! | 0..2 | magic | `FF AF` |
//! | 2 | kind | [`Kind`] |
//! | 3 | flags | zero, reserved |
//! | 4..8 | header length, u32 little-endian | 1 ..= 64 KiB |
//! | 8..16 | body length, u64 little-endian | ≤ the reader's cap; zero unless the kind has a body |

use thiserror::Error;

use crate::codec;
use crate::limits::HEADER_BYTES_MAX;
use crate::message::Message;

/// Length of a prelude in bytes.
pub const PRELUDE_BYTES: usize = 16;

const MAGIC: [u8; 2] = [0xFF, 0xAF];

/// What a frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Worker → gateway, once: ready for work.
    Hello = 1,
    /// Gateway → worker: do this, to the picture in the body.
    Job = 2,
    /// Worker → gateway: the job was read whole and has begun.
    Started = 3,
    /// Worker → gateway: done, the result is in the body.
    Reply = 4,
    /// Worker → gateway: not done, and why.
    Refusal = 5,
}

impl Kind {
    fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            1 => Self::Hello,
            2 => Self::Job,
            3 => Self::Started,
            4 => Self::Reply,
            5 => Self::Refusal,
            _ => return None,
        })
    }

    /// Whether a body may follow the header.
    #[must_use]
    pub fn has_body(self) -> bool {
        matches!(self, Self::Job | Self::Reply)
    }
}

/// Why bytes from the other side are not a message. The sender is then beyond repair.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The first two bytes are not ours.
    #[error("not a frame: it begins with {0:02x?}")]
    Magic([u8; 2]),
    /// A kind that does not exist, or that this side must not send now.
    #[error("message kind {0} is not expected here")]
    UnexpectedKind(u8),
    /// Reserved bits are set.
    #[error("unknown flags {0:#04x}")]
    Flags(u8),
    /// The header is longer than the protocol allows.
    #[error("a header of {length} bytes, the limit is {HEADER_BYTES_MAX}")]
    HeaderTooLong {
        /// Claimed length in bytes.
        length: u64,
    },
    /// No message has an empty header.
    #[error("an empty header")]
    HeaderEmpty,
    /// The body is longer than the reader takes.
    #[error("a body of {length} bytes, the limit is {max}")]
    BodyTooLong {
        /// Claimed length in bytes.
        length: u64,
        /// The reader's cap in bytes.
        max: u64,
    },
    /// The header does not decode to its message.
    #[error("malformed header: {detail}")]
    Malformed {
        /// What the decoder said.
        detail: String,
    },
}

/// A checked prelude: both lengths are within their caps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prelude {
    /// What follows.
    pub kind: Kind,
    /// Header length in bytes, 1 ..= [`HEADER_BYTES_MAX`].
    pub header_len: usize,
    /// Body length in bytes, at most the cap given to [`Prelude::parse`].
    pub body_len: usize,
}

impl Prelude {
    /// Reads and checks a prelude; `body_bytes_max` is the longest body this side takes.
    ///
    /// # Errors
    /// Any [`FrameError`] but `Malformed`.
    pub fn parse(bytes: [u8; PRELUDE_BYTES], body_bytes_max: u64) -> Result<Self, FrameError> {
        let [m0, m1, kind, flags, h0, h1, h2, h3, body @ ..] = bytes;
        if [m0, m1] != MAGIC {
            return Err(FrameError::Magic([m0, m1]));
        }
        let kind = Kind::from_byte(kind).ok_or(FrameError::UnexpectedKind(kind))?;
        if flags != 0 {
            return Err(FrameError::Flags(flags));
        }
        let header = u64::from(u32::from_le_bytes([h0, h1, h2, h3]));
        let body = u64::from_le_bytes(body);
        let body_max = if kind.has_body() { body_bytes_max } else { 0 };
        match (usize::try_from(header), usize::try_from(body)) {
            _ if header == 0 => Err(FrameError::HeaderEmpty),
            (Ok(header_len), _) if header_len > HEADER_BYTES_MAX => {
                Err(FrameError::HeaderTooLong { length: header })
            }
            (Ok(header_len), Ok(body_len)) if body <= body_max => Ok(Self {
                kind,
                header_len,
                body_len,
            }),
            _ => Err(FrameError::BodyTooLong {
                length: body,
                max: body_max,
            }),
        }
    }
}

/// Prelude and header of `message`, ready to be written before a body of `body_len` bytes.
///
/// # Errors
/// [`FrameError::HeaderTooLong`] when the message does not fit into a header.
pub fn encode<M: Message>(message: &M, body_len: usize) -> Result<Vec<u8>, FrameError> {
    debug_assert!(body_len == 0 || M::KIND.has_body());
    let mut bytes = vec![0; PRELUDE_BYTES];
    codec::encode(message, &mut bytes)?;
    let header_len = (bytes.len() - PRELUDE_BYTES) as u32;
    bytes[0..2].copy_from_slice(&MAGIC);
    bytes[2] = M::KIND as u8;
    bytes[4..8].copy_from_slice(&header_len.to_le_bytes());
    bytes[8..16].copy_from_slice(&(body_len as u64).to_le_bytes());
    Ok(bytes)
}

/// Reads the header of a frame whose kind must be that of `M`.
///
/// # Errors
/// [`FrameError::UnexpectedKind`], [`FrameError::Malformed`].
pub fn decode<M: Message>(kind: Kind, header: &[u8]) -> Result<M, FrameError> {
    if kind != M::KIND {
        return Err(FrameError::UnexpectedKind(kind as u8));
    }
    codec::decode(header)
}
