//! Fetches the picture that a request names by URL, from the public internet only, or from what the
//! operator has named (`fetch/roots.rs`).
//!
//! On the web, every hop is checked anew, and a connection goes only to an address that was judged
//! (`fetch/address.rs`), so neither a redirect nor a changing DNS answer leads inside. No
//! cookies, no proxy, and the bytes are not looked at, except that gzip is inflated. A picture may also
//! stand in the URL itself.

mod address;
mod body;
mod bucket;
mod client;
mod connector;
mod error;
mod folder;
mod freshness;
mod inline;
#[cfg(test)]
mod origin;
mod place;
mod resolver;
mod roots;
mod rules;
mod sources;
mod target;
#[cfg(test)]
mod tests;
mod turns;

use std::time::{Duration, Instant};

use reqwest::header::LOCATION;
use reqwest::{Client, Response, StatusCode, Url};
use thiserror::Error;

use self::body::Body;
use self::client::client;
pub(crate) use self::error::FetchError;
pub(crate) use self::freshness::Freshness;
pub(crate) use self::place::Place;
pub(crate) use self::roots::{RootFault, Roots};
use self::rules::Rules;
use self::sources::{Kept, Sources};
use self::target::Target;
use self::turns::{Turn, Turns};
use crate::intake::{Intake, Source};
use crate::settings::Settings;

