//! Files in buckets of S3, Google Cloud Storage and Azure, and of whatever speaks like them, through `object_store`.
//!
//! Only the operator's environment says how they are reached and with which credentials; a caller
//! gives the key and nothing else. Neither is ever logged or told.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path;
use object_store::{
    Attribute, BackoffConfig, Error, GetOptions, GetResult, ObjectStore, RetryConfig,
};
use reqwest::header::{CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderMap, HeaderName, HeaderValue};

use super::body::Body;
use super::connector::Connector;
use super::error::{FetchError, causes};
use super::place::{Place, Store};
use super::sources::Kept;
use crate::intake::{Intake, Source};

/// Once more after a stumble, and no crowd of tries within the time of a fetch.
const RETRIES_MAX: usize = 2;
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// A line's worth.
const DETAIL_CHARS_MAX: usize = 120;

/// What came of asking.
pub(super) enum Answer {
    /// The file, and what may be kept of it.
    File(Source, Kept),
    /// The one that was kept, which is still right.
    Kept(Kept),
}

/// Prepares what is needed to ask; nothing is sent. An error is a sentence without its subject.
pub(super) fn open(place: &Place, timeout: Duration) -> Result<Arc<dyn ObjectStore>, String> {
    let connector = Connector::new(timeout);
    let retry = RetryConfig {
        backoff: BackoffConfig {
            init_backoff: PAUSE,
            max_backoff: PAUSE_MAX,
            base: 2.0,
        },
        max_retries: RETRIES_MAX,
        retry_timeout: timeout,
    };
    let name = place.bucket.as_str();
    let store: Result<Arc<dyn ObjectStore>, Error> = match place.store {
        Store::S3 => AmazonS3Builder::from_env()
            .with_bucket_name(name)
            .with_http_connector(connector)
            .with_retry(retry)
            .build()
            .map(|store| Arc::new(store) as _),
        Store::Google => GoogleCloudStorageBuilder::from_env()
            .with_bucket_name(name)
            .with_http_connector(connector.taking_gzip())
            .with_retry(retry)
            .build()
            .map(|store| Arc::new(store) as _),
        Store::Azure => {
            let builder = MicrosoftAzureBuilder::from_env();
            let kind = builder.get_config_value(&AzureConfigKey::CredentialType);
            // It would run a program of that name beside the workers.
            if kind.is_some_and(|kind| kind == "azure_cli") {
                return Err("credentials are not taken from the program az here".to_owned());
            }
            let builder = builder.with_use_azure_cli(false);
            builder
                .with_container_name(name)
                .with_http_connector(connector)
                .with_retry(retry)
                .build()
                .map(|store| Arc::new(store) as _)
        }
        Store::Folder => return Err("that is no bucket".to_owned()),
    };
    store.map_err(|error| {
        let why = protocol::clip(&error.to_string());
        format!("the environment does not say how to reach that: {why}")
    })
}

/// The file of that place, unless the one that was kept is it.
pub(super) async fn get(
    bucket: &dyn ObjectStore,
    place: &Place,
    kept: Option<Kept>,
    intake: &Intake,
) -> Result<Answer, FetchError> {
    let key = Path::parse(place.key())
        .map_err(|_| FetchError::InvalidUrl("its path has control characters".to_owned()))?;
    let options = GetOptions {
        if_none_match: kept.as_ref().and_then(Kept::etag).map(str::to_owned),
        ..GetOptions::default()
    };
    let answer = match (bucket.get_opts(&key, options).await, kept) {
        (Ok(answer), _) => answer,
        (Err(Error::NotModified { .. }), Some(kept)) => {
            return Ok(Answer::Kept(kept.confirmed(&HeaderMap::new())));
        }
        (Err(error), _) => return Err(failed(place, &error)),
    };
    let headers = headers(&answer);
    let broken = |error| FetchError::from_body(&place.host(), error);
    let mut body = Body::begin(&headers, Some(answer.meta.size), intake).map_err(broken)?;
    let mut pieces = answer.into_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| failed(place, &error))?;
        body.push(&piece).await.map_err(broken)?;
    }
    let mut source = body.finish().map_err(broken)?;
    let kept = Kept::new(&source.bytes, &headers);
    source.freshness = kept.freshness();
    Ok(Answer::File(source, kept))
}

/// What the bucket says of a file, as an origin on the web would.
fn headers(answer: &GetResult) -> HeaderMap {
    let said = [
        (
            CACHE_CONTROL,
            answer
                .attributes
                .get(&Attribute::CacheControl)
                .map(AsRef::as_ref),
        ),
        (
            CONTENT_ENCODING,
            answer
                .attributes
                .get(&Attribute::ContentEncoding)
                .map(AsRef::as_ref),
        ),
        (ETAG, answer.meta.e_tag.as_deref()),
    ];
    let header = |(name, value): (HeaderName, Option<&str>)| {
        Some((name, HeaderValue::from_str(value?).ok()?))
    };
    said.into_iter().filter_map(header).collect()
}

fn failed(place: &Place, error: &Error) -> FetchError {
    let host = place.host();
    let status = match error {
        Error::NotFound { .. } => 404,
        Error::Unauthenticated { .. } => 401,
        Error::PermissionDenied { .. } => 403,
        _ => 0,
    };
    if status != 404 {
        tracing::warn!(host, error = detail(error), "reading from a bucket failed");
    }
    match status {
        0 => FetchError::from_store(host, error),
        status => FetchError::Status { host, status },
    }
}

/// For the operator: the code that S3, Azure and Google give their errors, else how the deepest cause
/// begins. Not all of an answer, because some repeat the request in it, session and all; not the
/// address, because that has the key.
fn detail(error: &Error) -> String {
    let text = causes(error).last().map(ToString::to_string);
    let text = text.unwrap_or_default();
    let code = text.split_once("<Code>");
    let code = code.and_then(|(_, rest)| rest.split_once('<'));
    let told = match code {
        Some((code, _)) => code,
        None => text.split(['<', '{', '\n']).next().unwrap_or_default(),
    };
    protocol::clip(told)
        .chars()
        .take(DETAIL_CHARS_MAX)
        .collect()
}
