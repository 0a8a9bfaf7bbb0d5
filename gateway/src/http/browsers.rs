//! What browsers are told with every answer: what they may not make of it, and whether a page of somebody
//! else may read it (`cors_origins`). Who may have work done is no business of theirs, but of tokens;
//! cookies are never asked for, so the page's visitor lends it nothing.

use actix_web::dev::{ResponseHead, ServiceRequest};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, CROSS_ORIGIN_RESOURCE_POLICY, HeaderMap, HeaderName,
    HeaderValue, ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse};

use crate::settings::OriginList;

/// What a page may send beside what every page may.
const SENT: &str = "Authorization, Content-Type, X-Request-Id, Traceparent";
/// What a page may read beside what every page may.
const READ: &str = "X-Request-Id, X-Process-Time, Server-Timing, Retry-After, X-Ratelimit-Limit, X-Ratelimit-Remaining, X-Ratelimit-Left, X-Ratelimit-Reset, X-Framefarm-Traded";
/// How long a browser need not ask again, seconds.
const REMEMBERED_S: &str = "600";

/// Marks the listener that pages of others may call; the operators' is not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForPages;

/// What the origin of a request decides.
#[derive(Debug, Default)]
pub(crate) struct Caller {
    /// `Access-Control-Allow-Origin`.
    allowed: Option<HeaderValue>,
    /// Another origin would get another answer, which caches must know.
    varies: bool,
}

impl Caller {
    /// Of a request, where pages of these origins may call.
    pub(crate) fn of(request: &ServiceRequest, origins: &OriginList) -> Self {
        if origins.is_empty() || request.app_data::<ForPages>().is_none() {
            return Self::default();
        }
        let origin = request.headers().get(ORIGIN);
        let listed = origin.filter(|origin| origin.to_str().is_ok_and(|text| origins.lists(text)));
        Self {
            allowed: match origins.is_everybody() {
                true => Some(HeaderValue::from_static("*")),
                false => listed.cloned(),
            },
            varies: !origins.is_everybody(),
        }
    }

    /// Adds what the answer says to browsers; `used_elsewhere`: it is what other sites are meant to show.
    pub(crate) fn complete(&self, head: &mut ResponseHead, used_elsewhere: bool) {
        let headers = head.headers_mut();
        let is_picture = headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"image/"));
        set(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
        let policy = if used_elsewhere {
            "cross-origin"
        } else {
            "same-origin"
        };
        set(headers, CROSS_ORIGIN_RESOURCE_POLICY, policy);
        if is_picture {
            // Whatever it holds, it is looked at and never run.
            set(headers, CONTENT_SECURITY_POLICY, "default-src 'none'");
        }
        if self.varies {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(origin) = &self.allowed {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            set(headers, ACCESS_CONTROL_EXPOSE_HEADERS, READ);
        }
    }
}

/// The answer to a browser that asks, before a page's request, whether it may be sent; `methods` are those
/// of the route. `None` when that is not the question, or pages may not call. Which origin may is said by
/// [`Caller::complete`].
pub(crate) fn preflight(
    request: &HttpRequest,
    origins: &OriginList,
    methods: &'static str,
) -> Option<HttpResponse> {
    let asks = request.method() == Method::OPTIONS
        && request.headers().contains_key(ORIGIN)
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if !asks || origins.is_empty() {
        return None;
    }
    let mut response = HttpResponse::NoContent().finish();
    let headers = response.headers_mut();
    set(headers, ALLOW, methods);
    set(headers, ACCESS_CONTROL_ALLOW_METHODS, methods);
    set(headers, ACCESS_CONTROL_ALLOW_HEADERS, SENT);
    set(headers, ACCESS_CONTROL_MAX_AGE, REMEMBERED_S);
    Some(response)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
