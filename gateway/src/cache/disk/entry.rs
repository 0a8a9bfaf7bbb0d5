//! A result as a file: eight bytes that say what it is and of which version, a checksum, and then the frame in
//! which the worker sent it.
//!
//! | bytes | field |
//! |---|---|
//! | 0..8 | [`MAGIC`], the last byte of which is the version |
//! | 8..40 | BLAKE3 of the name and of everything behind it |
//! | 40.. | prelude, header ([`Reply`]) and body, as `protocol/src/frame.rs` has them |
//!
//! The checksum tells a file that is torn, garbled or of another name. It is no seal: whoever may write in the
//! folder may make a right one.

use std::fmt;

use blake3::Hasher;
use bytes::Bytes;
use protocol::frame::{self, PRELUDE_BYTES};
use protocol::{HEADER_BYTES_MAX, Prelude, Reply};

use super::super::Key;

const MAGIC: [u8; 8] = *b"ffarm-r\x01";
const CHECKSUM_BYTES: usize = blake3::OUT_LEN;
const FRAME: usize = MAGIC.len() + CHECKSUM_BYTES;

/// The largest picture that is written, bytes: it waits in memory as a whole.
pub(super) const BODY_BYTES_MAX: u64 = 32 << 20;
/// The largest file that is read.
pub(super) const FILE_BYTES_MAX: u64 =
    BODY_BYTES_MAX + (FRAME + PRELUDE_BYTES + HEADER_BYTES_MAX) as u64;

/// What a result is called in the folder: its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Name([u8; 32]);

impl Name {
    pub(super) fn of(key: Key) -> Self {
        Self(*key.bytes())
    }

    /// From 64 lower-case hexadecimal digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let hash = blake3::Hash::from_hex(text).ok()?;
        (hash.to_hex().as_str() == text).then_some(Self(hash.into()))
    }

    /// Of a result in no gateway, for tests.
    #[cfg(test)]
    pub(super) fn number(number: u8) -> Self {
        Self([number; 32])
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from(self.0).to_hex())
    }
}

/// What stands before the body in the file; `None` for a reply that has no frame.
pub(super) fn head(name: Name, reply: &Reply, body: &[u8]) -> Option<Vec<u8>> {
    let frame = frame::encode(reply, body.len()).ok()?;
    let checksum = checksum(name, &[&frame, body]);
    Some([MAGIC.as_slice(), &checksum, &frame].concat())
}

/// What the file of that name holds; `None` when it is anything but whole and right.
pub(super) fn read(name: Name, file: &Bytes) -> Option<(Reply, Bytes)> {
    let (magic, rest) = file.split_at_checked(MAGIC.len())?;
    let (sum, content) = rest.split_at_checked(CHECKSUM_BYTES)?;
    if magic != MAGIC || sum != checksum(name, &[content]) {
        return None;
    }
    let (prelude, rest) = content.split_first_chunk::<PRELUDE_BYTES>()?;
    let prelude = Prelude::parse(*prelude, FILE_BYTES_MAX).ok()?;
    let (header, body) = rest.split_at_checked(prelude.header_len)?;
    let reply = frame::decode(prelude.kind, header).ok()?;
    let begin = FRAME + PRELUDE_BYTES + header.len();
    (body.len() == prelude.body_len).then(|| (reply, file.slice(begin..)))
}

fn checksum(name: Name, parts: &[&[u8]]) -> [u8; CHECKSUM_BYTES] {
    let mut hasher = Hasher::new();
    hasher.update(&name.0);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use protocol::{OutputFormat, Timings};

    use super::*;

    const REPLY: Reply = Reply {
        id: 7,
        format: OutputFormat::Webp,
        width: 3,
        height: 2,
        frames: 1,
        traded: None,
        timings: Timings {
            decode_us: 1,
            operations_us: 2,
            encode_us: 3,
        },
    };

    fn file(name: Name, body: &[u8]) -> Bytes {
        [&head(name, &REPLY, body).unwrap(), body].concat().into()
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let name = Name::number(1);
        for body in [b"".as_slice(), b"picture"] {
            let (reply, read) = read(name, &file(name, body)).unwrap();
            assert_eq!((reply, read.as_ref()), (REPLY, body));
        }
    }

    #[test]
    fn no_byte_may_differ_or_be_missing_or_be_too_many() {
        let name = Name::number(1);
        let whole = file(name, b"picture");
        for at in 0..whole.len() {
            let mut garbled = whole.to_vec();
            garbled[at] ^= 1;
            assert_eq!(read(name, &garbled.into()), None, "byte {at}");
            assert_eq!(read(name, &whole.slice(..at)), None, "{at} bytes");
        }
        let longer = [&whole, b"x".as_slice()].concat();
        assert_eq!(read(name, &longer.into()), None);
        assert_eq!(read(Name::number(2), &whole), None, "another one's name");
    }

    #[test]
    fn a_name_is_read_as_it_is_shown_and_in_no_other_way() {
        let name = Name::number(0xab);
        let text = name.to_string();
        assert_eq!(Name::parse(&text), Some(name));
        for other in ["", &text[1..], &text.to_uppercase(), &format!("{text}0")] {
            assert_eq!(Name::parse(other), None, "{other}");
        }
    }
}
