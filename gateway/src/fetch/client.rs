//! The HTTP client for the web, and what all HTTP clients here have in common.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

use super::address::AllowedAddresses;
use super::resolver::CheckedResolver;
use crate::settings::Settings;

pub(super) const USER_AGENT: &str = concat!("framefarm/", env!("CARGO_PKG_VERSION"));
/// Idle connections kept per host, and for how long: enough for a burst of pictures from one
/// host, little for a caller who names a thousand hosts.
pub(super) const IDLE_CONNECTIONS_MAX: usize = 8;
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Of the process, for TLS.
pub(super) fn choose_crypto() {
    // It fails if there is one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// One that connects to judged addresses only.
pub(super) fn client(settings: &Settings) -> ClientBuilder {
    let allowed = AllowedAddresses::new(&settings.allow_source_networks);
    Client::builder()
        .user_agent(USER_AGENT)
        // Pictures are compressed already.
        .default_headers(
            [(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]
                .into_iter()
                .collect(),
        )
        // A proxy would connect to addresses that nobody has judged.
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .dns_resolver(CheckedResolver::new(allowed))
        // Shared out among the addresses of a host, so that a dead one leaves time for the next.
        .connect_timeout(settings.fetch_timeout)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
}
