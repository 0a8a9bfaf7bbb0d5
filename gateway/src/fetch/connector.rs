//! The HTTP client that buckets are asked with. It is not the one for the web: where it connects to is
//! the operator's word, so any address will do, and `http` too where the environment allows it.
//! No redirects, no cookies, no proxy.

use std::time::Duration;

use async_trait::async_trait;
use http::Response;
use http_body_util::BodyExt;
use object_store::ClientOptions;
use object_store::client::{
    ClientConfigKey, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest,
    HttpResponse, HttpResponseBody, HttpService,
};
use reqwest::header::{ACCEPT_ENCODING, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Body, Client, ClientBuilder, Request};

use super::client::{IDLE_CONNECTIONS_MAX, IDLE_TIMEOUT, USER_AGENT, choose_crypto};

/// See the module.
#[derive(Debug)]
pub(super) struct Connector {
    timeout: Duration,
    takes_gzip: bool,
}

impl Connector {
    pub(super) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            takes_gzip: false,
        }
    }

    /// Google inflates what was stored compressed for whoever does not say that he takes it, and
    /// cannot say how long it is then.
    pub(super) fn taking_gzip(self) -> Self {
        Self {
            takes_gzip: true,
            ..self
        }
    }

    fn client(&self, options: &ClientOptions) -> ClientBuilder {
        let said = |key| options.get_config_value(&key);
        let allows_http = said(ClientConfigKey::AllowHttp).is_some_and(|text| text == "true");
        // Whole seconds; short for where credentials come from, which is near or not there.
        let connect = said(ClientConfigKey::ConnectTimeout);
        let connect = connect.and_then(|text| text.strip_suffix('s')?.parse().ok());
        let connect = connect.map_or(self.timeout, Duration::from_secs);
        let coding = match self.takes_gzip {
            true => "gzip",
            false => "identity",
        };
        let coding = (ACCEPT_ENCODING, HeaderValue::from_static(coding));
        Client::builder()
            .user_agent(USER_AGENT)
            .default_headers([coding].into_iter().collect())
            .https_only(!allows_http)
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(connect.min(self.timeout))
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
    }
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        choose_crypto();
        // Without certificate authorities http still works, and https says what is missing.
        let client = self.client(options).build();
        let client = client.or_else(|_| self.client(options).tls_certs_only([]).build());
        let client = client.map_err(|error| object_store::Error::Generic {
            store: "HTTP",
            source: error.into(),
        })?;
        Ok(HttpClient::new(Asked(client)))
    }
}

#[derive(Debug)]
struct Asked(Client);

#[async_trait]
impl HttpService for Asked {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        // Bodies in pieces are those of files that are written, which nothing here does.
        let request = request.map(|body| body.as_bytes().cloned().unwrap_or_default());
        let request = Request::try_from(request).map_err(failed)?;
        let response = self.0.execute(request).await.map_err(failed)?;
        let (head, body) = Response::<Body>::from(response).into_parts();
        let body = HttpResponseBody::new(body.map_err(failed));
        Ok(HttpResponse::from_parts(head, body))
    }
}

/// Without the URL, which may hold a signature.
fn failed(error: reqwest::Error) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_decode() {
        HttpErrorKind::Decode
    } else {
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind, error.without_url())
}