/// Why nothing can be fetched.
#[derive(Debug, Error)]
pub(crate) enum SetupError {
    #[error("the HTTP client cannot be made: {0}")]
    Client(#[from] reqwest::Error),
    #[error("source_roots {0}")]
    Root(RootFault),
}

/// Fetches sources; clones share one connection pool.
#[derive(Debug, Clone)]
pub(crate) struct Fetcher {
    client: Client,
    rules: Rules,
    roots: Roots,
    turns: Turns,
    sources: Sources,
    intake: Intake,
    redirects_max: u32,
    timeout: Duration,
    knows_authorities: bool,
}

/// How a file begins to be fetched.
enum Beginning {
    /// With a copy that will do.
    Fresh(Kept),
    /// With a turn to ask for it, and an old copy to be asked about.
    Turn(Turn, Option<Kept>),
}

impl Fetcher {
    /// Prepares the HTTP client. Without certificate authorities on this system it still
    /// fetches `http`, and refuses `https`.
    pub(crate) fn new(settings: &Settings, intake: Intake) -> Result<Self, SetupError> {
        client::choose_crypto();
        let roots = open_roots(settings)?;
        match client(settings).build() {
            Ok(client) => Ok(Self::with_client(settings, client, roots, intake, true)),
            Err(error) => {
                let client = client(settings).tls_certs_only([]).build()?;
                tracing::warn!(
                    error = error::detail(&error),
                    "https sources cannot be fetched"
                );
                Ok(Self::with_client(settings, client, roots, intake, false))
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
        let same_timeout = before.fetch_timeout == settings.fetch_timeout;
        let mut fetcher =
            if before.allow_source_networks == settings.allow_source_networks && same_timeout {
                let roots = match before.source_roots == settings.source_roots {
                    true => self.roots.clone(),
                    false => open_roots(settings)?,
                };
                Self::with_client(
                    settings,
                    self.client.clone(),
                    roots,
                    intake,
                    self.knows_authorities,
                )
            } else {
                Self::new(settings, intake)?
            };
        if before.fetches_per_host_max == settings.fetches_per_host_max {
            // Those that fetch now are counted on.
            fetcher.turns = self.turns.clone();
        }
        // What came from where one may not go any more is forgotten with the rest.
        if before.allow_source_networks == settings.allow_source_networks
            && before.source_cache_bytes == settings.source_cache_bytes
        {
            fetcher.sources = self.sources.clone();
        }
        Ok(fetcher)
    }

    fn with_client(
        settings: &Settings,
        client: Client,
        roots: Roots,
        intake: Intake,
        knows_authorities: bool,
    ) -> Self {
        Self {
            client,
            roots,
            rules: Rules::new(settings),
            turns: Turns::new(settings.fetches_per_host_max),
            sources: Sources::within(settings.source_cache_bytes),
            intake,
            redirects_max: settings.redirects_max,
            timeout: settings.fetch_timeout,
            knows_authorities,
        }
    }

    /// The file at `url`, at most `source_bytes_max` bytes, by `deadline` and within
    /// `fetch_timeout_ms`.
    pub(crate) async fn fetch(&self, url: &str, deadline: Instant) -> Result<Source, FetchError> {
        if inline::is_inline(url) {
            return inline::read(url, &self.intake);
        }
        let begun = Instant::now();
        let until = deadline.min(begun + self.timeout);
        let fetching = async {
            match self.roots.find(url)? {
                Some(found) => self.read(&found).await,
                None => self.follow(url).await,
            }
        };
        let file = tokio::time::timeout_at(until.into(), fetching).await;
        file.unwrap_or_else(|_| Err(FetchError::timed_out(until.duration_since(begun))))
    }

    async fn follow(&self, url: &str) -> Result<Source, FetchError> {
        let mut target = Target::parse(url, &self.rules)?;
        for _ in 0..=self.redirects_max {
            // Given back before the next hop, which may be at the same host.
            let (_turn, kept) = match self.begin(target.url(), target.host()).await {
                Beginning::Fresh(kept) => return self.lend(kept),
                Beginning::Turn(turn, kept) => (turn, kept),
            };
            let response = self.get(&target, kept.as_ref()).await?;
            match (location(&response), kept) {
                (Some(location), _) => target = target.redirect(location, &self.rules)?,
                (None, Some(kept)) if response.status() == StatusCode::NOT_MODIFIED => {
                    let kept = kept.confirmed(response.headers());
                    self.sources.keep(target.url(), kept.clone());
                    return self.lend(kept);
                }
                (None, _) => return self.body(&target, response).await,
            }
        }
        Err(FetchError::TooManyRedirects {
            max: self.redirects_max,
        })
    }

    /// Looks for a copy, and again when it has waited for its turn: it may have come meanwhile.
    async fn begin(&self, url: &Url, host: &str) -> Beginning {
        let fresh = |kept: &Kept| kept.is_fresh();
        if let Some(kept) = self.sources.find(url).filter(fresh) {
            return Beginning::Fresh(kept);
        }
        let turn = self.turns.take(host).await;
        match self.sources.find(url) {
            Some(kept) if kept.is_fresh() => Beginning::Fresh(kept),
            kept => Beginning::Turn(turn, kept),
        }
    }

    fn lend(&self, kept: Kept) -> Result<Source, FetchError> {
        let freshness = kept.freshness();
        let mut source = self.intake.adopt(kept.bytes)?;
        source.freshness = freshness;
        Ok(source)
    }

    /// Whether the file is here, so that fetching it costs nothing.
    pub(crate) fn has_at_hand(&self, url: &str) -> bool {
        let kept = match self.roots.find(url) {
            Ok(Some(found)) => self.sources.find(found.place.url()),
            Ok(None) => {
                let target = Target::parse(url, &self.rules).ok();
                target.and_then(|target| self.sources.find(target.url()))
            }
            Err(_) => None,
        };
        kept.is_some_and(|kept| kept.is_fresh())
    }

    /// What is kept, for operators.
    pub(crate) fn sources(&self) -> &Sources {
        &self.sources
    }

    async fn get(&self, target: &Target, kept: Option<&Kept>) -> Result<Response, FetchError> {
        if target.is_https() && !self.knows_authorities {
            return Err(FetchError::Unreachable {
                host: target.host().to_owned(),
                why: "this server has no certificate authorities to check https with".to_owned(),
            });
        }
        let conditions = kept.into_iter().flat_map(Kept::conditions).collect();
        let request = self.client.get(target.url().clone()).headers(conditions);
        let sent = request.send().await;
        sent.map_err(|error| self.failed(target, &error))
    }

    async fn body(&self, target: &Target, mut response: Response) -> Result<Source, FetchError> {
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status {
                host: target.host().to_owned(),
                status: response.status().as_u16(),
            });
        }
        let headers = response.headers().clone();
        let broken = |error| FetchError::from_body(target.host(), error);
        let announced = response.content_length();
        let mut body = Body::begin(&headers, announced, &self.intake).map_err(broken)?;
        loop {
            let chunk = response.chunk().await;
            let Some(chunk) = chunk.map_err(|error| self.failed(target, &error))? else {
                let mut source = body.finish().map_err(broken)?;
                let kept = Kept::new(&source.bytes, &headers);
                source.freshness = kept.freshness();
                self.sources.keep(target.url(), kept);
                return Ok(source);
            };
            body.push(&chunk).await.map_err(broken)?;
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

fn open_roots(settings: &Settings) -> Result<Roots, SetupError> {
    let opened = Roots::open(&settings.source_roots, settings.fetch_timeout);
    // The settings are refused for all of them; here it is the environment that has changed.
    opened.map_err(|faults| SetupError::Root(faults.into_iter().next().unwrap_or_default()))
}

/// Where the response sends us; a redirect that names no place is judged by its status.
fn location(response: &Response) -> Option<&[u8]> {
    let redirects = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = response.headers().get(LOCATION)?;
    redirects.then(|| location.as_bytes())
}
