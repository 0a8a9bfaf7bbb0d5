//! Before a request is read any further: whose is it, has that one requests left, may it come this
//! way, and is there room for one more of its own.
//!
//! Every route that leads to a job begins with [`admit`]. One that forgot to would get no job done:
//! nobody's jobs are not submitted. Health checks, the catalogue and pages are for everybody and are
//! not counted.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderName};
use protocol::Operation;

use super::code::Code;
use super::exchange::{Exchange, reads};
use super::problem::Problem;
use crate::access::{Claims, Client, Excess, Forgery, Permit, Stranger, client_address};

/// How most clients introduce a token; those of the effect routes send it bare.
const SCHEME: &[u8] = b"bearer ";

/// Counts the request, and lets it in for as long as the permit is held. A signature in its query
/// stands for a token, and counts even beside one.
///
/// # Errors
/// When it is nobody's, one too many, or comes through a dialect that its token does not allow.
pub(crate) fn admit(exchange: &Exchange, request: &HttpRequest) -> Result<Permit, Problem> {
    let access = &exchange.in_force().access;
    let client = match access.signer(request.path(), request.query_string()) {
        // What is posted is not signed.
        Some(_) if !reads(request.method()) => Err(not_for_uploads()),
        Some(signer) => signer.map_err(forged).map(|(client, expires)| {
            exchange.is_signed();
            exchange.expires(expires);
            client
        }),
        None => by_token(exchange, request),
    };
    let_in(exchange, client?)
}

/// As [`admit`], for URLs of imgproxy's form: where there are pairs for them, only their signature
/// counts, and else what counts for every request.
///
/// # Errors
/// Those of [`admit`].
pub(crate) fn admit_imgproxy(
    exchange: &Exchange,
    request: &HttpRequest,
    signature: &str,
    signed: &str,
) -> Result<Permit, Problem> {
    let access = &exchange.in_force().access;
    let client = match access.imgproxy_signer(signature, signed) {
        Some(signer) => signer.map_err(forged).inspect(|_| exchange.is_signed()),
        None => by_token(exchange, request),
    };
    let_in(exchange, client?)
}

/// Whose request it is by its token, or by having none.
///
/// # Errors
/// When it is nobody's.
fn by_token(exchange: &Exchange, request: &HttpRequest) -> Result<Client, Problem> {
    let access = &exchange.in_force().access;
    access
        .client(token(request), || {
            let peer = request.peer_addr().map(|address| address.ip());
            // A listener of TCP always knows it.
            let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
            client_address(peer, &claims(request), access.trusted_proxies())
        })
        .map_err(|why| stranger(why, access.takes_signatures()))
}

fn let_in(exchange: &Exchange, client: Client) -> Result<Permit, Problem> {
    let account = client.account.clone();
    let allowed = client.allowed.clone();
    exchange.admit(client);
    if let Some((quota, counted)) = account.count() {
        exchange.counted(quota);
        counted.map_err(too_many)?;
    }
    let dialect = exchange.dialect();
    allowed.dialect(dialect).map_err(|allowed| {
        let message = format!(
            "This token or key is not for {} ({}), only for {}.",
            dialect.family(),
            match dialect {
                super::code::Dialect::Effects => "/{effect}/ and /image/{effect}/",
                super::code::Dialect::V1 => "/v1/process",
                super::code::Dialect::Imgproxy => "URLs of imgproxy's form",
            },
            or_none(&allowed)
        );
        Problem::new(Code::Forbidden, message)
            .with("dialect", dialect.family())
            .with("allowed", allowed)
    })?;
    account.enter().map_err(too_many)
}

/// Whether the request's client may have all these done.
///
/// # Errors
/// The first that it may not.
pub(crate) fn may_do(exchange: &Exchange, operations: &[Operation]) -> Result<(), Problem> {
    let allowed = &client(exchange)?.allowed;
    allowed.operations(operations).map_err(|(op, allowed)| {
        let message = format!(
            "This token or key does not allow {op}, only {}.",
            or_none(&allowed)
        );
        Problem::new(Code::Forbidden, message)
            .with("op", op)
            .with("allowed", allowed)
    })
}

