//! Files that were fetched before, for as long as their origins allow, and to be asked about after
//! that: a kept file with a validator costs an answer without a body.
//!
//! As a shared cache of HTTP does, by what the origin says: what it does not let be kept is not, and what
//! says neither how long it is good nor how to ask about it cannot be. Redirects are followed anew each time, and each hop is
//! judged before it is looked for here.

use std::time::{Duration, Instant};

use bytes::Bytes;
use moka::sync::Cache;
use reqwest::Url;
use reqwest::header::{
    CACHE_CONTROL, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, VARY,
};

use super::Freshness;

/// What an entry takes beside file and URL, bytes: headers, and the cache's own bookkeeping.
const OVERHEAD_BYTES: usize = 1024;
/// No file takes more than this part of the room: it would push out too many, and copying it would
/// hold up a thread that has others to serve.
const PARTS: u64 = 4;
/// A longer one is not worth its place as a name.
const URL_BYTES_MAX: usize = 8 * 1024;

/// See the module; clones hold the same.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    /// `None`: switched off.
    files: Option<Cache<Url, Kept>>,
    file_bytes_max: u64,
}

/// A file, and when and how it came.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) bytes: Bytes,
    freshness: Freshness,
    received: Instant,
    etag: Option<HeaderValue>,
    last_modified: Option<HeaderValue>,
}

impl Sources {
    pub(super) fn within(bytes_max: u64) -> Self {
        let weight = |url: &Url, kept: &Kept| {
            let bytes = url.as_str().len() + kept.bytes.len() + OVERHEAD_BYTES;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let files = || Cache::builder().max_capacity(bytes_max).weigher(weight);
        Self {
            files: (bytes_max > 0).then(|| files().build()),
            file_bytes_max: bytes_max / PARTS,
        }
    }

    /// How many files there are, and the bytes that they take.
    pub(crate) fn size(&self) -> (u64, u64) {
        self.files.as_ref().map_or((0, 0), |files| {
            files.run_pending_tasks();
            (files.entry_count(), files.weighted_size())
        })
    }

    pub(super) fn find(&self, url: &Url) -> Option<Kept> {
        self.files.as_ref()?.get(url)
    }

    /// Keeps a file if its origin lets it, and forgets what was there before in any case.
    pub(super) fn keep(&self, url: &Url, mut kept: Kept) {
        let Some(files) = &self.files else { return };
        let fits = kept.bytes.len() as u64 <= self.file_bytes_max;
        if fits && kept.may_be_kept() && url.as_str().len() <= URL_BYTES_MAX {
            // The original may lie in twice the memory: it grew as it came.
            kept.bytes = Bytes::copy_from_slice(&kept.bytes);
            files.insert(url.clone(), kept);
        } else {
            files.invalidate(url);
        }
        // Makes room now, so that the bound holds.
        files.run_pending_tasks();
    }
}

impl Kept {
    pub(super) fn new(bytes: &Bytes, headers: &HeaderMap) -> Self {
        let varies = headers.get_all(VARY).iter().any(|value| value == "*");
        let mut freshness = Freshness::of(headers);
        freshness.never_kept |= varies;
        Self {
            bytes: bytes.clone(),
            freshness,
            received: Instant::now(),
            etag: headers.get(ETAG).cloned(),
            last_modified: headers.get(LAST_MODIFIED).cloned(),
        }
    }

    /// The same after its origin has said that it is still right.
    pub(super) fn confirmed(self, headers: &HeaderMap) -> Self {
        let freshness = match headers.contains_key(CACHE_CONTROL) {
            true => Freshness::of(headers),
            false => self.freshness,
        };
        Self {
            freshness,
            received: Instant::now(),
            etag: headers.get(ETAG).cloned().or(self.etag),
            ..self
        }
    }

    /// Whether nobody has to be asked about it.
    pub(super) fn is_fresh(&self) -> bool {
        let lifetime = Duration::from_secs(self.freshness.max_age_s(0));
        self.received.elapsed() < lifetime
    }

    /// What its origin said, less the time that has passed since.
    pub(super) fn freshness(&self) -> Freshness {
        self.freshness.aged(self.received.elapsed())
    }

    /// What a bucket knows it by.
    pub(super) fn etag(&self) -> Option<&str> {
        self.etag.as_ref()?.to_str().ok()
    }

    /// How to ask about it.
    pub(super) fn conditions(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let etag = self.etag.clone().map(|value| (IF_NONE_MATCH, value));
        let date = self.last_modified.clone();
        let date = date.map(|value| (IF_MODIFIED_SINCE, value));
        etag.into_iter().chain(date)
    }

    fn may_be_kept(&self) -> bool {
        let allowed = !self.freshness.never_kept && !self.freshness.private;
        allowed && (self.is_fresh() || self.conditions().next().is_some())
    }
}
