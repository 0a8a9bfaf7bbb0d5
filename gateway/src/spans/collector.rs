//! How spans get to the collector: over the HTTP client that the gateway has anyway. A collector that
//! does not answer costs one line in the log, and another one when it does again.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::Client;
use reqwest::redirect::Policy;
use tokio::runtime::Handle;

/// What a collector says is looked at up to here, bytes.
const WORD_BYTES_MAX: usize = 64 * 1024;

/// See the module.
#[derive(Debug)]
pub(super) struct Collector {
    client: Client,
    /// The thread that sends spans belongs to no runtime.
    runtime: Handle,
    is_silent: AtomicBool,
}

impl Collector {
    /// To be made on the runtime that is to send.
    pub(super) fn new() -> Result<Self, HttpError> {
        Ok(Self {
            client: Client::builder().redirect(Policy::none()).build()?,
            runtime: Handle::current(),
            is_silent: AtomicBool::new(false),
        })
    }
}

async fn exchange(client: Client, request: reqwest::Request) -> reqwest::Result<Response<Bytes>> {
    let mut answer = client.execute(request).await?;
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    let mut word = Vec::new();
    while let Some(piece) = answer.chunk().await?
        && word.len() < WORD_BYTES_MAX
    {
        word.extend_from_slice(&piece);
    }
    *response.body_mut() = word.into();
    Ok(response)
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let answered = self.runtime.spawn(exchange(self.client.clone(), request));
        let answered = answered.await?;
        let was_silent = self.is_silent.swap(answered.is_err(), Ordering::Relaxed);
        match &answered {
            Err(error) if !was_silent => {
                tracing::warn!(%error, "the collector of traces does not answer; its spans are dropped");
            }
            Ok(_) if was_silent => tracing::info!("the collector of traces answers again"),
            _ => {}
        }
        Ok(answered?)
    }
}
