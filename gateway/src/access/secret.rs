//! Tokens themselves: made here once, shown once, and from then on known by their SHA-256 only.

use std::fmt;

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

/// What some clients insist on; 381 bits.
const TOKEN_CHARACTERS: usize = 64;
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// SHA-256 of a token. A plain hash is enough: there is nothing to guess in 64 random characters,
/// however fast a guess is, so neither salt nor slowness would add anything.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(token: &[u8]) -> Self {
        let mut value = [0; 32];
        value.copy_from_slice(digest(&SHA256, token).as_ref());
        Self(value)
    }

    /// From 64 hexadecimal digits.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let digits: Option<Vec<_>> = text.chars().map(|digit| digit.to_digit(16)).collect();
        let digits = digits.filter(|digits| digits.len() == 64)?;
        let mut value = [0; 32];
        for (byte, pair) in value.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (pair[0] << 4 | pair[1]) as u8;
        }
        Some(Self(value))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What `framefarm token new` prints: a new token, and its entry in the file.
///
/// # Errors
/// When the system gives no random numbers.
pub(crate) fn new_entry(name: &str) -> Result<String, ring::error::Unspecified> {
    let token = random_token(&SystemRandom::new())?;
    let fingerprint = Fingerprint::of(token.as_bytes());
    Ok(format!(
        "\
# The token, shown this once: it cannot be had from what follows.
#
#     {token}
#
# What follows belongs in tokens_file; SIGHUP has the gateway read it.

[[token]]
name = \"{name}\"
sha256 = \"{fingerprint}\"
requests_per_minute = 60
burst = 60
jobs_max = 4
priority = \"normal\"
"
    ))
}

fn random_token(random: &dyn SecureRandom) -> Result<String, ring::error::Unspecified> {
    let mut token = String::with_capacity(TOKEN_CHARACTERS);
    // The largest multiple of the alphabet's length: bytes above it would favour its first letters.
    let fair = (256 / ALPHABET.len() * ALPHABET.len()) as u8;
    while token.len() < TOKEN_CHARACTERS {
        let mut bytes = [0; TOKEN_CHARACTERS];
        random.fill(&mut bytes)?;
        let fair = bytes.into_iter().filter(|byte| *byte < fair);
        let letters = fair.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
        token.extend(letters.take(TOKEN_CHARACTERS - token.len()));
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_64_letters_and_digits_and_never_the_same() {
        let random = SystemRandom::new();
        let tokens: Vec<_> = (0..100).map(|_| random_token(&random).unwrap()).collect();
        for token in &tokens {
            assert_eq!(token.len(), 64);
            assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
        let different: std::collections::HashSet<_> = tokens.iter().collect();
        assert_eq!(different.len(), tokens.len());
        let letters: std::collections::HashSet<_> = tokens.concat().chars().collect();
        assert_eq!(letters.len(), ALPHABET.len(), "all of the alphabet occurs");
    }

    #[test]
    fn a_fingerprint_is_the_hash_of_the_standard_in_either_case() {
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let fingerprint = Fingerprint::of(b"abc");
        assert_eq!(fingerprint.to_string(), hex);
        assert_eq!(Fingerprint::from_hex(hex), Some(fingerprint));
        assert_eq!(
            Fingerprint::from_hex(&hex.to_uppercase()),
            Some(fingerprint)
        );
        for wrong in [&hex[1..], &format!("{hex}0"), &hex.replace('b', "g"), ""] {
            assert_eq!(Fingerprint::from_hex(wrong), None);
        }
    }
}
