//! Texts leave compressed for whoever takes that: catalogues, pages and long errors shrink to a fraction.
//! Pictures do not, so nobody tries.
//!
//! Only gzip: everybody has it, and what a better coding would save here is kilobytes per visitor.

use std::io::Write;

use actix_web::dev::{ResponseHead, ServiceRequest};
use actix_web::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, VARY,
};
use actix_web::web;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use moka::sync::Cache;

/// Shorter texts fit into one packet anyway.
const BYTES_MIN: usize = 1024;
/// Longer ones would keep the other requests of a thread waiting: a millisecond.
const BYTES_AT_ONCE_MAX: usize = 32 * 1024;
/// Most bytes of what is kept compressed. All that never changes takes less than half of it.
const KEPT_BYTES_MAX: u64 = 4 << 20;
const TYPES: [&str; 5] = [
    "application/json",
    "text/html",
    "text/css",
    "text/javascript",
    "image/svg+xml",
];

/// Texts that were compressed before, by what they are made of: most never change.
#[derive(Debug)]
pub(super) struct Coded(Cache<[u8; 32], Bytes>);

impl Default for Coded {
    fn default() -> Self {
        let weigher = |_: &[u8; 32], bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let cache = Cache::builder()
            .weigher(weigher)
            .max_capacity(KEPT_BYTES_MAX);
        Self(cache.build())
    }
}

impl Coded {
    /// The body as it leaves, with the headers that say so. Whether the client takes gzip matters only to
    /// texts; that it does is said of both forms.
    pub(super) async fn body(&self, head: &mut ResponseHead, taken: bool, body: Bytes) -> Bytes {
        if body.len() < BYTES_MIN || !is_text(head.headers()) {
            return body;
        }
        let headers = head.headers_mut();
        headers.append(VARY, HeaderValue::from_static("Accept-Encoding"));
        if !taken {
            return body;
        }
        let coded = self.coded(body).await;
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        weaken_tag(headers);
        coded
    }

    async fn coded(&self, body: Bytes) -> Bytes {
        let digest = *blake3::hash(&body).as_bytes();
        if let Some(coded) = self.0.get(&digest) {
            return coded;
        }
        let coded = match body.len() {
            ..=BYTES_AT_ONCE_MAX => gzip(&body),
            _ => {
                let long = body.clone();
                let coded = web::block(move || gzip(&long)).await;
                // Only a runtime that is shutting down has no thread for it.
                coded.unwrap_or_else(|_| gzip(&body))
            }
        };
        self.0.insert(digest, coded.clone());
        coded
    }
}

/// Whether the client of a request takes gzip.
pub(super) fn is_taken(request: &ServiceRequest) -> bool {
    let given = request.headers().get_all(ACCEPT_ENCODING);
    let given = given.filter_map(|value| value.to_str().ok());
    takes_gzip(given.flat_map(|codings| codings.split(',')))
}

/// What is said of gzip counts, and else what is said of all.
fn takes_gzip<'a>(codings: impl Iterator<Item = &'a str>) -> bool {
    let (mut of_gzip, mut of_all) = (None, None);
    for coding in codings {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
        let wanted = weight.is_some_and(|weight| weight.is_ok_and(|weight| weight > 0.0));
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => of_gzip = Some(wanted),
            "*" => of_all = Some(wanted),
            _ => {}
        }
    }
    of_gzip.or(of_all).unwrap_or(false)
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let is_coded = headers.contains_key(CONTENT_ENCODING);
    kind.is_some_and(|kind| !is_coded && is_text_type(kind))
}

/// Whether what is of that type may leave compressed.
pub(super) fn is_text_type(kind: &[u8]) -> bool {
    TYPES.iter().any(|text| kind.starts_with(text.as_bytes()))
}

/// The same text in other bytes: a strong tag would say that the bytes are the same.
fn weaken_tag(headers: &mut HeaderMap) {
    let tag = headers.get(ETAG).and_then(|tag| tag.to_str().ok());
    let weak = tag
        .filter(|tag| !tag.starts_with("W/"))
        .and_then(|tag| HeaderValue::from_str(&format!("W/{tag}")).ok());
    if let Some(weak) = weak {
        headers.insert(ETAG, weak);
    }
}

fn gzip(text: &[u8]) -> Bytes {
    let coder = GzEncoder::new(Vec::new(), Compression::default());
    // Into memory nothing fails.
    let coded = written(coder, text).unwrap_or_default();
    Bytes::from(coded)
}

fn written(mut coder: GzEncoder<Vec<u8>>, text: &[u8]) -> std::io::Result<Vec<u8>> {
    coder.write_all(text)?;
    coder.finish()
}

#[cfg(test)]
mod tests {
    use super::takes_gzip;

    #[test]
    fn gzip_is_taken_where_it_is_named_or_all_are_and_not_refused() {
        for (given, taken) in [
            ("gzip", true),
            ("deflate, gzip;q=1.0, *;q=0.5", true),
            ("GZIP", true),
            ("br;q=1.0, gzip;q=0.8", true),
            ("*", true),
            ("gzip; q=0.001", true),
            ("", false),
            ("identity", false),
            ("br", false),
            ("gzip;q=0", false),
            ("gzip;q=0, *", false),
            ("*;q=0", false),
            ("gzip;q=x", false),
        ] {
            assert_eq!(takes_gzip(given.split(',')), taken, "{given}");
        }
    }
}
