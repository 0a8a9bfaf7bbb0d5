//! SHA-256 of sources, which may be long: by it operators and bundles name a picture that they do
//! not keep.
//!
//! Hashed in pieces between which other tasks get their turn. Not on a thread for blocking work: the
//! runtime starts those when they are needed, and panics when the kernel has none left.

use std::fmt;

use ring::digest::{Context, SHA256};

/// Bytes that are hashed at a stretch: well below a millisecond.
const PIECE_BYTES: usize = 256 * 1024;

/// 32 bytes, shown as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// Takes about 2 ms for 1 MB.
    pub(crate) async fn of(bytes: &[u8]) -> Self {
        let mut context = Context::new(&SHA256);
        for (number, piece) in bytes.chunks(PIECE_BYTES).enumerate() {
            if number > 0 {
                tokio::task::yield_now().await;
            }
            context.update(piece);
        }
        let mut value = [0; 32];
        value.copy_from_slice(context.finish().as_ref());
        Self(value)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_one_of_the_standard() {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        assert_eq!(
            runtime.unwrap().block_on(Digest::of(b"abc")).to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
