//! Fetches the picture that a request names by URL, from the public internet only.
//!
//! Every hop is checked anew, and a connection goes only to an address that was judged
//! (`fetch/address.rs`), so neither a redirect nor a changing DNS answer leads inside. No
//! cookies, no proxy, no decompression, and the bytes are not looked at.

mod address;
mod error;
#[cfg(test)]
mod origin;
mod resolver;
mod target;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response, StatusCode};
use thiserror::Error;

use self::address::AllowedAddresses;
pub(crate) use self::error::FetchError;
use self::resolver::CheckedResolver;
use self::target::Target;
use crate::intake::{Intake, Source};
use crate::settings::Settings;

const USER_AGENT: &str = concat!("framefarm/", env!("CARGO_PKG_VERSION"));
/// Idle connections kept per host, and for how long: enough for a burst of pictures from one
/// host, little for a caller who names a thousand hosts.
const IDLE_CONNECTIONS_MAX: usize = 8;
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Why the HTTP client cannot be made.
#[derive(Debug, Error)]
#[error("the HTTP client cannot be made: {0}")]
pub(crate) struct SetupError(#[from] reqwest::Error);

/// Fetches sources; clones share one connection pool.
#[derive(Debug, Clone)]
pub(crate) struct Fetcher {
    client: Client,
    allowed: AllowedAddresses,
    intake: Intake,
    redirects_max: u32,
    timeout: Duration,
    knows_authorities: bool,
}

impl Fetcher {
    /// Prepares the HTTP client. Without certificate authorities on this system it still
    /// fetches `http`, and refuses `https`.
    pub(crate) fn new(settings: &Settings, intake: Intake) -> Result<Self, SetupError> {
        // It fails if the process has chosen a provider before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        match client(settings).build() {
            Ok(client) => Ok(Self::with_client(settings, client, intake, true)),
            Err(error) => {
                let client = client(settings).tls_certs_only([]).build()?;
                tracing::warn!(
                    error = error::detail(&error),
                    "https sources cannot be fetched"
                );
                Ok(Self::with_client(settings, client, intake, false))
            }
        }
    }

    /// The same under other settings. The connections that are kept go on being used, unless it
    /// changed where one may go: a kept one would be taken without another look at its address.
    pub(crate) fn with(
        &self,
        before: &Settings,
        settings: &Settings,
        intake: Intake,
    ) -> Result<Self, SetupError> {
        if before.allow_source_networks != settings.allow_source_networks
            || before.fetch_timeout != settings.fetch_timeout
        {
            return Self::new(settings, intake);
        }
        let client = self.client.clone();
        let knows_authorities = self.knows_authorities;
        Ok(Self::with_client(
            settings,
            client,
            intake,
            knows_authorities,
        ))
    }

    fn with_client(
        settings: &Settings,
        client: Client,
        intake: Intake,
        knows_authorities: bool,
    ) -> Self {
        Self {
            client,
            allowed: AllowedAddresses::new(&settings.allow_source_networks),
            intake,
            redirects_max: settings.redirects_max,
            timeout: settings.fetch_timeout,
            knows_authorities,
        }
    }

    /// The file at `url`, at most `source_bytes_max` bytes, by `deadline` and within
    /// `fetch_timeout_ms`.
    pub(crate) async fn fetch(&self, url: &str, deadline: Instant) -> Result<Source, FetchError> {
        let begun = Instant::now();
        let until = deadline.min(begun + self.timeout);
        let file = tokio::time::timeout_at(until.into(), self.follow(url)).await;
        file.unwrap_or_else(|_| Err(FetchError::timed_out(until.duration_since(begun))))
    }

    async fn follow(&self, url: &str) -> Result<Source, FetchError> {
        let mut target = Target::parse(url, &self.allowed)?;
        for _ in 0..=self.redirects_max {
            let response = self.get(&target).await?;
            match location(&response) {
                Some(location) => target = target.redirect(location, &self.allowed)?,
                None => return self.body(&target, response).await,
            }
        }
        Err(FetchError::TooManyRedirects {
            max: self.redirects_max,
        })
    }

    async fn get(&self, target: &Target) -> Result<Response, FetchError> {
        if target.is_https() && !self.knows_authorities {
            return Err(FetchError::Unreachable {
                host: target.host().to_owned(),
                why: "this server has no certificate authorities to check https with".to_owned(),
            });
        }
        let sent = self.client.get(target.url()).send().await;
        sent.map_err(|error| self.failed(target, &error))
    }

    async fn body(&self, target: &Target, mut response: Response) -> Result<Source, FetchError> {
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status {
                host: target.host().to_owned(),
                status: response.status().as_u16(),
            });
        }
        let mut receipt = self.intake.begin(response.content_length())?;
        loop {
            let chunk = response.chunk().await;
            let Some(chunk) = chunk.map_err(|error| self.failed(target, &error))? else {
                return Ok(receipt.finish());
            };
            receipt.push(&chunk)?;
        }
    }

    fn failed(&self, target: &Target, error: &reqwest::Error) -> FetchError {
        tracing::info!(
            host = target.host(),
            error = error::detail(error),
            "fetching failed"
        );
        FetchError::from_client(target.host(), error, self.timeout)
    }
}

fn client(settings: &Settings) -> ClientBuilder {
    let allowed = AllowedAddresses::new(&settings.allow_source_networks);
    Client::builder()
        .user_agent(USER_AGENT)
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

/// Where the response sends us; a redirect that names no place is judged by its status.
fn location(response: &Response) -> Option<&[u8]> {
    let redirects = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = response.headers().get(LOCATION)?;
    redirects.then(|| location.as_bytes())
}
