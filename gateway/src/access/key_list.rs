//! The file of signing keys, read as a whole like that of tokens: keys for our own signed URLs, and
//! pairs of key and salt for those of imgproxy. Unlike a token's, their secrets must stand there
//! themselves, because a signature is made with them.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;

use ring::rand::{SecureRandom, SystemRandom};

use super::entry::{self, Grants, Reader};

/// Shortest secret of a key of ours, bytes: as long as what the hash gives.
const SECRET_BYTES_MIN: usize = 32;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeyList {
    /// In the order of the file; the first signs where none is named.
    pub(super) keys: Vec<Key>,
    pub(super) pairs: Vec<Pair>,
}

/// A key for our own signed URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) secret: Secret,
    pub(super) grants: Grants,
}

/// What imgproxy's signatures are made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) id: String,
    pub(super) key: Secret,
    pub(super) salt: Secret,
    pub(super) grants: Grants,
}

/// Bytes that are never shown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Secret(pub(super) Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// From hexadecimal digits, two for a byte, of at least one byte.
    fn from_hex(text: &str) -> Option<Self> {
        let digits: Option<Vec<_>> = text.chars().map(|digit| digit.to_digit(16)).collect();
        let digits = digits.filter(|digits| !digits.is_empty() && digits.len() % 2 == 0)?;
        let bytes = digits.chunks_exact(2);
        let bytes = bytes.map(|pair| (pair[0] << 4 | pair[1]) as u8);
        Some(Self(bytes.collect()))
    }
}

impl KeyList {
    /// Reads the file.
    ///
    /// # Errors
    /// Everything that is wrong with it, each in one sentence, none of which shows a secret.
    pub(crate) fn read(path: &Path) -> Result<Self, Vec<String>> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|why| vec![format!("cannot be read: {why}")])?;
        Self::from_toml(&text)
    }

    pub(super) fn from_toml(text: &str) -> Result<Self, Vec<String>> {
        let (mut keys, mut pairs) = (Vec::new(), Vec::new());
        let read = entry::each(text, &["key", "imgproxy"], |reader, list| match list {
            "key" => keys.extend(key(reader)),
            _ => pairs.extend(pair(reader)),
        });
        let mut mistakes = read.err().unwrap_or_default();
        let ids = |list, ids: Vec<&String>| {
            let mut seen = HashSet::new();
            let again = ids.into_iter().filter(move |id| !seen.insert(*id));
            again
                .map(|id| format!("there are two of {list} with the id {id:?}"))
                .collect::<Vec<_>>()
        };
        mistakes.extend(ids(
            "[[key]]",
            keys.iter().map(|key: &Key| &key.id).collect(),
        ));
        let of_pairs = pairs.iter().map(|pair: &Pair| &pair.id).collect();
        mistakes.extend(ids("[[imgproxy]]", of_pairs));
        match mistakes.is_empty() {
            true => Ok(Self { keys, pairs }),
            false => Err(mistakes),
        }
    }
}

fn key(mut reader: Reader<'_>) -> Option<Key> {
    if !reader.is_table(&["id", "secret"]) {
        return None;
    }
    let id = reader.name("id");
    let secret = reader.text("secret").and_then(Secret::from_hex);
    let secret = secret.filter(|secret| secret.0.len() >= SECRET_BYTES_MIN);
    if secret.is_none() {
        reader.wrong(
            "secret must be 64 or more hexadecimal digits, as framefarm key new prints them",
        );
    }
    let grants = reader.grants(None, None);
    Some(Key {
        id: id?,
        secret: secret?,
        grants: grants?,
    })
}

fn pair(mut reader: Reader<'_>) -> Option<Pair> {
    if !reader.is_table(&["id", "key", "salt"]) {
        return None;
    }
    let id = reader.name("id");
    let [key, salt] = ["key", "salt"].map(|name| {
        let secret = reader.text(name).and_then(Secret::from_hex);
        if secret.is_none() {
            reader.wrong(&format!(
                "{name} must be hexadecimal digits, two for each byte, as in IMGPROXY_{}",
                name.to_uppercase()
            ));
        }
        secret
    });
    let grants = reader.grants(None, None);
    Some(Pair {
        id: id?,
        key: key?,
        salt: salt?,
        grants: grants?,
    })
}

/// What `framefarm key new` prints: an entry of the file with fresh secrets.
///
/// # Errors
/// When the system gives no random numbers.
pub(crate) fn new_key(id: &str, imgproxy: bool) -> Result<String, ring::error::Unspecified> {
    let random = SystemRandom::new();
    let secret = || -> Result<String, ring::error::Unspecified> {
        let mut bytes = [0; SECRET_BYTES_MIN];
        random.fill(&mut bytes)?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    };
    let (list, secrets) = match imgproxy {
        false => {
            let secret = secret()?;
            ("key", format!("secret = \"{secret}\""))
        }
        true => {
            let (key, salt) = (secret()?, secret()?);
            ("imgproxy", format!("key = \"{key}\"\nsalt = \"{salt}\""))
        }
    };
    Ok(format!(
        "\
# Belongs in signing_keys_file, which nobody but the service should be able to read; SIGHUP has
# the gateway read it.

[[{list}]]
id = \"{id}\"
{secrets}
"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_told_and_no_secret_with_it() {
        let secret = "5ec4e7".repeat(12);
        for (text, told) in [
            (
                format!("[[key]]\nid = \"a\"\nsecret = \"{secret}\" x"),
                "line 3",
            ),
            (
                format!("[[key]]\nid = \"a\"\nsecret = \"{secret}z\""),
                "secret must be 64",
            ),
            (format!("[[key]]\nsecret = \"{secret}\""), "id must be"),
            (
                format!("[[key]]\nid = \"a\"\nsecrets = \"{secret}\""),
                "did you mean secret?",
            ),
            (
                format!("[[imgproxy]]\nid = \"a\"\nkey = \"{secret}0\"\nsalt = \"\""),
                "salt must be",
            ),
            (
                format!("[[imgproxy]]\nid = \"a\"\nkey = \"{secret}0\"\nsalt = \"00\""),
                "key must be",
            ),
            (
                format!("[[keys]]\nid = \"a\"\nsecret = \"{secret}\""),
                "only [[key]] and [[imgproxy]]",
            ),
            (
                format!("[[key]]\nid = \"a\"\nsecret = \"{secret}\"\n").repeat(2),
                "the id \"a\"",
            ),
        ] {
            let mistakes = KeyList::from_toml(&text).unwrap_err().join("\n");
            assert!(mistakes.contains(told), "{told}: {mistakes}");
            assert!(!mistakes.contains("5ec4e7"), "{mistakes}");
        }
        let list = KeyList::from_toml(&new_key("a", false).unwrap()).unwrap();
        assert_eq!((list.keys.len(), list.pairs.len()), (1, 0));
        let list = KeyList::from_toml(&new_key("a", true).unwrap()).unwrap();
        assert_eq!((list.keys.len(), list.pairs.len()), (0, 1));
        assert!(!format!("{list:?}").contains(&format!("{:?}", list.pairs[0].key.0)));
    }
}