/// Whose request it is.
///
/// # Errors
/// When the route did not ask, which is a bug.
pub(crate) fn client(exchange: &Exchange) -> Result<&Client, Problem> {
    exchange.client().ok_or_else(|| {
        tracing::error!(request_id = exchange.id(), "a route without admission");
        Problem::new(
            Code::Internal,
            "The server does not know whose request this is.",
        )
    })
}

/// The token, without the word that may stand before it.
fn token(request: &HttpRequest) -> Option<&[u8]> {
    let value = request.headers().get(AUTHORIZATION)?.as_bytes();
    let value = value.trim_ascii();
    let token = match value.get(..SCHEME.len()) {
        Some(scheme) if scheme.eq_ignore_ascii_case(SCHEME) => &value[SCHEME.len()..],
        _ => value,
    };
    Some(token.trim_ascii()).filter(|token| !token.is_empty())
}

fn claims(request: &HttpRequest) -> Claims {
    let all = |name: &'static str| {
        let values = request.headers().get_all(HeaderName::from_static(name));
        // What is not text is no address.
        let texts: Vec<_> = values.map(|value| value.to_str().unwrap_or("?")).collect();
        (!texts.is_empty()).then(|| texts.join(","))
    };
    Claims {
        x_forwarded_for: all("x-forwarded-for"),
        forwarded: all("forwarded"),
    }
}

fn not_for_uploads() -> Problem {
    let message = "A signed URL is for GET: what is posted is not signed. Send a token with the upload, and no signature.";
    Problem::new(Code::Forbidden, message).with("signature", "method")
}

/// Why a signature does not count, in words and as a field.
fn forged(forgery: Forgery) -> Problem {
    let (why, message) = match forgery {
        Forgery::Malformed(name) => (
            "malformed",
            format!(
                "A signed URL has one expires (unix seconds), one key and one signature; {name} is missing, given twice or not of that form."
            ),
        ),
        Forgery::UnknownKey(id) => (
            "unknown_key",
            format!("The URL is signed with the key {:?}, which is not known here.", protocol::clip(&id)),
        ),
        Forgery::Wrong => (
            "wrong",
            "The signature is not that of this path and query: one of them was changed, or another secret was used.".to_owned(),
        ),
        Forgery::Expired(at) => (
            "expired",
            format!("The URL was good until {at} (unix seconds); ask for a fresh one."),
        ),
    };
    Problem::new(Code::Forbidden, message).with("signature", why)
}

fn stranger(stranger: Stranger, takes_signatures: bool) -> Problem {
    let message = match stranger {
        Stranger::NoToken if takes_signatures => {
            "This service needs a token in the header Authorization, with or without \"Bearer \" before it, or a signed URL."
        }
        Stranger::NoToken => {
            "This service needs a token: send it in the header Authorization, with or without \"Bearer \" before it."
        }
        Stranger::UnknownToken => {
            "The token in the header Authorization is not known here; check it, or ask the operator for a new one."
        }
    };
    Problem::new(Code::Unauthorized, message)
}

fn too_many(excess: Excess) -> Problem {
    match excess {
        Excess::Rate { terms, wait } => {
            let (rate, burst) = (terms.requests_per_minute, terms.burst);
            let message = format!(
                "Too many requests: {rate} per minute are allowed (requests_per_minute), {burst} of them at once (burst); the next in {:.1} s.",
                wait.as_secs_f64()
            );
            Problem::new(Code::RateLimited, message)
                .with("limit", "requests_per_minute")
                .with("max", rate)
                .with("burst", burst)
                .retry_after(wait)
        }
        Excess::Jobs { max } => {
            let message = format!(
                "Too many requests at once: {max} may be in progress (jobs_max); wait until one of them is answered."
            );
            Problem::new(Code::RateLimited, message)
                .with("limit", "jobs_max")
                .with("max", max)
                .retry_after(std::time::Duration::from_secs(1))
        }
    }
}

fn or_none(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        names => names.join(", "),
    }
}
