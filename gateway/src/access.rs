//! Who may use the service, for what, and how much of it: tokens and signing keys from files, and what
//! those get who bring none. Settled before a request's body is read; what it then costs is the pool's to share out.
//!
//! Nothing here speaks HTTP: `http/admission.rs` asks and answers.

mod account;
mod addresses;
mod allowed;
mod entry;
mod forwarded;
mod key_list;
mod secret;
mod signed;
#[cfg(test)]
mod tests;
mod token_list;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ipnet::IpNet;
use ring::hmac;

use crate::pool::Priority;
use crate::settings::Settings;
use addresses::Addresses;
use entry::Grants;
use secret::Fingerprint;
use signed::Signed;

pub(crate) use account::{Account, Excess, Permit, Quota, Terms};
pub(crate) use allowed::Allowed;
pub(crate) use entry::is_name;
pub(crate) use forwarded::{Claims, client_address};
pub(crate) use key_list::{KeyList, new_key};
pub(crate) use secret::new_entry;
pub(crate) use signed::{Forgery, SIGNING, now};
pub(crate) use token_list::TokenList;

/// What requests without a token are called in logs and figures; no token may have this name.
pub(crate) const ANONYMOUS: &str = "anonymous";

/// What the files say that the settings name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Credentials {
    /// What is in `tokens_file`, if there is one.
    pub(crate) tokens: Option<TokenList>,
    /// What is in `signing_keys_file`, if there is one.
    pub(crate) keys: Option<KeyList>,
}

impl Credentials {
    /// Whether there is anything that somebody could lack.
    fn are_asked_for(&self) -> bool {
        self.tokens.is_some() || self.keys.is_some()
    }
}

/// Whose request it is, and what that one may do.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) account: Arc<Account>,
    pub(crate) allowed: Arc<Allowed>,
}

/// Why a request is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// It brought no token, and needs one.
    NoToken,
    /// It brought one that is not in the file.
    UnknownToken,
}

/// What those get who bring no token.
#[derive(Debug)]
enum Anonymous {
    /// There are neither tokens nor keys: everybody is the same, and nobody is counted.
    Everybody(Client),
    /// Nothing.
    Refused,
    /// Something, by address.
    Limited(Arc<Addresses>, Arc<Allowed>),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Access {
    /// By fingerprint. A lookup takes a time that depends on the fingerprint of what was sent, never
    /// on a token: whoever could measure it would learn a hash of his own guess. A token is 64
    /// random characters, 381 bits; there is nothing to come closer to step by step.
    tokens: HashMap<Fingerprint, Client>,
    /// By id.
    keys: HashMap<String, (hmac::Key, Client)>,
    pairs: Vec<ImgproxyPair>,
    anonymous: Anonymous,
    trusted_proxies: Vec<IpNet>,
}

/// A pair of key and salt in use.
#[derive(Debug)]
struct ImgproxyPair {
    key: hmac::Key,
    salt: Vec<u8>,
    client: Client,
}

impl Access {
    /// For a gateway that starts.
    pub(crate) fn new(settings: &Settings, credentials: &Credentials) -> Self {
        Self::after(None, settings, credentials)
    }

    /// The same under other settings: whoever keeps his name keeps what he has used up.
    pub(crate) fn with(&self, settings: &Settings, credentials: &Credentials) -> Self {
        Self::after(Some(self), settings, credentials)
    }

    fn after(before: Option<&Self>, settings: &Settings, credentials: &Credentials) -> Self {
        let known = before.into_iter().flat_map(Self::accounts);
        let known: HashMap<_, _> = known.map(|account| (account.name(), account)).collect();
        let client = |name: &str, grants: &Grants| Client {
            account: Arc::new(match known.get(name) {
                Some(account) => account.with(grants.terms, grants.priority),
                None => Account::new(name, Some(grants.terms), grants.priority),
            }),
            allowed: Arc::new(grants.allowed.clone()),
        };
        let entries = credentials.tokens.as_ref().map(TokenList::entries);
        let entries = entries.unwrap_or_default().iter();
        let keys = credentials.keys.as_ref();
        let (keys, pairs) = keys.map_or((&[][..], &[][..]), |list| (&list.keys, &list.pairs));
        Self {
            tokens: entries
                .map(|entry| (entry.sha256, client(&entry.name, &entry.grants)))
                .collect(),
            // No token can have a name with a colon.
            keys: keys
                .iter()
                .map(|key| {
                    let client = client(&format!("key:{}", key.id), &key.grants);
                    (key.id.clone(), (signed::hmac_key(&key.secret), client))
                })
                .collect(),
            pairs: pairs
                .iter()
                .map(|pair| ImgproxyPair {
                    key: signed::hmac_key(&pair.key),
                    salt: pair.salt.0.clone(),
                    client: client(&format!("imgproxy:{}", pair.id), &pair.grants),
                })
                .collect(),
            anonymous: match credentials.are_asked_for() {
                false => Anonymous::Everybody(Client {
                    account: Arc::new(Account::new(ANONYMOUS, None, Priority::Normal)),
                    allowed: Arc::default(),
                }),
                true if !settings.allow_anonymous => Anonymous::Refused,
                true => {
                    let addresses = addresses_after(before, settings);
                    Anonymous::Limited(addresses, Arc::default())
                }
            },
            trusted_proxies: settings.trusted_proxies.clone(),
        }
    }

