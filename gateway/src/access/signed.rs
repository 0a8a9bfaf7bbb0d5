//! URLs that are allowed by a signature in place of a token: what is signed, how, and whether it holds.
//!
//! Signed is `path?query`: the path as it is sent, and the query without its signature in a canonical
//! spelling, so that neither the order of different parameters nor how they are escaped matters. The
//! order of parameters of one name does matter, because a pipeline's operations have all one name.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::key_list::{KeyList, Secret};

/// What a signed URL has beside what it would have anyway.
pub(crate) const SIGNING: [&str; 3] = ["expires", "key", SIGNATURE];
const SIGNATURE: &str = "signature";

/// Why a signed URL does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Forgery {
    /// One of [`SIGNING`] is missing, given twice, or not what it should be.
    Malformed(&'static str),
    /// A key that is not in the file, or not any more.
    UnknownKey(String),
    /// Another path, query or secret than those that were signed.
    Wrong,
    /// It was good until then, unix seconds.
    Expired(u64),
}

/// A key in use.
pub(super) fn hmac_key(secret: &Secret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &secret.0)
}

/// A signed query, taken apart.
pub(super) struct Signed<'a> {
    pub(super) key: String,
    pub(super) expires: u64,
    signature: Vec<u8>,
    path: &'a str,
    pairs: Vec<(String, String)>,
}

impl<'a> Signed<'a> {
    /// `None`: there is no signature in this query.
    pub(super) fn read(path: &'a str, query: &str) -> Option<Result<Self, Forgery>> {
        let pairs = pairs(query);
        let is_signed = pairs.iter().any(|(name, _)| name == SIGNATURE);
        is_signed.then(|| Self::of(path, pairs))
    }

    fn of(path: &'a str, pairs: Vec<(String, String)>) -> Result<Self, Forgery> {
        let [expires, key, signature] = SIGNING.map(|wanted| {
            let mut found = pairs.iter().filter(|(name, _)| name == wanted);
            match (found.next(), found.next()) {
                (Some((_, value)), None) => Ok(value),
                _ => Err(Forgery::Malformed(wanted)),
            }
        });
        let digits = |text: &&String| text.bytes().all(|byte| byte.is_ascii_digit());
        let expires = Some(expires?).filter(digits);
        let signature = URL_SAFE_NO_PAD.decode(signature?);
        Ok(Self {
            key: key?.clone(),
            expires: expires
                .and_then(|text| text.parse().ok())
                .ok_or(Forgery::Malformed("expires"))?,
            signature: signature.map_err(|_| Forgery::Wrong)?,
            path,
            pairs,
        })
    }

    /// Whether it was signed with that key, and is still good. Expiry is looked at last: what is not
    /// signed says nothing.
    pub(super) fn check(&self, key: &hmac::Key, now: u64) -> Result<(), Forgery> {
        let message = message(self.path, &self.pairs);
        // Takes the same time wherever the two differ.
        let checked = hmac::verify(key, message.as_bytes(), &self.signature);
        checked.map_err(|_| Forgery::Wrong)?;
        match self.expires > now {
            true => Ok(()),
            false => Err(Forgery::Expired(self.expires)),
        }
    }
}

/// Unix seconds.
pub(crate) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}

