//! What caches are told, our own and those of others: `ETag`, `Cache-Control` and `Cache-Status` of a
//! picture, and the 304 for whoever has it already.
//!
//! An answer to a POST is kept by nobody else, so it gets none of the first two.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderName, HeaderValue, VARY};

use super::assets::names;
use super::exchange::Exchange;
use crate::access::now;
use crate::cache::{Key, Layer, Way};
use crate::fetch::Freshness;

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// The tag of a result, which every gateway of this build gives it.
pub(super) fn tag(key: Key) -> String {
    format!("\"{key}\"")
}

/// Whether the client has the result that it asks for. It is the key that is compared, so no job is needed to
/// tell. `*` names no result, and is answered like a request that knows none.
pub(super) fn is_known(tag: &str, exchange: &Exchange) -> bool {
    let mut known = exchange.known_tags().split(',');
    known.any(|given| given.trim() != "*" && names(given, tag))
}

/// 304: what the client has is right.
pub(super) fn not_modified(dress: &Dress<'_>) -> HttpResponse {
    let mut response = HttpResponse::NotModified().finish();
    dress.put_on(&mut response);
    response
}

/// What the headers of an answer are made of.
pub(super) struct Dress<'a> {
    pub(super) exchange: &'a Exchange,
    /// `None`: nobody has asked for it.
    pub(super) tag: Option<&'a str>,
    pub(super) freshness: Freshness,
    /// The format was chosen by what the client accepts.
    pub(super) negotiated: bool,
}

impl Dress<'_> {
    /// Adds what is due to a picture or a 304.
    pub(super) fn put_on(&self, response: &mut HttpResponse) {
        let headers = response.headers_mut();
        if self.negotiated {
            headers.insert(VARY, HeaderValue::from_static("Accept"));
        }
        let Some(tag) = self.tag.filter(|_| self.exchange.is_get()) else {
            return;
        };
        let control = self.cache_control();
        for (name, text) in [(ETAG, tag), (CACHE_CONTROL, control.as_str())] {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        }
    }

    fn cache_control(&self) -> String {
        if self.freshness.never_kept {
            return "no-store".to_owned();
        }
        // A shared cache asks nobody for a token. A signature is part of the address that it goes by.
        let needs_token = self.exchange.token().is_some() && !self.exchange.has_signature();
        let for_all = !needs_token && !self.freshness.private;
        let scope = if for_all { "public" } else { "private" };
        let unsaid = self.exchange.settings().max_age.as_secs();
        // Nor does it ask whether a URL has expired.
        let left = self.exchange.good_until().saturating_sub(now());
        match self.freshness.max_age_s(unsaid).min(left) {
            0 => format!("{scope}, no-cache"),
            seconds => format!("{scope}, max-age={seconds}"),
        }
    }
}

/// Adds how our own cache was involved (RFC 9211).
pub(super) fn tell(response: &mut HttpResponse, way: Way) {
    let status = match way {
        Way::Hit(Layer::Memory) => "framefarm; hit",
        Way::Hit(Layer::Disk) => "framefarm; hit; detail=disk",
        Way::Own { stored: true } => "framefarm; fwd=miss; stored",
        Way::Own { stored: false } => "framefarm; fwd=miss",
        Way::Collapsed => "framefarm; fwd=miss; collapsed",
    };
    let status = HeaderValue::from_static(status);
    response.headers_mut().insert(CACHE_STATUS, status);
}