    /// Whose request it is that brings this token, or none, from this address.
    ///
    /// # Errors
    /// When it is nobody's. A wrong token is not taken for none.
    pub(crate) fn client(
        &self,
        token: Option<&[u8]>,
        address: impl FnOnce() -> IpAddr,
    ) -> Result<Client, Stranger> {
        match (&self.anonymous, token) {
            // Clients that were made for other servers send one in any case.
            (Anonymous::Everybody(client), _) => Ok(client.clone()),
            (_, Some(token)) => {
                let client = self.tokens.get(&Fingerprint::of(token));
                client.cloned().ok_or(Stranger::UnknownToken)
            }
            (Anonymous::Refused, None) => Err(Stranger::NoToken),
            (Anonymous::Limited(addresses, allowed), None) => Ok(Client {
                account: addresses.account(address()),
                allowed: Arc::clone(allowed),
            }),
        }
    }

    /// Whose request it is by its signature, and until when, unix seconds; `None`: it has none, or there are no keys, and whatever a
    /// client sends as one is ignored like a token where there are none.
    pub(crate) fn signer(&self, path: &str, query: &str) -> Option<Result<(Client, u64), Forgery>> {
        if self.keys.is_empty() {
            return None;
        }
        let signed = Signed::read(path, query)?;
        Some(signed.and_then(|signed| {
            let key = self.keys.get(&signed.key);
            let (key, client) = key.ok_or_else(|| Forgery::UnknownKey(signed.key.clone()))?;
            signed.check(key, now())?;
            Ok((client.clone(), signed.expires))
        }))
    }

    /// Whose request it is by a signature like those for imgproxy, of what follows it in the path;
    /// `None`: there are no pairs, and the place of the signature may hold anything.
    pub(crate) fn imgproxy_signer(
        &self,
        signature: &str,
        signed: &str,
    ) -> Option<Result<Client, Forgery>> {
        if self.pairs.is_empty() {
            return None;
        }
        let tag = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        let pair = self.pairs.iter().find(|pair| {
            let message = [&pair.salt, signed.as_bytes()].concat();
            hmac::verify(&pair.key, &message, &tag).is_ok()
        });
        Some(match pair {
            Some(pair) => Ok(pair.client.clone()),
            None => Err(Forgery::Wrong),
        })
    }

    /// Whether a signed URL could stand for a token.
    pub(crate) fn takes_signatures(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Whose word on where a request came from is believed.
    pub(crate) fn trusted_proxies(&self) -> &[IpNet] {
        &self.trusted_proxies
    }

    /// The account of every token, key and pair.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Account> {
        let keys = self.keys.values().map(|(_, client)| client);
        let pairs = self.pairs.iter().map(|pair| &pair.client);
        let clients = self.tokens.values().chain(keys).chain(pairs);
        clients.map(|client| &*client.account)
    }

    /// Whether requests are told apart by tokens or keys at all.
    pub(crate) fn knows_accounts(&self) -> bool {
        !matches!(self.anonymous, Anonymous::Everybody(_))
    }

    /// How many addresses are remembered, if they are counted.
    pub(crate) fn addresses(&self) -> Option<usize> {
        match &self.anonymous {
            Anonymous::Limited(addresses, _) => Some(addresses.len()),
            _ => None,
        }
    }
}

fn addresses_after(before: Option<&Access>, settings: &Settings) -> Arc<Addresses> {
    let terms = Terms {
        requests_per_minute: settings.anonymous_requests_per_minute,
        burst: settings.anonymous_burst,
        jobs_max: settings.anonymous_jobs_max,
    };
    match before.map(|access| &access.anonymous) {
        Some(Anonymous::Limited(addresses, _)) if addresses.terms() == terms => {
            Arc::clone(addresses)
        }
        _ => Arc::new(Addresses::new(terms)),
    }
}