impl KeyList {
    /// `target`, a path with or without a query, signed until `expires` by the key of that id, else by
    /// the first.
    ///
    /// # Errors
    /// When there is no such key, or the target has a signature or its like already.
    pub(crate) fn sign(
        &self,
        target: &str,
        id: Option<&str>,
        expires: u64,
    ) -> Result<String, String> {
        let key = match id {
            Some(id) => self.keys.iter().find(|key| key.id == id),
            None => self.keys.first(),
        };
        let key = key.ok_or_else(|| match id {
            Some(id) => format!("there is no key {id:?} in signing_keys_file"),
            None => "there is no [[key]] in signing_keys_file".to_owned(),
        })?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut all = pairs(query);
        if let Some((name, _)) = all
            .iter()
            .find(|(name, _)| SIGNING.contains(&name.as_str()))
        {
            return Err(format!("the URL has the parameter {name} already"));
        }
        let given = if query.is_empty() { "" } else { "&" };
        let added = format!("{given}expires={expires}&key={}", key.id);
        all.extend(pairs(&added));
        let tag = hmac::sign(&hmac_key(&key.secret), message(path, &all).as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(tag);
        Ok(format!("{path}?{query}{added}&signature={signature}"))
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// What is signed: every pair but the signature, sorted by name and otherwise in order, everything
/// but letters, digits and `-._~` escaped.
fn message(path: &str, pairs: &[(String, String)]) -> String {
    let mut pairs: Vec<_> = pairs.iter().filter(|(name, _)| name != SIGNATURE).collect();
    pairs.sort_by_key(|(name, _)| name);
    let pairs = pairs.iter();
    let pairs = pairs.map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> KeyList {
        let text = ["a", "b"].map(|id| {
            let secret = id.repeat(64);
            format!("[[key]]\nid = \"{id}\"\nsecret = \"{secret}\"\n")
        });
        KeyList::from_toml(&text.concat()).unwrap()
    }

    fn judged(url: &str, now: u64) -> Result<(), Forgery> {
        let (path, query) = url.split_once('?').unwrap();
        let signed = Signed::read(path, query).unwrap()?;
        let keys = keys();
        let key = keys.keys.iter().find(|key| key.id == signed.key).unwrap();
        signed.check(&hmac_key(&key.secret), now)
    }

    #[test]
    fn the_message_is_sorted_by_name_and_escaped_in_one_way() {
        let query = "b=2&a=x+y%2fz&op=two&signature=s&a=~*&op=one";
        let message = message("/v1/process", &pairs(query));
        assert_eq!(message, "/v1/process?a=x%20y%2Fz&a=~%2A&b=2&op=two&op=one");
    }

    #[test]
    fn a_signature_holds_until_it_expires_in_any_order_of_different_names() {
        let url = keys().sign("/blur/?url=x&sigma=2", None, 100).unwrap();
        assert_eq!(judged(&url, 99), Ok(()));
        assert_eq!(judged(&url, 100), Err(Forgery::Expired(100)));
        let turned = url.replace("url=x&sigma=2", "sigma=%32&url=x");
        assert_ne!(turned, url);
        assert_eq!(judged(&turned, 99), Ok(()));
    }

    #[test]
    fn whatever_is_changed_makes_it_wrong() {
        let url = keys()
            .sign("/v1/process?op=a&op=b", Some("a"), 100)
            .unwrap();
        for (from, to) in [
            ("/v1/process", "/v1/process/"),
            ("op=a&op=b", "op=b&op=a"),
            ("op=a&op=b", "op=a"),
            ("op=a&", "op=a&op=c&"),
            ("op=a&", "op=a&x&"),
            ("expires=100", "expires=1000"),
            ("key=a", "key=b"),
        ] {
            let changed = url.replace(from, to);
            assert_ne!(changed, url);
            assert_eq!(judged(&changed, 99), Err(Forgery::Wrong), "{changed}");
        }
        for (from, to, name) in [
            ("expires=100&", "", "expires"),
            ("expires=100&", "expires=100&expires=9&", "expires"),
            ("expires=100&", "expires=%2B100&", "expires"),
            ("key=a&", "", "key"),
        ] {
            let changed = url.replace(from, to);
            assert_eq!(judged(&changed, 99), Err(Forgery::Malformed(name)));
        }
    }

    #[test]
    fn what_cannot_be_signed_is_said() {
        for (target, id, said) in [
            ("/a", Some("c"), "\"c\""),
            ("/a?expires=1", None, "expires"),
            ("/a?signature=1", None, "signature"),
        ] {
            let error = keys().sign(target, id, 1).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        let none = KeyList::default().sign("/a", None, 1).unwrap_err();
        assert!(none.contains("[[key]]"), "{none}");
    }

    #[test]
    fn no_parameter_of_an_operation_is_called_like_those_of_a_signature() {
        let parameters = protocol::CATALOGUE.iter().flat_map(|spec| spec.parameters);
        let options = protocol::OUTPUT_OPTIONS
            .iter()
            .map(|option| &option.parameter);
        for parameter in parameters.chain(options) {
            assert!(!SIGNING.contains(&parameter.name));
        }
    }
}
