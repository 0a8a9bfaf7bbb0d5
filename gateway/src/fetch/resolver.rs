//! Name resolution that hands the HTTP client only addresses that may be connected to, so
//! that a name cannot be judged by one answer and connected to by the next.

use std::io;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;
use tokio::net::lookup_host;

use super::address::AllowedAddresses;

/// The name has addresses, and none of them may be connected to. Which ones is in the log.
#[derive(Debug, Error)]
#[error("every address of the host is refused")]
pub(super) struct AllRefused;

/// Asks the system's resolver and drops what is refused.
pub(super) struct CheckedResolver {
    allowed: AllowedAddresses,
}

impl CheckedResolver {
    pub(super) fn new(allowed: AllowedAddresses) -> Self {
        Self { allowed }
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed.clone();
        Box::pin(async move {
            let host = name.as_str();
            // The port 0 stands for the port of the URL.
            let found: Vec<_> = lookup_host((host, 0)).await?.collect();
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            let usable: Vec<_> = found
                .into_iter()
                .filter(|address| allowed.allows(host, address.ip()))
                .collect();
            if usable.is_empty() {
                return Err(AllRefused.into());
            }
            let usable: Addrs = Box::new(usable.into_iter());
            Ok(usable)
        })
    }
}
