//! Who may use the service, for what, and how much of it: tokens from a file, and what those get who
//! bring none. Settled before a request's body is read; what it then costs is the pool's to share out.
//!
//! Nothing here speaks HTTP: `http/admission.rs` asks and answers.

mod account;
mod addresses;
mod allowed;
mod forwarded;
mod secret;
#[cfg(test)]
mod tests;
mod token_list;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::pool::Priority;
use crate::settings::Settings;
use addresses::Addresses;
use secret::Fingerprint;

pub(crate) use account::{Account, Excess, Permit, Quota, Terms};
pub(crate) use allowed::Allowed;
pub(crate) use forwarded::{Claims, client_address};
pub(crate) use secret::new_entry;
pub(crate) use token_list::{TokenList, is_name};

/// What requests without a token are called in logs and figures; no token may have this name.
pub(crate) const ANONYMOUS: &str = "anonymous";

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
    /// There are no tokens: everybody is the same, and nobody is counted.
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
    anonymous: Anonymous,
    trusted_proxies: Vec<IpNet>,
}

impl Access {
    /// For a gateway that starts; `tokens`: what is in `tokens_file`, if there is one.
    pub(crate) fn new(settings: &Settings, tokens: Option<&TokenList>) -> Self {
        Self::after(None, settings, tokens)
    }

    /// The same under other settings: whoever keeps his name keeps what he has used up.
    pub(crate) fn with(&self, settings: &Settings, tokens: Option<&TokenList>) -> Self {
        Self::after(Some(self), settings, tokens)
    }

    fn after(before: Option<&Self>, settings: &Settings, tokens: Option<&TokenList>) -> Self {
        let known = before.into_iter().flat_map(|access| access.tokens.values());
        let known: HashMap<_, _> = known
            .map(|client| (client.account.name(), &client.account))
            .collect();
        let client = |entry: &token_list::Entry| Client {
            account: Arc::new(match known.get(entry.name.as_str()) {
                Some(account) => account.with(entry.terms, entry.priority),
                None => Account::new(&entry.name, Some(entry.terms), entry.priority),
            }),
            allowed: Arc::new(entry.allowed.clone()),
        };
        let entries = tokens.map(TokenList::entries).unwrap_or_default();
        let entries = entries.iter().map(|entry| (entry.sha256, client(entry)));
        Self {
            tokens: entries.collect(),
            anonymous: match tokens {
                None => Anonymous::Everybody(Client {
                    account: Arc::new(Account::new(ANONYMOUS, None, Priority::Normal)),
                    allowed: Arc::default(),
                }),
                Some(_) if !settings.allow_anonymous => Anonymous::Refused,
                Some(_) => {
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

    /// Whose word on where a request came from is believed.
    pub(crate) fn trusted_proxies(&self) -> &[IpNet] {
        &self.trusted_proxies
    }

    /// Every token's account.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.tokens.values().map(|client| &*client.account)
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
