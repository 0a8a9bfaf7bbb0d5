//! What tells one source from another: BLAKE3 of its bytes. Every source is hashed before it is worked
//! on, and this is several times as fast as the SHA-256 by which people know files (`digest.rs`).
//!
//! Hashed in pieces between which other tasks get their turn, for the same reason as there.

use std::fmt;

use blake3::Hasher;

/// Bytes that are hashed at a stretch: well below a millisecond.
pub(super) const PIECE_BYTES: usize = 1024 * 1024;

/// 32 bytes, shown as 64 hexadecimal digits. It means nothing outside the gateways of one build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Identity([u8; 32]);

impl Identity {
    /// Takes about 0.3 ms for 1 MB.
    pub(crate) async fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new();
        for (number, piece) in bytes.chunks(PIECE_BYTES).enumerate() {
            if number > 0 {
                tokio::task::yield_now().await;
            }
            hasher.update(piece);
        }
        Self(hasher.finalize().into())
    }

    /// Of this and some further bytes, which take no time worth sharing.
    pub(crate) fn with(&self, further: impl AsRef<[u8]>) -> Self {
        let mut hasher = Hasher::new();
        hasher.update(&self.0).update(further.as_ref());
        Self(hasher.finalize().into())
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Identity {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(Identity::of(bytes))
    }

    #[test]
    fn it_is_of_all_bytes_in_whatever_pieces_they_were_taken() {
        let mut bytes = vec![7; 2 * PIECE_BYTES + 1];
        let whole = of(&bytes);
        assert_eq!(whole.to_string(), blake3::hash(&bytes).to_string());
        *bytes.last_mut().unwrap() = 8;
        assert_ne!(of(&bytes), whole);
    }

    #[test]
    fn with_another_text_it_is_another_one() {
        let one = of(b"a");
        assert_ne!(one.with("x"), one.with("y"));
        assert_ne!(one.with("x"), of(b"b").with("x"));
        assert_eq!(one.with("x"), of(b"a").with("x"));
    }
}
