//! Headers to bytes and back: the only file that names bincode, so that replacing it is a
//! change to one file.
//!
//! bincode 2 accepts trailing bytes and, without a limit, allocates whatever a length claims;
//! both are closed here.

pub(crate) use bincode::{Decode, Encode};

use crate::frame::FrameError;
use crate::limits::HEADER_BYTES_MAX;

const CONFIG: bincode::config::Configuration<
    bincode::config::LittleEndian,
    bincode::config::Varint,
    bincode::config::Limit<HEADER_BYTES_MAX>,
> = bincode::config::standard().with_limit::<HEADER_BYTES_MAX>();

/// Appends the header to `bytes`.
///
/// # Errors
/// [`FrameError::HeaderTooLong`] when it would exceed [`HEADER_BYTES_MAX`].
pub(crate) fn encode<T: Encode>(header: &T, bytes: &mut Vec<u8>) -> Result<(), FrameError> {
    let start = bytes.len();
    let written = bincode::encode_into_std_write(header, bytes, CONFIG);
    let length = bytes.len() - start;
    match written {
        Ok(_) if length <= HEADER_BYTES_MAX => Ok(()),
        _ => Err(FrameError::HeaderTooLong {
            length: length as u64,
        }),
    }
}

/// Reads one header that must fill `bytes` exactly.
///
/// # Errors
/// [`FrameError::Malformed`] on anything bincode refuses and on trailing bytes.
pub(crate) fn decode<T: Decode<()>>(bytes: &[u8]) -> Result<T, FrameError> {
    let (header, used) =
        bincode::decode_from_slice(bytes, CONFIG).map_err(|error| FrameError::Malformed {
            detail: error.to_string(),
        })?;
    if used != bytes.len() {
        return Err(FrameError::Malformed {
            detail: format!("{} bytes after the end of the header", bytes.len() - used),
        });
    }
    Ok(header)
}
