//! imgproxy's form of URLs: `{prefix}/{signature}/{options…}/plain/{url}@{extension}`, or with the
//! address in base64. Its options become operations of ours where there are such; everything else is
//! refused by name. What differs is in docs/imgproxy.md, whose table a test holds to that of
//! `options.rs`.
//!
//! Nothing here decides what a signature is worth (`access.rs`), and nothing is signed here.

mod address;
mod disposition;
mod options;
mod others;
mod reading;
mod resizing;
mod values;
mod wanted;

use actix_web::{HttpRequest, HttpResponse};

use self::address::{Address, signature};
use self::wanted::Wanted;
use super::code::{Code, Dialect};
use super::exchange::Exchange;
use super::problem::Problem;
use super::query::Query;
use super::{State, admission, pictures, render};
use crate::access::now;

pub(crate) use self::wanted::is_preset;

/// The preset that every URL begins with, if there is one of this name.
const DEFAULT_PRESET: &str = "default";

/// Why an option of a URL cannot be met.
#[derive(Debug, PartialEq, Eq)]
struct Unmet {
    /// As the caller wrote it.
    option: String,
    /// A sentence without its subject, which is the option.
    why: String,
}

impl From<Unmet> for Problem {
    fn from(unmet: Unmet) -> Self {
        let option = protocol::clip(&unmet.option);
        let message = format!("The option {option} {}.", unmet.why);
        Self::parameter(&option, "value_error", message).with("option", option)
    }
}

/// What of the path belongs to this form, where the prefix says so: from the slash before the
/// signature on.
pub(crate) fn rest<'a>(prefix: Option<&str>, path: &'a str) -> Option<&'a str> {
    let rest = path.strip_prefix(prefix?)?;
    rest.starts_with('/').then_some(rest)
}

/// `GET {prefix}{rest}`
pub(crate) async fn by_url(
    state: &State,
    exchange: &Exchange,
    request: &HttpRequest,
    rest: &str,
) -> HttpResponse {
    exchange.set_dialect(Dialect::Imgproxy);
    let answered = answer(state, exchange, request, rest).await;
    answered.unwrap_or_else(|problem| problem.respond(Dialect::Imgproxy, exchange))
}

async fn answer(
    state: &State,
    exchange: &Exchange,
    request: &HttpRequest,
    rest: &str,
) -> Result<HttpResponse, Problem> {
    let (signature, signed) = signature(rest)?;
    let _permit = admission::admit_imgproxy(exchange, request, signature, signed)?;
    let address = Address::read(signed)?;
    let mut wanted = Wanted::default();
    let presets = &exchange.settings().imgproxy_presets;
    if let Some(options) = presets.get(DEFAULT_PRESET) {
        wanted.add(options.split('/'), presets)?;
    }
    wanted.add(address.options.iter().copied(), presets)?;
    if let Some(extension) = &address.extension {
        wanted.add([format!("format:{extension}").as_str()], presets)?;
    }
    exchange.expires(wanted.expires.unwrap_or(u64::MAX));
    if let Some(at) = wanted.expires.filter(|at| *at <= now()) {
        let message = format!("The URL was good until {at} (unix seconds); ask for a fresh one.");
        return Err(Problem::new(Code::Forbidden, message).with("signature", "expired"));
    }
    let (operations, output) = (wanted.operations()?, wanted.output());
    let query = Query::of_url(address.source);
    let pictures = pictures::gather(state, exchange, &query, None, &operations).await?;
    let mut response = render::render(state, exchange, pictures, operations, output).await?;
    disposition::add(&mut response, &wanted);
    Ok(response)
}
